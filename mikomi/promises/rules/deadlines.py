"""What becomes of a promise: its due time and its verdict. Pure; the time is an argument.

The verdict follows from *all* facts at once, never from the order in which they arrived.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mikomi.core.calendars.rules import (
    DAY_SECONDS,
    Pause,
    WorkingCalendar,
    elapsed,
    elapsed_target,
)

ALWAYS_OPEN = WorkingCalendar(tz=ZoneInfo("UTC"), hours=(((0, DAY_SECONDS),),) * 7)
"""For promises whose time runs day and night."""

MET_BY: dict[str, frozenset[str]] = {
    "delivery": frozenset({"delivered", "done"}),
    "shipping": frozenset({"shipped", "delivered", "done"}),
    "answer": frozenset({"answered", "called", "done"}),
    "callback": frozenset({"called", "done"}),
    "custom": frozenset({"done"}),
    "booking": frozenset({"done", "held", "surpassed"}),
}
"""Which evidence keeps which kind of promise. What has arrived must have been shipped; a call is an answer,
but an answer is not the call that was promised."""


class State(StrEnum):
    """The same words as `Promise.State`."""

    OPEN = "open"
    AT_RISK = "at_risk"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


# Terms and due times


def end_of_day(day: date, zone: ZoneInfo, latest: time | None = None) -> datetime:
    """When a promise for a day is due: the last second of that day in the business's zone, or the end of the
    time band that was given with it (18:00–20:00: 20:00). Opening hours don't matter: a parcel that arrives
    after we close arrives on its day."""
    return datetime.combine(day, latest or time(23, 59, 59), zone)


@dataclass(frozen=True, slots=True)
class Fact:
    """A piece of evidence, without its wrapping."""

    kind: str
    occurred_at: datetime
    once_key: str
    expected_at: datetime | None = None
    retracts: str = ""
    reading: float | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """Terms given at `given_at`: due at `due_at`, before pauses."""

    given_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What was promised. `is_internal`: pauses move the due time; a date that a customer was given stays."""

    kind: str
    made_at: datetime
    first: Version
    newest: Version
    is_internal: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """How a promise's time runs: over `calendar` (none: always), standing still in `pauses`."""

    calendar: WorkingCalendar | None = None
    pauses: tuple[Pause, ...] = ()

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The time that counts from `start` to `end`; below zero when `end` comes first and nothing stops."""
        if self.calendar is None and not self.pauses:
            return end - start
        return elapsed(self.calendar or ALWAYS_OPEN, start, end, self.pauses)

    def after(self, start: datetime, amount: timedelta) -> datetime | None:
        """When `amount` has passed; none: on hold without an end before that. Inverse of `between`."""
        if self.calendar is None and not self.pauses:
            return start + amount
        return elapsed_target(self.calendar or ALWAYS_OPEN, start, amount, self.pauses)


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """The facts without those taken back, and without the takings-back."""
    known = list(facts)
    gone = {fact.retracts for fact in known if fact.retracts}
    return [fact for fact in known if not fact.retracts and fact.once_key not in gone]


def pauses_of(facts: Iterable[Fact]) -> tuple[Pause, ...]:
    """The times on hold, from `paused` and `resumed` evidence; the last may have no end yet."""
    pauses: list[Pause] = []
    since: datetime | None = None
    turns = (fact for fact in facts if fact.kind in ("paused", "resumed"))
    for fact in sorted(turns, key=lambda fact: (fact.occurred_at, fact.kind, fact.once_key)):
        if fact.kind == "paused":
            since = since or fact.occurred_at
        elif since is not None:
            pauses.append((since, fact.occurred_at))
            since = None
    return (*pauses, (since, None)) if since is not None else tuple(pauses)


def _ended(pauses: tuple[Pause, ...], ended_at: datetime | None) -> tuple[Pause, ...]:
    """What was met or withdrawn while on hold is no longer on hold: it came in time."""
    if ended_at is None or not pauses or pauses[-1][1] is not None or pauses[-1][0] >= ended_at:
        return pauses
    return (*pauses[:-1], (pauses[-1][0], ended_at))


def moved_due(version: Version, calendar: WorkingCalendar | None, pauses: tuple[Pause, ...]) -> datetime:
    """The due time of these terms when time on hold isn't counted. While on hold: as if it ended only then."""
    if not pauses:
        return version.due_at
    amount = Time(calendar).between(version.given_at, version.due_at)
    due = Time(calendar, pauses).after(version.given_at, amount)
    if due is None:
        due = Time(calendar, tuple(pause for pause in pauses if pause[1])).after(version.given_at, amount)
    return due or version.due_at


# The verdict


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a promise stands. `state` is never AT_RISK here: that is the forecast's to say."""

    state: State
    due_at: datetime
    first_due_at: datetime
    expected_at: datetime | None
    met_at: datetime | None
    decided_at: datetime | None
    paused_since: datetime | None
    time: Time
    is_exceeded: bool = False


def verdict(
    terms: Terms, facts: Iterable[Fact], now: datetime, calendar: WorkingCalendar | None = None
) -> Verdict:
    """Judge a promise by everything known. Kept: what was promised happened by the newest due time. Withdrawn:
    taken back before it was met and before it was due. Broken: the due time passed without. A fact that comes
    late but happened in time turns a broken promise into a kept one. What was found to fall short (a booked hour
    of which half was given) breaks it at once.
    """
    valid = standing(facts)
    failed_at = _first(valid, frozenset({"failed"}))
    met_at = None if failed_at else _first(valid, MET_BY[terms.kind])
    withdrawn_at = _first(valid, frozenset({"withdrawn"}))
    ended_at = min((moment for moment in (met_at, withdrawn_at) if moment), default=None)
    pauses = _ended(pauses_of(valid), ended_at) if terms.is_internal else ()
    due_at = moved_due(terms.newest, calendar, pauses)
    paused_since = pauses[-1][0] if pauses and pauses[-1][1] is None and pauses[-1][0] <= due_at else None
    first_due_at = moved_due(terms.first, calendar, pauses)
    state, decided_at = _outcome(due_at, met_at, withdrawn_at, paused_since, now)
    if failed_at is not None and not (withdrawn_at and withdrawn_at <= failed_at):
        state, decided_at = State.BROKEN, min(failed_at, due_at)
    time_used = Time(calendar, pauses)
    return Verdict(
        state=state,
        due_at=due_at,
        first_due_at=first_due_at,
        expected_at=_newest_estimate(valid),
        met_at=met_at,
        decided_at=decided_at,
        paused_since=paused_since if state is State.OPEN else None,
        time=time_used,
        is_exceeded=state is State.KEPT and _is_beyond(terms, valid, met_at, first_due_at, time_used),
    )


BEYOND_SHARE = 0.5
"""Stated: what takes at most half of the time that was first promised is more than was expected …"""
BEYOND_MARGIN = timedelta(hours=12)
"""… if at least this much is left: an hour saved on a two-hour promise surprises nobody."""


def _is_beyond(
    terms: Terms, facts: Iterable[Fact], met_at: datetime | None, first_due_at: datetime, used: Time
) -> bool:
    """Whether a kept promise exceeded what was promised. Answers owed by our own standards never do."""
    if any(fact.kind == "surpassed" for fact in facts):
        return True
    if met_at is None or terms.is_internal or terms.kind not in ("delivery", "shipping", "custom"):
        return False
    whole = used.between(terms.made_at, first_due_at)
    if whole <= timedelta() or first_due_at - met_at < BEYOND_MARGIN:
        return False
    return used.between(terms.made_at, met_at) <= whole * BEYOND_SHARE


def _outcome(
    due_at: datetime,
    met_at: datetime | None,
    withdrawn_at: datetime | None,
    paused_since: datetime | None,
    now: datetime,
) -> tuple[State, datetime | None]:
    if met_at is not None and met_at <= due_at and (withdrawn_at is None or met_at <= withdrawn_at):
        return State.KEPT, met_at
    if withdrawn_at is not None and withdrawn_at <= due_at:
        return State.WITHDRAWN, withdrawn_at
    if paused_since is not None and met_at is None:
        return State.OPEN, None
    if met_at is not None or now > due_at:
        return State.BROKEN, due_at
    return State.OPEN, None


def _first(facts: Iterable[Fact], kinds: frozenset[str]) -> datetime | None:
    return min((fact.occurred_at for fact in facts if fact.kind in kinds), default=None)


def _newest_estimate(facts: Iterable[Fact]) -> datetime | None:
    estimates = [
        (fact.occurred_at, fact.once_key, fact.expected_at)
        for fact in facts
        if fact.kind == "estimate" and fact.expected_at
    ]
    return max(estimates)[2] if estimates else None
