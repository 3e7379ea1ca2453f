"""Rows made quickly are the rows that the model's own constructor makes."""

from __future__ import annotations

import pytest

from mikomi.core.access.models import AccessLog
from mikomi.core.rows import build
from tests.cast import NOON


def test_the_same_row_as_by_keywords() -> None:
    quick = build(AccessLog, at=NOON, action="looked", user_id=3)
    usual = AccessLog(at=NOON, action="looked", user_id=3)

    for field in AccessLog._meta.concrete_fields:
        assert getattr(quick, field.attname) == getattr(usual, field.attname)
    assert quick._state.adding


def test_defaults_that_are_made_are_made_anew() -> None:
    one, other = build(AccessLog, at=NOON), build(AccessLog, at=NOON)

    one.detail["a"] = 1

    assert other.detail == {}


def test_a_misspelt_attribute_is_refused() -> None:
    with pytest.raises(TypeError, match="acton"):
        build(AccessLog, acton="x")
