"""Expected against perceived: SERVQUAL, expectation–disconfirmation, and how expectations drift.

SERVQUAL (Parasuraman, Zeithaml & Berry 1988): 22 pairs on 1…7, gap = perception − expectation, five dimensions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from mikomi.core.distributions import student_cdf

DIMENSIONS = {
    "tangibles": range(1, 5),
    "reliability": range(5, 10),
    "responsiveness": range(10, 14),
    "assurance": range(14, 18),
    "empathy": range(18, 23),
}
"""The pairs of each dimension."""
LOWEST, MIDDLE, HIGHEST = 1, 4, 7
DRIFT_FROM = 0.3
"""So many points of the scale are worth an alert, if they are no chance."""
CHANCE = 0.01
_FEWEST = 8


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its interval of 95 % (Student's t); the interval is none where one answer says nothing of it."""

    mean: float
    count: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Gap:
    """One dimension: what people expect, what they perceive, and perception − expectation."""

    dimension: str
    expected: Estimate
    perceived: Estimate
    gap: Estimate


@dataclass(frozen=True, slots=True)
class Against:
    """What people said directly: 1 much worse … 7 much better than expected (Oliver 1980). Of a dimension, or of
    everything (empty). `better`, `worse`: how many answered above and below the middle."""

    dimension: str
    mean: Estimate
    better: int
    worse: int


@dataclass(frozen=True, slots=True)
class Drift:
    """How the expectation of a dimension moved: before, since, and the chance that it did not move at all."""

    dimension: str
    before: float
    since: float
    chance: float

    @property
    def change(self) -> float:
        """In points of the scale; above zero: people expect more."""
        return self.since - self.before

    @property
    def is_alert(self) -> bool:
        """Whether somebody should know."""
        return abs(self.change) >= DRIFT_FROM and self.chance < CHANCE


def gap_of(expected: Sequence[float], perceived: Sequence[float]) -> float:
    """Mean perception − mean expectation of one person's items, pair by pair. ValueError for unequal numbers."""
    pairs = list(zip(perceived, expected, strict=True))
    if not pairs:
        raise ValueError("a gap needs at least one pair")
    return sum(p - e for p, e in pairs) / len(pairs)


def overall(gaps: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
    """The mean gap over the dimensions; `weights`: how important each is, in any unit. ValueError without weight."""
    used = weights or dict.fromkeys(gaps, 1.0)
    total = sum(used[name] for name in gaps)
    if total <= 0:
        raise ValueError("importance must be above zero somewhere")
    return sum(gap * used[name] for name, gap in gaps.items()) / total


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of people's values with its interval; there must be one at least."""
    count = len(values)
    mean = sum(values) / count
    if count < 2:
        return Estimate(mean, count, None, None)
    spread = sqrt(sum((value - mean) ** 2 for value in values) / (count - 1))
    margin = t_quantile(count - 1) * spread / sqrt(count)
    return Estimate(mean, count, mean - margin, mean + margin)


def t_quantile(degrees: int, share: float = 0.975) -> float:
    """Where so much of Student's t distribution lies below, to six digits."""
    low, high = 0.0, 1e3
    while high - low > 1e-6 * max(1.0, low):
        middle = (low + high) / 2
        low, high = (middle, high) if student_cdf(middle, degrees) < share else (low, middle)
    return low


def servqual(sheets: Sequence[Mapping[str, int]]) -> list[Gap]:
    """The gaps by dimension, from sheets with answers e1…e22 and p1…p22. A person counts for a dimension with the
    pairs answered on both sides; dimensions without any answer are left out."""
    found = []
    for dimension, items in DIMENSIONS.items():
        people = [person for sheet in sheets if (person := _person(sheet, items)) is not None]
        if people:
            expected, perceived = zip(*people, strict=True)
            gaps = [p - e for e, p in people]
            found.append(Gap(dimension, estimate(expected), estimate(perceived), estimate(gaps)))
    return found


def _person(sheet: Mapping[str, int], items: range) -> tuple[float, float] | None:
    pairs = [
        (sheet[f"e{item}"], sheet[f"p{item}"])
        for item in items
        if f"e{item}" in sheet and f"p{item}" in sheet
    ]
    if not pairs:
        return None
    return sum(e for e, _p in pairs) / len(pairs), sum(p for _e, p in pairs) / len(pairs)


def against(sheets: Sequence[Mapping[str, int]]) -> list[Against]:
    """The direct items: over all (x) first, then by dimension (x:DIMENSION); those without any answer are left out."""
    found = []
    for dimension in ("", *DIMENSIONS):
        code = f"x:{dimension}" if dimension else "x"
        values = [sheet[code] for sheet in sheets if code in sheet]
        if values:
            better, worse = sum(value > MIDDLE for value in values), sum(value < MIDDLE for value in values)
            found.append(Against(dimension, estimate(values), better, worse))
    return found


def importance(sheets: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """How important people find each dimension (answers w:DIMENSION), as shares of one; empty where nobody said."""
    means = {}
    for dimension in DIMENSIONS:
        values = [sheet[f"w:{dimension}"] for sheet in sheets if f"w:{dimension}" in sheet]
        if values:
            means[dimension] = sum(values) / len(values)
    total = sum(means.values())
    return {name: value / total for name, value in means.items()} if len(means) == len(DIMENSIONS) else {}


def drift(dimension: str, before: Sequence[float], since: Sequence[float]) -> Drift | None:
    """Whether what people expect has moved (Welch's t test); none where either side has fewer than eight answers."""
    if min(len(before), len(since)) < _FEWEST:
        return None
    one, two = _moments(before), _moments(since)
    error = sqrt(one[1] / len(before) + two[1] / len(since))
    if error == 0:
        return Drift(dimension, one[0], two[0], 1.0 if one[0] == two[0] else 0.0)
    degrees = error**4 / sum(
        (variance / count) ** 2 / (count - 1)
        for variance, count in ((one[1], len(before)), (two[1], len(since)))
    )
    chance = 2 * student_cdf(-abs(two[0] - one[0]) / error, degrees)
    return Drift(dimension, one[0], two[0], chance)


def _moments(values: Sequence[float]) -> tuple[float, float]:
    mean = sum(values) / len(values)
    return mean, sum((value - mean) ** 2 for value in values) / (len(values) - 1)


# Effort


@dataclass(frozen=True, slots=True)
class Effort:
    """CES 2.0, "made it easy for me to handle my issue", 1…7: three scorings circulate, so all are shown by name."""

    mean: float
    easy: float
    net: float
    distribution: tuple[int, ...]


def effort(distribution: Sequence[int]) -> Effort:
    """From how often each of 1…7 was answered: the mean, the share of 5–7, and the share of 6–7 minus that of 1–3
    (both in points of a hundred). ValueError without answers."""
    total = sum(distribution)
    if len(distribution) != 7 or total == 0:
        raise ValueError("seven counts are needed, and at least one answer")
    mean = sum(score * count for score, count in enumerate(distribution, 1)) / total
    easy = 100 * sum(distribution[4:]) / total
    net = 100 * (sum(distribution[5:]) - sum(distribution[:3])) / total
    return Effort(mean, easy, net, tuple(distribution))
