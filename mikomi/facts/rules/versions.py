"""Which version of a fact counts at a moment. Pure.

Of the versions whose time has begun, the newest one; if its time is over, nothing counts: the fact has expired.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

CURRENT, EXPIRED, NOT_YET, ARCHIVED, UNKNOWN = "current", "expired", "not_yet", "archived", "unknown"


class Dated(Protocol):
    """A version: number, and from when to when it counts."""

    @property
    def number(self) -> int:
        """Counted from 1."""

    @property
    def valid_from(self) -> datetime | None:
        """None: from its recording on."""

    @property
    def valid_until(self) -> datetime | None:
        """None: without an end."""


V = TypeVar("V", bound=Dated)


def current(versions: Sequence[V], now: datetime) -> tuple[V | None, str]:
    """The version that counts, and the fact's state: current, expired or not_yet."""
    begun = [one for one in versions if one.valid_from is None or one.valid_from <= now]
    if not begun:
        return None, NOT_YET
    newest = max(begun, key=lambda one: one.number)
    if newest.valid_until is not None and newest.valid_until <= now:
        return None, EXPIRED
    return newest, CURRENT


def coming(versions: Sequence[V], now: datetime) -> V | None:
    """The next version whose time has not begun."""
    later = [(one.valid_from, one.number, one) for one in versions if one.valid_from and one.valid_from > now]
    return min(later, key=lambda one: one[:2])[2] if later else None
