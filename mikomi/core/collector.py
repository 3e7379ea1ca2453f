"""When Python's collector of cyclic garbage runs, in processes that live for long or move many rows."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (100_000, 20, 100)


def settle() -> None:
    """Call this once everything is loaded: what is there now stays, and the collector need not look at it again.

    A page or a batch of an import makes tens of thousands of objects that are gone by themselves: by the usual
    thresholds the collector would go through everything once or twice for each of them.
    """
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


@contextmanager
def few_collections() -> Iterator[None]:
    """While much is read or written: millions of values without cycles, among which looking for cycles costs a fifth
    to a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
