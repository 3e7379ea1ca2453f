"""When in the week work ends: days and hours on which nothing ends don't count as time.

A delivery that takes "ten days" takes fewer of the days on which parcels are handed over. Measured in those, times
scatter less, and a quote doesn't end on a Sunday night. (Operational time, as in Bühlmann 1970, § 2.2.4.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mikomi.promises.fitting.history import Floats

HOURS = 168
TRUST = 50.0
"""Cases' worth of "ends at any hour alike" that are mixed in, for the days and for the hours each."""
LEAST = 0.02
"""No hour counts for less than this part of the usual one: something may always end."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`passed`: the time that has passed at each full hour of the week from Monday 0:00, in days; 7 at the end. The
    same as `rules.quoting.counted` and `on_calendar` read."""

    passed: Floats

    def counted(self, moments: Floats) -> Floats:
        """Calendar days (0 a Monday's midnight) to days that count."""
        weeks = np.floor(moments / 7.0)
        return np.asarray(
            7.0 * weeks + np.interp((moments - 7.0 * weeks) * 24.0, np.arange(HOURS + 1), self.passed)
        )

    def on_calendar(self, counted: Floats) -> Floats:
        """Inverse of `counted`."""
        weeks = np.floor(counted / 7.0)
        hours = np.interp(counted - 7.0 * weeks, self.passed, np.arange(HOURS + 1))
        return np.asarray(7.0 * weeks + hours / 24.0)


def rhythm(ended: Floats) -> Rhythm:
    """The rhythm of a kind of work from the moments at which its cases ended (nan: not yet): the share of each day of
    the week times the share of each hour of the day."""
    known = ended[~np.isnan(ended)]
    days = _shares(np.floor(known).astype(np.int64) % 7, 7)
    hours = _shares(np.floor(known % 1.0 * 24.0).astype(np.int64), 24)
    weights = (1.0 - LEAST) * np.outer(days, hours).ravel() * HOURS + LEAST
    return Rhythm(np.concatenate([[0.0], np.cumsum(weights)]) / 24.0)


def _shares(places: np.ndarray[tuple[int], np.dtype[np.int64]], size: int) -> Floats:
    counts = np.bincount(places, minlength=size) + TRUST / size
    return np.asarray(counts / counts.sum())
