"""Visits to mailboxes that are under way in this process, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections

from mikomi.core import clock

MOST_AT_ONCE = 8
_threads: dict[int, threading.Thread] = {}
_changed = threading.Condition()
_fetched = 0


def under_way() -> list[int]:
    """The mailboxes that are being visited."""
    with _changed:
        return list(_threads)


def has_room() -> bool:
    """Whether one more visit may begin."""
    with _changed:
        return len(_threads) < MOST_AT_ONCE


def begin(mailbox_id: int, visit: Callable[[], int]) -> None:
    """Begin a visit; `visit` answers how many messages it fetched, and settles its own failures."""
    thread = threading.Thread(target=_run, args=(mailbox_id, visit), name=f"visit {mailbox_id}", daemon=True)
    with _changed:
        _threads[mailbox_id] = thread
    thread.start()


def _run(mailbox_id: int, visit: Callable[[], int]) -> None:
    global _fetched  # noqa: PLW0603 - one count for the process, under the condition's lock
    fetched = 0
    try:
        fetched = visit()
    finally:
        connections.close_all()
        with _changed:
            del _threads[mailbox_id]
            _fetched += fetched
            _changed.notify_all()


def wait(seconds: float) -> int:
    """Wait until no visit is under way, at most so long. How many messages were fetched since the last call, and how
    many visits are still under way."""
    global _fetched
    with _changed:
        _changed.wait_for(lambda: not _threads, seconds)
        fetched, _fetched = _fetched, 0
        return fetched + len(_threads)


def serve(_worker: str, stop: threading.Event) -> None:
    """When the worker ends, wait for the visits that are under way: they let go of their mailboxes themselves."""
    stop.wait()
    until = clock.monotonic() + 3600
    while under_way() and clock.monotonic() < until:
        wait(1.0)
