"""Measured claims: what a claim says exactly, and what the measurements of it prove.

A claim is kept when the measurements show that the true value lies inside of what customers accept, broken when they
show that it lies outside; until then it is undecided. For "about 30 ± 5" both sides have to be shown (two one-sided
tests, Schuirmann 1987), for "at least" and "at most" one. Each verdict is wrong in at most `ERROR` of the cases,
however often one looks; see `sequential`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from math import isfinite, log, sqrt

from mikomi.core.distributions import beta_cdf, student_cdf
from mikomi.promises.rules.sequential import Bounded, Known, Mean, Share, interval

ERROR = 0.05
"""The greatest share of wrong verdicts, on each side."""
NEEDED = log(1 / ERROR)
"""The log e-value at which a thing is shown."""
MOST_FURTHER = 10_000
"""More measurements than this are not proposed: the truth lies too close to the limit."""
EACH_BY_DEFAULT = 0.95
"""The share of single cases that must be as claimed, where a claim is about each of them."""
UP_TO_BY_DEFAULT = 0.10
"""The share of cases that must reach "up to …": one in ten, as the British advertising code asked for (CAP 2012)."""
ABSURD = 100.0
"""A value so many times the claimed one is a slip of the pen or of the unit."""


class Basis(StrEnum):
    """What the claim is about."""

    AVERAGE = "average"
    EACH = "each"
    YES_NO = "yes_no"


class Bound(StrEnum):
    """Which side of the claimed value is as good as promised."""

    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Outcome(StrEnum):
    """What the measurements prove."""

    UNDECIDED = "undecided"
    KEPT = "kept"
    EXCEEDED = "exceeded"
    BROKEN = "broken"


class ClaimError(ValueError):
    """Terms or a measurement that nothing can be judged by. `code` says what is wrong, `params` about what."""

    def __init__(self, code: str, **params: str | float) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """What is claimed exactly: `target` in `unit`, `tolerance` what customers accept besides.

    `share`: of a claim about each case, how many of them must be as claimed (0…1). Of a yes-no claim `target` and
    `tolerance` are shares themselves. `ceiling`: the largest value there can be; with it the verdict on an average
    holds however the measurements scatter between 0 and it, without it they are taken to scatter evenly.
    """

    basis: Basis
    bound: Bound
    target: float
    unit: str
    tolerance: float = 0.0
    share: float = EACH_BY_DEFAULT
    ceiling: float | None = None

    @property
    def lowest(self) -> float | None:
        """The lowest value that customers accept; none: there is none."""
        return None if self.bound is Bound.AT_MOST else self.target - self.tolerance

    @property
    def highest(self) -> float | None:
        """The highest value that customers accept; none: there is none."""
        return self.target + self.tolerance if self.bound in (Bound.ABOUT, Bound.AT_MOST) else None

    def accepts(self, value: float) -> bool:
        """Whether a single value is as claimed."""
        low, high = self.lowest, self.highest
        return (low is None or value >= low) and (high is None or value <= high)


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which values the tested quantity must lie, and what it can be at all; none: no limit."""

    low: float | None
    high: float | None
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What the measurements prove. For a claim about each case or yes-no, `estimate` and the interval are shares.

    `low` and `high`: the values that the true one is not yet shown to lie beyond, each wrong in at most `ERROR` of the
    cases however often one looks; none: nothing is shown on that side. `more`: how many further measurements would
    decide in four of five cases if they are like those so far; none: decided, not to be said, or beyond
    `MOST_FURTHER`. `is_close`: the latter. `doubt`: how likely it looks that the claim does not hold (0…1), to put
    the undecided ones in order; no verdict follows from it.
    """

    outcome: Outcome
    count: int
    estimate: float | None
    low: float | None
    high: float | None
    limit_low: float | None
    limit_high: float | None
    more: int | None = None
    is_close: bool = False
    doubt: float = 0.5

    @property
    def is_decided(self) -> bool:
        """Whether something is shown."""
        return self.outcome is not Outcome.UNDECIDED


def check_terms(terms: ClaimTerms) -> ClaimTerms:
    """The terms, if something can be judged by them. Raises ClaimError."""
    if not terms.unit.strip() and terms.basis is not Basis.YES_NO:
        raise ClaimError("no_unit", value=terms.target)
    for number in (terms.target, terms.tolerance, terms.share, terms.ceiling or 0.0):
        if not isfinite(number) or abs(number) > 1e15:
            raise ClaimError("no_number")
    if terms.tolerance < 0:
        raise ClaimError("negative_tolerance")
    _check_shares(terms)
    _check_bounds(terms)
    return terms


def _check_shares(terms: ClaimTerms) -> None:
    if not 0 < terms.share < 1:
        raise ClaimError("no_share")
    if terms.basis is Basis.YES_NO:
        if not 0 <= terms.target <= 1:
            raise ClaimError("no_share")
        limits = limits_of(terms)
        if limits.low is None and limits.high is None:
            raise ClaimError("anything_goes")
        if limits.low == 1 or limits.high == 0:
            raise ClaimError("never_shown")


def _check_bounds(terms: ClaimTerms) -> None:
    if terms.bound is Bound.ABOUT and terms.tolerance == 0 and terms.basis is not Basis.EACH:
        raise ClaimError("about_without_tolerance")
    if terms.ceiling is not None and terms.ceiling <= terms.target + terms.tolerance:
        raise ClaimError("low_ceiling")


def limits_of(terms: ClaimTerms) -> Limits:
    """Where the tested mean or share must lie for the claim to be kept."""
    if terms.basis is Basis.EACH:
        return Limits(terms.share, None, 0.0, 1.0)
    if terms.basis is Basis.AVERAGE:
        return Limits(terms.lowest, terms.highest, None if terms.ceiling is None else 0.0, terms.ceiling)
    # A share can't lie below 0 or above 1: that side is not in question.
    low, high = terms.lowest, terms.highest
    return Limits(
        low if low is not None and low > 0 else None,
        high if high is not None and high < 1 else None,
        0.0,
        1.0,
    )


def check_value(terms: ClaimTerms, value: float) -> float:
    """A measured value, if it can be one. Yes and no are 1 and 0. Raises ClaimError."""
    if not isfinite(value):
        raise ClaimError("no_number")
    if terms.basis is Basis.YES_NO:
        if value not in (0, 1):
            raise ClaimError("not_yes_no", value=value)
        return value
    if terms.ceiling is not None and not 0 <= value <= terms.ceiling:
        raise ClaimError("beyond_ceiling", value=value, ceiling=terms.ceiling)
    if terms.target and abs(value) > ABSURD * max(abs(terms.target), terms.tolerance):
        raise ClaimError("absurd", value=value, target=terms.target)
    return value


def judge(terms: ClaimTerms, values: Sequence[float]) -> ClaimVerdict:
    """The verdict on a claim from all its measurements, whatever their order."""
    limits = limits_of(terms)
    if not values:
        return ClaimVerdict(Outcome.UNDECIDED, 0, None, None, None, limits.low, limits.high)
    known = known_of(terms, values)
    outcome = _outcome(terms, limits, known)
    low, high = interval(known, NEEDED, limits.least, limits.most)
    more = further(limits, known) if outcome is Outcome.UNDECIDED else None
    return ClaimVerdict(
        outcome=outcome,
        count=known.count,
        estimate=known.value,
        low=low if isfinite(low) else None,
        high=high if isfinite(high) else None,
        limit_low=limits.low,
        limit_high=limits.high,
        more=more if more is None or more <= MOST_FURTHER else None,
        is_close=more is not None and more > MOST_FURTHER,
        doubt=doubt(limits, known) if outcome is Outcome.UNDECIDED else float(outcome is Outcome.BROKEN),
    )


def known_of(terms: ClaimTerms, values: Sequence[float]) -> Known:
    """What the measurements tell of the quantity that is tested."""
    if terms.basis is Basis.EACH:
        return Share(len(values), sum(terms.accepts(value) for value in values))
    if terms.basis is Basis.YES_NO:
        return Share(len(values), sum(value == 1 for value in values))
    return Mean.of(values) if terms.ceiling is None else Bounded(tuple(values), terms.ceiling)


def _outcome(terms: ClaimTerms, limits: Limits, known: Known) -> Outcome:
    if _is_outside(limits, known):
        return Outcome.BROKEN
    if not _is_inside(limits, known):
        return Outcome.UNDECIDED
    return Outcome.EXCEEDED if _is_beyond(terms, known) else Outcome.KEPT


def _is_outside(limits: Limits, known: Known, more: int = 0) -> bool:
    too_low = limits.low is not None and known.below(limits.low, more) >= NEEDED
    return too_low or (limits.high is not None and known.above(limits.high, more) >= NEEDED)


def _is_inside(limits: Limits, known: Known, more: int = 0) -> bool:
    high_enough = limits.low is None or known.above(limits.low, more) >= NEEDED
    return high_enough and (limits.high is None or known.below(limits.high, more) >= NEEDED)


def _is_beyond(terms: ClaimTerms, known: Known) -> bool:
    """Better than claimed by more than the tolerance, where one side only matters."""
    if terms.basis is not Basis.AVERAGE or terms.tolerance == 0:
        return False
    if terms.bound is Bound.AT_LEAST:
        return known.above(terms.target + terms.tolerance) >= NEEDED
    return terms.bound is Bound.AT_MOST and known.below(terms.target - terms.tolerance) >= NEEDED


def doubt(limits: Limits, known: Known) -> float:
    """How likely it looks that the true value lies outside: the usual share for many, even where there are few."""
    if isinstance(known, Share):
        below = partial(beta_cdf, a=known.hits + 0.5, b=known.count - known.hits + 0.5)
    elif known.count < 2:
        return 0.5
    else:
        spread = known.spread if isinstance(known, Mean) else Mean.of(known.values).spread
        error = max(spread / sqrt(known.count), 1e-12)
        below = partial(_below, known.value, error, known.count - 1)
    too_low = below(limits.low) if limits.low is not None else 0.0
    too_high = 1 - below(limits.high) if limits.high is not None else 0.0
    return min(1.0, too_low + too_high)


def _below(value: float, error: float, degrees: int, limit: float) -> float:
    return student_cdf((limit - value) / error, degrees)


def further(limits: Limits, known: Known) -> int | None:
    """How many further measurements would decide in four of five cases, if they are like those so far.

    None where one measurement says nothing of their spread; `MOST_FURTHER` + 1 where even so many would not do.
    """
    if known.count < 2:
        return None

    def decides(more: int) -> bool:
        return _is_inside(limits, known, more) or _is_outside(limits, known, more)

    high = 1
    while not decides(high):
        high *= 2
        if high > 2 * MOST_FURTHER:
            return MOST_FURTHER + 1
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(middle) else (middle, high)
    return high


def lopsidedness(values: Sequence[float]) -> float:
    """The skewness of measurements (Fisher–Pearson); beyond 1 they don't scatter evenly. 0 for fewer than three."""
    count = len(values)
    if count < 3:
        return 0.0
    mean = sum(values) / count
    second = sum((value - mean) ** 2 for value in values) / count
    third = sum((value - mean) ** 3 for value in values) / count
    return third / second**1.5 if second > 0 else 0.0
