"""Pages of long lists by key, not by offset: page 1,000 costs what page 1 costs, and no row is shown twice.

    page = keyset(queryset, keys=["-updated_at", "-id"], cursor=request_cursor, size=50)

The keys must be columns without NULL that together are unique (end them with the id), and the database
needs an index in their order. A cursor is opaque to callers; one that was tampered with is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

T = TypeVar("T")
S = TypeVar("S")
M = TypeVar("M", bound=Model)
LARGEST_PAGE = 500
_LONGEST_CURSOR = 2_000


class InvalidCursorError(ValueError):
    """The cursor isn't one that this list has given out."""

    def __init__(self) -> None:
        super().__init__(_("This page address is not valid any more. Go back to the start of the list."))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. A cursor of none: there is nothing further on that side."""

    items: list[T]
    next_cursor: str | None = None
    previous_cursor: str | None = None

    def map(self, change: Callable[[T], S]) -> Page[S]:
        """The same page with each item changed."""
        return self.with_items([change(item) for item in self.items])

    def with_items(self, items: list[S]) -> Page[S]:
        """The same page of other items, one for each."""
        return Page(items, self.next_cursor, self.previous_cursor)


def keyset(queryset: QuerySet[M], keys: Sequence[str], cursor: str | None, size: int) -> Page[M]:
    """The page after (or before) `cursor`, in the order of `keys`; the first page without one.

    One query. Raises `InvalidCursorError`; `ValueError` for a size outside 1 … LARGEST_PAGE.
    """
    if not 1 <= size <= LARGEST_PAGE:
        raise ValueError(f"a page has 1 to {LARGEST_PAGE} items, got {size}")
    if not cursor:
        found = list(queryset.order_by(*keys)[: size + 1])
        return _page(found[:size], keys, more_before=False, more_after=len(found) > size)
    backward, values = _decode(cursor, len(keys))
    order = [_turned(key) for key in keys] if backward else list(keys)
    try:
        found = list(queryset.filter(_beyond(order, values)).order_by(*order)[: size + 1])
    except (ValueError, TypeError, ValidationError, OverflowError) as error:
        raise InvalidCursorError from error
    more = len(found) > size
    items = found[:size][::-1] if backward else found[:size]
    return _page(items, keys, more_before=more or not backward, more_after=more or backward)


def _page(items: list[M], keys: Sequence[str], *, more_before: bool, more_after: bool) -> Page[M]:
    if not items:
        return Page([])
    return Page(
        items,
        next_cursor=_encode(items[-1], keys, backward=False) if more_after else None,
        previous_cursor=_encode(items[0], keys, backward=True) if more_before else None,
    )


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _beyond(keys: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come after `values` in the order of `keys`.

    The outer "first key not before" is implied by the rest; it is what lets the database use its index.
    """
    condition = Q()
    for key, value in reversed(list(zip(keys, values, strict=True))):
        name, operator = key.lstrip("-"), "lt" if key.startswith("-") else "gt"
        further = Q(**{f"{name}__{operator}": value})
        nested = Q(**{f"{name}__{operator}e": value}) & (further | condition)
        condition = nested if condition else further
    return condition


def _encode(item: Model, keys: Sequence[str], *, backward: bool) -> str:
    values = [_pack(_value(item, key.lstrip("-"))) for key in keys]
    data = json.dumps([int(backward), *values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def _value(item: Any, path: str) -> Any:
    for name in path.split("__"):
        item = getattr(item, name)
    return item


def _pack(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, bool | int | float | str):
        return value
    raise FieldError(f"A page can't be continued by a key of {type(value).__name__}.")


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"t"}:
            return datetime.fromisoformat(value["t"])
        return date.fromisoformat(value["d"])
    if not isinstance(value, bool | int | float | str) or (isinstance(value, str) and "\0" in value):
        raise ValueError("not a key")
    return value


def _decode(cursor: str, count: int) -> tuple[bool, list[Any]]:
    if len(cursor) > _LONGEST_CURSOR:
        raise InvalidCursorError
    try:
        data = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        backward, *packed = data
        values = [_unpack(value) for value in packed]
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, RecursionError) as error:
        raise InvalidCursorError from error
    if backward not in (0, 1) or len(values) != count:
        raise InvalidCursorError
    return bool(backward), values
