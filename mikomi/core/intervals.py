"""Intervals for shares (0…1) and for the net promoter score (−100…100 points)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from statistics import NormalDist


class NoAnswersError(ValueError):
    """There is nothing to estimate from."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate between its lower and upper limit."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NetPromoterScore:
    """The score in points (−100…100), its standard error, and the adjusted interval around `centre`."""

    score: float
    standard_error: float
    centre: float
    low: float
    high: float


@lru_cache(maxsize=32)
def z_of(confidence: float) -> float:
    """The two-sided normal quantile: 1.96 for 0.95. Raises ValueError outside (0, 1)."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(successes: int, total: int, confidence: float = 0.95) -> Interval:
    """The Wilson score interval (Wilson 1927) of a share; estimate and limits lie in 0…1.

    Raises NoAnswersError for a total of zero, ValueError for impossible counts.
    """
    if total == 0:
        raise NoAnswersError("a share of nothing")
    if not 0 <= successes <= total:
        raise ValueError(f"{successes} of {total} is not a share")
    z, share = z_of(confidence), successes / total
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    margin = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale
    # At the ends the limit is exactly the end; rounding must not move it inside.
    low = 0.0 if successes == 0 else centre - margin
    high = 1.0 if successes == total else centre + margin
    return Interval(share, low, high)


def net_promoter(
    promoters: int, passives: int, detractors: int, confidence: float = 0.95
) -> NetPromoterScore:
    """The net promoter score with the adjusted Wald interval (MeasuringU): ¾ added to promoters and to
    detractors, 3 to all answers, limits clamped to ±100. Skipped answers belong into none of the counts.

    Raises NoAnswersError without any answer, ValueError for negative counts.
    """
    if min(promoters, passives, detractors) < 0:
        raise ValueError("counts of answers must not be negative")
    total = promoters + passives + detractors
    if total == 0:
        raise NoAnswersError("a score of nothing")
    score, error = _score(promoters, detractors, total)
    centre, adjusted = _score(promoters + 0.75, detractors + 0.75, total + 3)
    margin = z_of(confidence) * adjusted
    return NetPromoterScore(score, error, centre, max(-100.0, centre - margin), min(100.0, centre + margin))


def _score(promoters: float, detractors: float, total: float) -> tuple[float, float]:
    """Score and standard error in points: 100·(p−d) and 100·√((p+d−(p−d)²)/n)."""
    p, d = promoters / total, detractors / total
    return 100 * (p - d), 100 * sqrt(max(0.0, p + d - (p - d) ** 2) / total)


def score_difference(first: NetPromoterScore, second: NetPromoterScore) -> tuple[float, float]:
    """Difference of two scores in points, and its z value (0 where both are without spread and equal)."""
    difference = first.score - second.score
    error = sqrt(first.standard_error**2 + second.standard_error**2)
    if error == 0:
        return difference, 0.0 if difference == 0 else float("inf") * (1 if difference > 0 else -1)
    return difference, difference / error
