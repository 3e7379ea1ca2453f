"""How many colleagues are at work over a span: opening hours, holidays and absences. Pure.

Counted once for a range of days, then asked in constant time: a million promises are scored with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from mikomi.core.calendars.rules import WorkingCalendar, open_intervals

Absence = tuple[int, date, date]
"""Who is away, from the first to the last day."""


class Presence:
    """Seconds worked by all colleagues together, as a curve over time. Outside of its days the curve goes on as it
    was on average."""

    def __init__(
        self, calendar: WorkingCalendar, first: date, last: date, heads: Callable[[date], int]
    ) -> None:
        self._times: list[float] = []
        self._worked: list[float] = []
        total, day = 0.0, first
        self._add(_midnight(first, calendar), 0.0)
        while day <= last:
            count = heads(day)
            for opens, closes in open_intervals(calendar, day):
                begin, end = opens.timestamp(), closes.timestamp()
                self._add(begin, total)
                total += count * (end - begin)
                self._add(end, total)
            day += timedelta(days=1)
        self._add(_midnight(day, calendar), total)
        self._mean = total / (self._times[-1] - self._times[0])

    def _add(self, moment: float, worked: float) -> None:
        self._times.append(moment)
        self._worked.append(worked)

    def at_work(self, start: float, end: float) -> float:
        """Colleagues at work on average from `start` to `end` (seconds since 1970)."""
        if end <= start:
            return 0.0
        return (self._until(end) - self._until(start)) / (end - start)

    def between(self, start: datetime, end: datetime) -> float:
        """The same for moments."""
        return self.at_work(start.timestamp(), end.timestamp())

    def _until(self, moment: float) -> float:
        times, worked = self._times, self._worked
        if moment <= times[0]:
            return (moment - times[0]) * self._mean
        if moment >= times[-1]:
            return worked[-1] + (moment - times[-1]) * self._mean
        place = bisect_right(times, moment)  # so the next point lies behind this moment
        low, high = times[place - 1], times[place]
        return worked[place - 1] + (worked[place] - worked[place - 1]) * (moment - low) / (high - low)


@lru_cache(maxsize=64)
def presence(
    calendar: WorkingCalendar, first: date, last: date, people: int, away: tuple[Absence, ...]
) -> Presence:
    """The presence of so many people of whom some are away. Kept: pages ask for the same again and again."""

    def heads(day: date) -> int:
        return people - len({user for user, begins, ends in away if begins <= day <= ends})

    return Presence(calendar, first, last, heads)


def _midnight(day: date, calendar: WorkingCalendar) -> float:
    return datetime.combine(day, time(), calendar.tz).timestamp()
