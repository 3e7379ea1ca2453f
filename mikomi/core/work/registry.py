"""What the workers do, registered at start-up: duties, schedules, services, and what to free of the dead."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

Lane = Literal["quick", "send", "hooks", "poll", "tasks"]
"""One thread each: short database work · our messages · others' webhooks · mailboxes · long jobs."""

Serve = Callable[[str, threading.Event], None]
Free = Callable[[Sequence[str]], int]

LANES: tuple[Lane, ...] = get_args(Lane)


@dataclass(frozen=True, slots=True)
class Duty:
    """Called by every worker each `every`, and again at once while it returns more than 0 (things done).

    `on_change`: also called soon after anything was written to the database, so that work waits for a fraction of a
    second only. Such a function must cost next to nothing, and write nothing, when there is nothing to do.
    """

    name: str
    every: timedelta
    lane: Lane
    function: Callable[[str], int]
    on_change: bool = False


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Called once per period, by one of all workers."""

    name: str
    every: timedelta
    function: Callable[[], object]
    lane: Lane


@dataclass(frozen=True, slots=True)
class Service:
    """Runs in a thread of its own as long as the worker lives: what waits for others (a server that speaks first, a
    port that is called), and therefore must not stand in a lane.

    `function` takes the worker's name and an event, and returns soon after that is set. One that fails or returns
    early is called again after a pause.
    """

    name: str
    function: Serve


_duties: dict[str, Duty] = {}
_schedules: dict[str, Scheduled] = {}
_services: dict[str, Service] = {}
_frees: dict[str, Free] = {}


def duty(
    name: str, every: timedelta, lane: Lane, function: Callable[[str], int], *, on_change: bool = False
) -> None:
    """Register a duty; `function` takes the worker's name. Raises `ValueError` for a name taken twice."""
    _refuse(name, _duties, every, lane)
    _duties[name] = Duty(name, every, lane, function, on_change)


def schedule(name: str, every: timedelta, function: Callable[[], object], *, lane: Lane = "tasks") -> None:
    """Register what one of all workers does once per period. Raises `ValueError` for a name taken twice."""
    _refuse(name, _schedules, every, lane)
    _schedules[name] = Scheduled(name, every, function, lane)


def service(name: str, function: Serve) -> None:
    """Register a service. Raises `ValueError` for a name taken twice."""
    if name in _services:
        raise ValueError(f"{name!r} is registered twice.")
    _services[name] = Service(name, function)


def on_dead_worker(name: str, free: Free) -> None:
    """Register what frees the claims of dead workers.

    `free` takes the names of workers and returns how many claims it freed. It is called again and again with the
    same names, also by several workers at once: it must be a conditional UPDATE.
    """
    if name in _frees:
        raise ValueError(f"{name!r} is registered twice for dead workers.")
    _frees[name] = free


def _refuse(name: str, taken: dict[str, Duty] | dict[str, Scheduled], every: timedelta, lane: str) -> None:
    if name in taken:
        raise ValueError(f"{name!r} is registered twice.")
    if lane not in LANES:
        raise ValueError(f"{name!r} names the lane {lane!r}; there are {', '.join(LANES)}.")
    if every <= timedelta(0):
        raise ValueError(f"{name!r} must have a period longer than nothing, not {every}.")


def duties(lane: str) -> list[Duty]:
    """The duties of a lane, in the order they were registered."""
    return [duty for duty in _duties.values() if duty.lane == lane]


def schedules(lane: str | None = None) -> list[Scheduled]:
    """The schedules of a lane, or all."""
    return [item for item in _schedules.values() if lane in (None, item.lane)]


def services() -> list[Service]:
    """The services, in the order they were registered."""
    return list(_services.values())


def frees() -> list[tuple[str, Free]]:
    """What frees the claims of dead workers, by name."""
    return list(_frees.items())


def forget(name: str) -> None:
    """Take whatever is registered under this name away again (tests)."""
    _duties.pop(name, None)
    _schedules.pop(name, None)
    _services.pop(name, None)
    _frees.pop(name, None)
