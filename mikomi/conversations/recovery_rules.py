"""When a recovery may be closed, and what may be granted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mikomi.core.calendars.rules import NoWorkingTimeError, WorkingCalendar, add_working_days

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
