"""The one clock. It is read at the edge and its value handed down; rules take the time as an argument."""

from __future__ import annotations

import time as _time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen: ContextVar[datetime | None] = ContextVar("mikomi_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)  # noqa: TID251 - the one place


def monotonic() -> float:
    """Seconds of a clock that only goes forward, for measuring durations."""
    return _time.monotonic()


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Let the clock stand at `moment` in this context: for tests and for replaying history."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
