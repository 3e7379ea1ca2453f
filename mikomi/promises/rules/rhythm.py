"""Time that counts: a week has hours in which work ends and others in which none does, and so have holidays.

Pure Python over plain lists, read in the web process; `mikomi.promises.fitting.rhythm` learns them. Moments are local
days since a Monday's midnight.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from operator import itemgetter
from typing import Any

_day, _start = itemgetter(0), itemgetter(1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`passed`: what counts until each full hour of the week from Monday 0:00, in days; `quiet`: the day of the week on
    which least ends, and like which a holiday counts. `off`: the holidays in order, each with its day and with what
    counts until it begins and until it ends. The same as `fitting.rhythm.Rhythm`."""

    passed: Sequence[float]
    quiet: int = 6
    off: Sequence[Sequence[float]] = ()

    def counted(self, moment: float) -> float:
        """The moment in days that count."""
        place = bisect_right(self.off, moment, key=_day) - 1
        if place < 0:
            return self._usual(moment)
        day, start, end = self.off[place]
        if moment < day + 1:
            return start + self._usual(self.quiet + moment - day) - self._usual(self.quiet)
        return end + self._usual(moment) - self._usual(day + 1)

    def on_calendar(self, counted: float) -> float:
        """Inverse of `counted`."""
        place = bisect_right(self.off, counted, key=_start) - 1
        if place < 0:
            return self._usual_calendar(counted)
        day, start, end = self.off[place]
        if counted < end:
            return day + self._usual_calendar(counted - start + self._usual(self.quiet)) - self.quiet
        return self._usual_calendar(counted - end + self._usual(day + 1))

    def _usual(self, moment: float) -> float:
        """What counts without holidays."""
        weeks = floor(moment / 7.0)
        hours = (moment - 7.0 * weeks) * 24.0
        hour = min(int(hours), len(self.passed) - 2)
        before, after = self.passed[hour], self.passed[hour + 1]
        return 7.0 * weeks + before + (hours - hour) * (after - before)

    def _usual_calendar(self, counted: float) -> float:
        """Inverse of `_usual`."""
        weeks = floor(counted / 7.0)
        rest = counted - 7.0 * weeks
        hour = min(max(bisect_right(self.passed, rest) - 1, 0), len(self.passed) - 2)
        part = (rest - self.passed[hour]) / (self.passed[hour + 1] - self.passed[hour])
        return 7.0 * weeks + (hour + part) / 24.0


def rhythm_of(plain: Mapping[str, Any]) -> Rhythm | None:
    """The rhythm of a stored model; none where it has none."""
    passed = plain.get("passed")
    return Rhythm(passed, plain.get("quiet", 6), plain.get("off", ())) if passed else None
