"""Time until done, when some cases are not done yet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SPREAD = 0.29
"""Scale of the logistic distribution that is assumed of open cases' log time: a standard deviation of .53."""


def expected_beyond(reached: Floats, centre: Floats | float, spread: float = SPREAD) -> Floats:
    """The expected log time of cases that have lasted `reached` (log) already, logistic around `centre`:
    E[X | X > z] = z + (1 + e^z) ln(1 + e^−z) for the standard logistic distribution."""
    z = np.clip((reached - centre) / spread, -30.0, 30.0)
    beyond = z + (1.0 + np.exp(z)) * np.log1p(np.exp(-z))
    return np.asarray(np.maximum(reached, centre + spread * beyond))


def distribution(values: Floats, done: Flags, weight: Floats, *, lost_count: bool) -> tuple[Floats, Floats]:
    """The weighted distribution function of Kaplan and Meier (1958): ascending values and F at each.

    `lost_count` false: F is that of the cases that end at all (divided by its last value), so cancelled orders that
    stay open for ever don't lengthen the others.
    """
    order = np.lexsort((~done, values))
    values, done, weight = values[order], done[order], weight[order]
    at_risk = weight[::-1].cumsum()[::-1]
    hazard = np.where(done, weight / np.maximum(at_risk, 1e-300), 0.0)
    below = 1.0 - np.cumprod(1.0 - np.minimum(hazard, 1.0))
    if not lost_count and len(below) and below[-1] > 0:
        below = below / below[-1]
    return values, np.asarray(below, np.float64)


def quantile(values: Floats, below: Floats, share: float) -> float:
    """The smallest value with F ≥ share; the largest value if F never gets there."""
    place = int(np.searchsorted(below, share - 1e-12))
    return float(values[min(place, len(values) - 1)])


def effective(weight: Floats) -> float:
    """How many equally weighted cases these weights are worth (Kish 1965)."""
    total = float(weight.sum())
    return total * total / float((weight**2).sum()) if total > 0 else 0.0
