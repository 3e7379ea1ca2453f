"""How much a circumstance slows work: Cox's proportional hazards (1972) of one covariate. Pure.

The covariate is the logarithm of the load; hazard = base(t) · exp(−elasticity · x). Ties by Breslow (1974); cases that
have not ended count as lasting at least as long as they have. The elasticity starts from "none": a normal prior with
the standard deviation PRIOR_SPREAD, so few cases say little.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp

from mikomi.promises.rules.circumstances import slowness

PRIOR_SPREAD = 0.5
MOST = 1.5
"""An elasticity of 1: twice the load, half the speed, as in one queue."""
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """One past case: how long it took, in shares of the promised time (so far, unless it `ended`), and its log load."""

    took: float
    ended: bool
    x: float


def elasticity(cases: Iterable[Seen]) -> float:
    """How much the hazard falls with the load, 0…MOST; 0 without cases. Newton's method; O(n log n)."""
    latest_first = sorted(cases, key=lambda case: -case.took)
    if not latest_first:
        return 0.0
    middle = sum(case.x for case in latest_first) / len(latest_first)
    ordered = [(case.took, case.ended, case.x - middle) for case in latest_first]
    found = 0.0
    for _round in range(_ROUNDS):
        slope, bend = _derivatives(ordered, found)
        step = slope / bend
        found = min(MOST, max(-MOST, found + step))
        if abs(step) < 1e-4:
            break
    return max(0.0, found)


def neutral(loads: Sequence[float], late: float, found: float) -> float:
    """The load at which a case is as likely to be late as all of them together: the mean of what is said of past
    cases is then the share that was `late` (0…1, neither of them), so forecasts stay calibrated as a whole."""
    low, high = min(loads), max(loads)
    for _round in range(40):
        middle = (low * high) ** 0.5
        said = sum(late ** (1.0 / slowness(load / middle, found)) for load in loads) / len(loads)
        low, high = (middle, high) if said > late else (low, middle)
    return float((low * high) ** 0.5)


def _derivatives(latest_first: list[tuple[float, bool, float]], at: float) -> tuple[float, float]:
    """Slope and (positive) curvature of the penalised log partial likelihood."""
    slope, bend = -at / PRIOR_SPREAD**2, 1.0 / PRIOR_SPREAD**2
    weight = first = second = 0.0
    place, count = 0, len(latest_first)
    while place < count:
        took, end = latest_first[place][0], place
        while end < count and latest_first[end][0] == took:
            x = latest_first[end][2]
            part = exp(-at * x)
            weight, first, second = weight + part, first + part * x, second + part * x * x
            end += 1
        mean = first / weight
        spread = second / weight - mean * mean
        for _took, ended, x in latest_first[place:end]:
            if ended:
                slope += mean - x
                bend += spread
        place = end
    return slope, bend
