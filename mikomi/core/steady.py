"""Settings that are read again and again within a row of short works: read once for the row.

    with steady():             # a batch of arrivals, of deliveries
        for one in batch:      # business(), standards()… ask the database once
            …

Only what is decorated with `@read_steadily` takes part, and only inside such a block. What is kept is read again
after `RECHECK_SECONDS`, so that a change by another process is seen soon; a block must not change what it keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from mikomi.core import clock

RECHECK_SECONDS = 2.0
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
_kept: ContextVar[dict[Any, tuple[float, Any]] | None] = ContextVar("mikomi_steady", default=None)


@contextmanager
def steady() -> Iterator[None]:
    """Inside the block steady reads ask the database once. A block within a block is part of it."""
    if _kept.get() is not None:
        yield
        return
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def read_steadily(read: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let a read take part. Its arguments must be hashable; its result belongs to all: nobody may change it."""

    @wraps(read)
    def reading(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        kept = _kept.get()
        if kept is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(sorted(kwargs.items())))
        until, result = kept.get(key, (0.0, None))
        if clock.monotonic() >= until:
            result = read(*args, **kwargs)
            kept[key] = (clock.monotonic() + RECHECK_SECONDS, result)
        return result  # type: ignore[no-any-return]

    return reading
