"""Pages by key: every row once, both ways, whatever the order; a foreign cursor is refused."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.access.models import AccessLog
from mikomi.core.paging import InvalidCursorError, Page, keyset
from tests.cast import NOON

pytestmark = pytest.mark.django_db
ORDERS = [["-at", "-id"], ["at", "id"], ["action", "-at", "id"], ["-id"]]


@pytest.fixture
def rows() -> None:
    AccessLog.objects.bulk_create(
        AccessLog(at=NOON + timedelta(days=number % 3), action="ab"[number % 2]) for number in range(11)
    )


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("keys", ORDERS)
@pytest.mark.parametrize("size", [1, 2, 3, 11, 50])
def test_every_row_once_forward_and_back(keys: list[str], size: int) -> None:
    everything = [row.pk for row in AccessLog.objects.order_by(*keys)]
    pages: list[Page[AccessLog]] = [keyset(AccessLog.objects.all(), keys, None, size)]
    while pages[-1].next_cursor:
        pages.append(keyset(AccessLog.objects.all(), keys, pages[-1].next_cursor, size))

    assert [row.pk for page in pages for row in page.items] == everything
    assert pages[0].previous_cursor is None

    back = pages[-1]
    for page in reversed(pages[:-1]):
        back = keyset(AccessLog.objects.all(), keys, back.previous_cursor, size)
        assert [row.pk for row in back.items] == [row.pk for row in page.items]
        assert back.next_cursor == page.next_cursor
    assert back.previous_cursor is None


@pytest.mark.usefixtures("rows")
def test_a_row_that_arrives_meanwhile_shifts_nothing() -> None:
    first = keyset(AccessLog.objects.all(), ["-at", "-id"], None, 5)
    AccessLog.objects.create(at=NOON + timedelta(days=9), action="new")

    second = keyset(AccessLog.objects.all(), ["-at", "-id"], first.next_cursor, 5)

    assert not {row.pk for row in first.items} & {row.pk for row in second.items}


def test_an_empty_list_is_one_empty_page() -> None:
    assert keyset(AccessLog.objects.all(), ["-id"], None, 5) == Page([])


@pytest.mark.parametrize("size", [0, -1, 501])
def test_a_size_out_of_bounds_is_refused(size: int) -> None:
    with pytest.raises(ValueError):
        keyset(AccessLog.objects.all(), ["-id"], None, size)


def cursor(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        "x",
        "日本",
        "=" * 3_000,
        cursor([0]),
        cursor([7, 1]),
        cursor([0, "a\0b"]),
        cursor([0, None]),
        cursor([0, {"t": "never"}]),
        cursor([0, {"t": 5}]),
        cursor([0, [1]]),
        cursor({"a": 1}),
        cursor([0, "not a number"]),
        cursor([0, {"t": "2026-01-01T00:00:00+00:00"}]),
    ],
)
def test_a_wrong_cursor_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidCursorError):
        keyset(AccessLog.objects.all(), ["-id"], wrong, 5)


@given(st.text(max_size=60))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    with suppress(InvalidCursorError):
        keyset(AccessLog.objects.none(), ["-at", "-id"], text, 5)
