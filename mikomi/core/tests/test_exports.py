"""Exports carry no personal data, and a wrong one is refused at start-up with the column's name."""

from __future__ import annotations

import pytest

from mikomi.core import exports
from mikomi.core.access.models import AccessLog, User
from mikomi.core.exports import Export, WrongExportError


@pytest.fixture(autouse=True)
def none_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_exports", {})


def test_exports_are_listed_by_name() -> None:
    second = Export("users", User, ("id", "role"), watermark="id")
    first = Export("log", AccessLog, ("id", "at", "user_id", "action"), watermark="id")

    exports.register(second, first)
    exports.register(first)

    assert exports.all_exports() == [first, second]


@pytest.mark.parametrize("column", ["email", "name"])
def test_personal_data_is_refused(column: str) -> None:
    with pytest.raises(WrongExportError, match=f"{column}.*personal"):
        exports.register(Export("users", User, ("id", column), watermark="id"))

    assert exports.all_exports() == []


def test_a_name_that_is_nobodys_may_go() -> None:
    exports.register(Export("users", User, ("id", "name"), watermark="id", public_names=("name",)))

    assert exports.all_exports()[0].columns == ("id", "name")


@pytest.mark.parametrize(("columns", "watermark"), [(("id", "shoe"), "id"), (("id",), "moved_at")])
def test_a_column_that_does_not_exist_is_refused(columns: tuple[str, ...], watermark: str) -> None:
    with pytest.raises(WrongExportError, match="has no column"):
        exports.register(Export("users", User, columns, watermark=watermark))


def test_a_name_is_taken_once() -> None:
    exports.register(Export("users", User, ("id",), watermark="id"))

    with pytest.raises(WrongExportError, match="twice"):
        exports.register(Export("users", User, ("id", "role"), watermark="id"))
