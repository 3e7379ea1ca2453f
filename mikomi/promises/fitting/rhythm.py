"""When in the week work ends: days and hours on which nothing ends don't count as time.

A delivery that takes "ten days" takes fewer of the days on which parcels are handed over. Measured in those, times
scatter less, and a quote doesn't end on a Sunday night. (Operational time, as in Bühlmann 1970, § 2.2.4.) A holiday
counts like the day of the week on which least ends: mostly a Sunday.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mikomi.promises.fitting.history import Floats

HOURS = 168
TRUST = 50.0
"""Cases' worth of "ends at any hour alike" that are mixed in, for the days and for the hours each."""
LEAST = 0.02
"""No hour counts for less than this part of the usual one: something may always end."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`passed`: the time that has passed at each full hour of the week from Monday 0:00, in days; 7 at the end.
    `quiet`: the day of the week on which least ends. `off`: a row for each holiday: its day (0 a Monday), what counts
    until it begins, and until it ends. The same as `rules.rhythm.Rhythm`, vectorised."""

    passed: Floats
    quiet: int = 6
    off: Floats = field(default_factory=lambda: np.empty((0, 3)))

    def counted(self, moments: Floats) -> Floats:
        """Calendar days (0 a Monday's midnight) to days that count."""
        usual = self._usual(moments)
        if not len(self.off):
            return usual
        place = np.searchsorted(self.off[:, 0], moments, side="right") - 1
        day, start, end = self.off[np.maximum(place, 0)].T
        within = start + self._usual(self.quiet + moments - day) - self._usual(np.asarray(self.quiet))
        after = end + usual - self._usual(day + 1.0)
        return np.where(place < 0, usual, np.where(moments < day + 1.0, within, after))

    def on_calendar(self, counted: Floats) -> Floats:
        """Inverse of `counted`."""
        if not len(self.off):
            return self._usual_calendar(counted)
        place = np.searchsorted(self.off[:, 1], counted, side="right") - 1
        day, start, end = self.off[np.maximum(place, 0)].T
        within = (
            day - self.quiet + self._usual_calendar(counted - start + self._usual(np.asarray(self.quiet)))
        )
        after = self._usual_calendar(counted - end + self._usual(day + 1.0))
        return np.where(place < 0, self._usual_calendar(counted), np.where(counted < end, within, after))

    def plain(self) -> dict[str, Any]:
        """As plain values; `rules.rhythm.rhythm_of` reads them."""
        return {"passed": self.passed.tolist(), "quiet": self.quiet, "off": self.off.tolist()}

    def _usual(self, moments: Floats) -> Floats:
        """What counts without holidays."""
        weeks = np.floor(moments / 7.0)
        return np.asarray(
            7.0 * weeks + np.interp((moments - 7.0 * weeks) * 24.0, np.arange(HOURS + 1), self.passed)
        )

    def _usual_calendar(self, counted: Floats) -> Floats:
        """Inverse of `_usual`."""
        weeks = np.floor(counted / 7.0)
        hours = np.interp(counted - 7.0 * weeks, self.passed, np.arange(HOURS + 1))
        return np.asarray(7.0 * weeks + hours / 24.0)


def rhythm(ended: Floats, holidays: Collection[int] = ()) -> Rhythm:
    """The rhythm of a kind of work from the moments at which its cases ended (nan: not yet): the share of each day of
    the week times the share of each hour of the day. What ended on `holidays` (days since a Monday) says nothing about
    its weekday."""
    known = ended[~np.isnan(ended)]
    usual = known[~np.isin(np.floor(known), list(holidays))]
    days = _shares(np.floor(usual).astype(np.int64) % 7, 7)
    hours = _shares(np.floor(known % 1.0 * 24.0).astype(np.int64), 24)
    weights = (1.0 - LEAST) * np.outer(days, hours).ravel() * HOURS + LEAST
    week = np.concatenate([[0.0], np.cumsum(weights)]) / 24.0
    week *= 7.0 / week[-1]
    quiet = int(days.argmin())
    return Rhythm(week, quiet, _off(Rhythm(week), quiet, holidays))


def _off(usual: Rhythm, quiet: int, holidays: Collection[int]) -> Floats:
    """The holidays as rows, each with what counts until it begins and until it ends."""
    days = np.asarray(sorted(set(holidays)), np.float64)
    until, after = usual.counted(days), usual.counted(days + 1.0)
    length = float(np.diff(usual.counted(np.asarray([quiet, quiet + 1.0])))[0])
    saved = np.cumsum(after - until - length)
    return np.stack([days, until - saved + (after - until - length), after - saved], 1)


def _shares(places: np.ndarray[tuple[int], np.dtype[np.int64]], size: int) -> Floats:
    counts = np.bincount(places, minlength=size) + TRUST / size
    return np.asarray(counts / counts.sum())
