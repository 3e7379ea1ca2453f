"""The beat of a worker, and what happens to the claims of one that beats no more."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from django.db import transaction

from mikomi.core import clock
from mikomi.core.work import registry
from mikomi.core.work.models import Worker

FORGOTTEN_AFTER = timedelta(hours=1)
"""A dead worker's row stays this long, so that a claim it made while it was already thought dead is found too."""

_logger = logging.getLogger(__name__)


class Heart:
    """Says to the others that this worker lives. One that could not say so for long must not claim anything."""

    def __init__(self, name: str, dead_after: timedelta) -> None:
        self.name = name
        self._dead_after = dead_after
        self._last: datetime | None = None
        self._lock = threading.Lock()

    def beat(self) -> None:
        """Write the beat; the first one, and one after the row was swept away, make the row."""
        now = clock.now()
        if not Worker.objects.filter(name=self.name).update(beat_at=now):
            Worker.objects.create(name=self.name, started_at=now, beat_at=now)
        with self._lock:
            self._last = now

    def is_fresh(self) -> bool:
        """Whether the others still take this worker for alive (a suspended machine may have slept through it)."""
        with self._lock:
            return self._last is not None and clock.now() - self._last < self._dead_after * 0.8

    def stop(self, *, frees_claims: bool) -> None:
        """Sign off. With work left undone the row is kept with a beat long past: the next sweep frees its claims."""
        mine = Worker.objects.filter(name=self.name)
        if frees_claims:
            mine.update(beat_at=clock.now() - FORGOTTEN_AFTER / 2)
        else:
            mine.delete()


def dead_workers(me: str, dead_after: timedelta) -> list[str]:
    """The workers whose beat is older than `dead_after`."""
    silent = Worker.objects.filter(beat_at__lt=clock.now() - dead_after).exclude(name=me)
    return list(silent.values_list("name", flat=True))


def sweep_dead(me: str, dead_after: timedelta) -> int:
    """Free whatever dead workers had claimed, through what the apps registered. Returns how many claims.

    One that fails keeps no other from running, and is tried again with the next sweep.
    """
    dead = dead_workers(me, dead_after)
    if not dead:
        return 0
    freed = [_free(name, function, dead) for name, function in registry.frees()]
    if None not in freed:
        Worker.objects.filter(name__in=dead, beat_at__lt=clock.now() - FORGOTTEN_AFTER).delete()
    return sum(count or 0 for count in freed)


def _free(name: str, function: registry.Free, dead: list[str]) -> int | None:
    """How many claims were freed; none if that failed."""
    try:
        with transaction.atomic():
            freed = function(dead)
    except Exception:
        _logger.exception("freeing the claims of dead workers failed", extra={"what": name})
        return None
    if freed:
        _logger.warning("claims of dead workers freed", extra={"what": name, "count": freed, "workers": dead})
    return freed
