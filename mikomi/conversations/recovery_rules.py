"""When a recovery may be closed, what may be granted, and what recoveries bring. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mikomi.core.calendars.rules import NoWorkingTimeError, WorkingCalendar, add_working_days
from mikomi.core.intervals import Interval, wilson

SOLVED, UNANSWERED, NOT_SOLVED = "solved", "unanswered", "not_solved"


def waited_until(asked_at: datetime, wait_days: int, calendar: WorkingCalendar) -> datetime:
    """Until when the customer's word is waited for; plain days where the business is never open."""
    try:
        return add_working_days(calendar, asked_at, wait_days)
    except NoWorkingTimeError:
        return asked_at + timedelta(days=wait_days)


def may_close(
    *, outcome: str, asked_at: datetime | None, now: datetime, wait_days: int, calendar: WorkingCalendar
) -> bool:
    """A case closes when the customer says it is solved, or was asked and did not answer in the time given."""
    if outcome == SOLVED:
        return True
    if asked_at is None or outcome == NOT_SOLVED:
        return False
    return now >= waited_until(asked_at, wait_days, calendar)


@dataclass(frozen=True, slots=True)
class Grant:
    """Whether a remedy lies within the limit, and what is left of the limit before it."""

    is_within: bool
    left_minor: int


def grant(*, amount_minor: int, granted_minor: int, limit_minor: int) -> Grant:
    """A role's limit is for the whole case: what was granted before counts."""
    left = max(limit_minor - granted_minor, 0)
    return Grant(0 <= amount_minor <= left, left)


# What recovery brings


@dataclass(frozen=True, slots=True)
class Recovered:
    """One recovery, with what its customer bought and how they scored around it. Worth in minor units of one
    currency; scores 1…5."""

    cause: str
    cost_minor: int
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    purchases: Sequence[tuple[datetime, int]] = ()
    scores: Sequence[tuple[datetime, int]] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of the recoveries of one cause.

    `solved` of those that were closed. `came_back`, `spent_before_minor` and `spent_after_minor` count only the
    recoveries that were closed a whole window ago (`watched`): the others have had no time to come back yet.
    `score`: the mean of the scores given within the window after closing, `scored` their number.
    """

    cause: str
    cases: int
    closed: int
    solved: Interval | None
    cost_minor: int
    watched: int
    came_back: Interval | None
    spent_before_minor: int
    spent_after_minor: int
    scored: int
    score: float | None


def effects(recoveries: Iterable[Recovered], *, now: datetime, window: timedelta) -> list[Effect]:
    """The effect by cause, the most frequent first. Shares carry their 95 % Wilson interval. It is what happened
    after, not what happened because of it: nobody knows what these customers would have done otherwise."""
    by_cause: dict[str, list[Recovered]] = {}
    for one in recoveries:
        by_cause.setdefault(one.cause, []).append(one)
    found = [_effect(cause, cases, now, window) for cause, cases in by_cause.items()]
    return sorted(found, key=lambda effect: (-effect.cases, effect.cause))


def _effect(cause: str, cases: Sequence[Recovered], now: datetime, window: timedelta) -> Effect:
    closed = [(one, one.closed_at) for one in cases if one.closed_at is not None]
    watched = [(one, at) for one, at in closed if at + window <= now]
    after = [_spent(one, at, at + window) for one, at in watched]
    scores = [score for one, at in closed for when, score in one.scores if at < when <= at + window]
    returned = sum(any(at < when <= at + window for when, _worth in one.purchases) for one, at in watched)
    solved = sum(one.outcome == "solved" for one, _at in closed)
    return Effect(
        cause=cause,
        cases=len(cases),
        closed=len(closed),
        solved=wilson(solved, len(closed)) if closed else None,
        cost_minor=sum(one.cost_minor for one in cases),
        watched=len(watched),
        came_back=wilson(returned, len(watched)) if watched else None,
        spent_before_minor=sum(_spent(one, one.opened_at - window, one.opened_at) for one, _at in watched),
        spent_after_minor=sum(after),
        scored=len(scores),
        score=sum(scores) / len(scores) if scores else None,
    )


def _spent(one: Recovered, after: datetime, until: datetime) -> int:
    return sum(worth for when, worth in one.purchases if after < when <= until)
