"""A lane: one thread that runs its duties and schedules in turn, each when it is due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import close_old_connections, connections

from mikomi.core import clock
from mikomi.core.work import registry, schedules
from mikomi.core.work.beats import Heart

AFTER_FAILURE_SECONDS = 5.0
_LOOK_AT_SCHEDULES = timedelta(seconds=5)

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """A duty in this thread, and when it comes next (seconds of the monotonic clock)."""

    name: str
    every: float
    call: Callable[[], int]
    on_change: bool
    next_at: float = 0.0
    not_before: float = 0.0

    def is_due(self, now: float, changed: bool) -> bool:
        """Whether its time has come, or something changed that it waits for; after a failure it pauses."""
        return now >= self.not_before and (now >= self.next_at or (changed and self.on_change))


class LaneThread(threading.Thread):
    """Runs until `stop` is set, and then ends after the duty it is at. No failure of a duty ends it."""

    def __init__(self, lane: registry.Lane, worker: str, stop: threading.Event, heart: Heart) -> None:
        super().__init__(name=lane, daemon=True)
        self._stop_asked = stop
        self._heart = heart
        self._woken = threading.Event()
        self._jobs = jobs_of(lane, worker)

    def wake(self) -> None:
        """Something may have changed."""
        self._woken.set()

    def run(self) -> None:
        """Work until asked to stop."""
        try:
            while not self._stop_asked.is_set():
                self._woken.wait(self._seconds_to_wait())
                self._round()
        finally:
            connections.close_all()

    def _seconds_to_wait(self) -> float | None:
        if not self._jobs:
            return None
        if not self._heart.is_fresh():
            return 1.0
        next_at = min(max(job.next_at, job.not_before) for job in self._jobs)
        return max(0.0, next_at - clock.monotonic())

    def _round(self) -> None:
        """Every duty that is due once, so that a busy one starves no other."""
        changed = self._woken.is_set()
        self._woken.clear()
        for job in self._jobs:
            if self._stop_asked.is_set() or not self._heart.is_fresh():
                return
            if job.is_due(clock.monotonic(), changed):
                close_old_connections()
                run_job(job)


def jobs_of(lane: registry.Lane, worker: str) -> list[Job]:
    """The duties of a lane as this worker runs them; its schedules are one more."""
    jobs = [
        Job(duty.name, duty.every.total_seconds(), _call(duty, worker), duty.on_change)
        for duty in registry.duties(lane)
    ]
    if registry.schedules(lane):
        every = min(_LOOK_AT_SCHEDULES, *(item.every for item in registry.schedules(lane)))
        jobs.append(Job("schedules", every.total_seconds(), lambda: schedules.run_due(lane), on_change=False))
    return jobs


def _call(duty: registry.Duty, worker: str) -> Callable[[], int]:
    return lambda: duty.function(worker)


def run_job(job: Job) -> None:
    """Run a duty once and settle when it comes next: at once if it did something, later if it failed."""
    try:
        done = job.call()
    except Exception:
        _logger.exception("a duty failed", extra={"duty": job.name})
        connections.close_all()
        job.not_before = clock.monotonic() + AFTER_FAILURE_SECONDS
        done = 0
    job.next_at = clock.monotonic() + (0.0 if done else job.every)
