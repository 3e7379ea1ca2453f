"""A worker process: one thread per lane and per service, a beat, and the sweep of workers that died.

The first thread beats, looks whether the database has changed and wakes the lanes; each lane runs its duties and
schedules one after the other. Any number of workers may run, on several machines (PostgreSQL) or as several
processes (SQLite): what they do is claimed by conditional UPDATEs.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connection

from mikomi.core import clock
from mikomi.core.work import beats, schedules
from mikomi.core.work.lanes import LaneThread
from mikomi.core.work.registry import LANES, services
from mikomi.core.work.services import ServiceThread
from mikomi.core.work.watching import ChangeWatch

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How often a worker beats and looks, in seconds; tests use shorter ones."""

    beat: float = 5.0
    dead_after: float = 30.0
    """A worker whose beat is older than this is dead."""
    sweep: float = 10.0
    look: float = 0.25
    """How often the worker asks whether anything was written; the delay of work that nobody waits for."""
    stop_within: float = 25.0
    """How long a stopping worker waits for what it is doing."""


def main() -> int:
    """Work until SIGTERM or SIGINT; finishes what it does, a second signal ends it at once. The exit code."""
    stop = threading.Event()

    def ask_to_stop(number: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    run(stop)
    return 0


def run(stop: threading.Event | None = None, *, timing: Timing | None = None) -> None:
    """Work until `stop` is set."""
    timing = timing or Timing()
    stop = stop or threading.Event()
    name = new_name()
    heart = beats.Heart(name, timedelta(seconds=timing.dead_after))
    heart.beat()
    schedules.prepare()
    lanes = [LaneThread(lane, name, stop, heart) for lane in LANES]
    served = [ServiceThread(service, name, stop) for service in services()]
    _logger.info("worker starts", extra={"worker": name})
    for thread in (*lanes, *served):
        thread.start()
    try:
        _keep_watch(stop, heart, lanes, timing)
    finally:
        stop.set()
        _end(heart, lanes, served, timing)
        _logger.info("worker ends", extra={"worker": name})


def new_name() -> str:
    """The name of a worker that starts now: `host:pid:random`."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def _keep_watch(stop: threading.Event, heart: beats.Heart, lanes: list[LaneThread], timing: Timing) -> None:
    watch = ChangeWatch()
    next_beat = next_sweep = 0.0
    while not stop.wait(timing.look):
        now = clock.monotonic()
        try:
            if now >= next_beat:
                heart.beat()
                next_beat = now + timing.beat
            if now >= next_sweep:
                beats.sweep_dead(heart.name, timedelta(seconds=timing.dead_after))
                next_sweep = now + timing.sweep
            if watch.has_changed():
                for lane in lanes:
                    lane.wake()
        except DatabaseError:
            _logger.exception("the worker's watch failed", extra={"worker": heart.name})
            connection.close()
            stop.wait(1.0)


def _end(heart: beats.Heart, lanes: list[LaneThread], served: list[ServiceThread], timing: Timing) -> None:
    """Wait for the threads; what one of them can't finish in time is given to other workers at once."""
    for lane in lanes:
        lane.wake()
    until = clock.monotonic() + timing.stop_within
    for thread in (*lanes, *served):
        thread.join(max(0.0, until - clock.monotonic()))
    late = [thread.name for thread in (*lanes, *served) if thread.is_alive()]
    if late:
        _logger.warning("threads did not end in time", extra={"worker": heart.name, "threads": late})
    try:
        heart.stop(frees_claims=bool(late))
    except DatabaseError:
        _logger.exception("the worker could not sign off; others will notice", extra={"worker": heart.name})
    connection.close()
