"""Evidence that may be looked at after every measurement without making false verdicts more frequent.

An *e-value* for "the mean lies above a limit" has an expectation of at most 1 whenever the mean does not, at any
moment at which somebody decides to look. By Ville's inequality it ever reaches 20 with a chance of at most 1 in 20.
So a verdict at 20 is wrong in at most 5 % of the cases, however often one looks and whenever one stops. All e-values
are given as logarithms, and none depends on the order of the measurements.

- `Mean`: the average of measurements that scatter roughly evenly. The t-test that averages over the effect,
  half-normal above the limit, with the right Haar prior on the spread (Hendriksen, de Heide & Grünwald 2021; Wang &
  Ramdas 2024; the two-sided form is Lai 1976). Closed: with A = 1 + n, d = mean − limit, Q₀ = Σ(x − limit)² and
  Q = Q₀ − n²·d²/A,  E = 2 · A^(−½) · (Q₀/Q)^(n/2) · P(t_n ≤ n·√n·d / √(A·Q)).
- `Bounded`: the average of measurements between 0 and a ceiling, however they scatter (waiting times). The capital of
  a bettor for whom the limit is a fair price, averaged over fixed stakes (Waudby-Smith & Ramdas 2024).
- `Share`: the likelihood ratio averaged over all shares above the limit (Robbins 1970), those near it weighing most:
  a beta distribution worth two cases around the limit, cut there. Exact, if one case says nothing about the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, fsum, log, log1p, sqrt

from mikomi.core.distributions import log_beta, log_beta_cdf, student_cdf

_NOWHERE = float("-inf")
_DOUBLINGS = 60
_EXACT = 1e-5
"""How exactly a limit is found, in parts of its distance from the estimate."""
_UNLUCKY = 0.8416
"""The normal quantile of four in five: in one case of five, things turn out worse than this."""
_CASES = 2.0
"""How many cases the expectation weighs that shares are averaged with."""
_STAKES = tuple(0.99 * 0.64**step for step in range(12))


@dataclass(frozen=True, slots=True)
class Mean:
    """Measurements that scatter evenly: how many, their mean, their standard deviation (n − 1)."""

    count: int
    value: float
    spread: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Mean:
        """What these measurements say; there must be one at least."""
        mean = fsum(values) / len(values)
        squares = fsum((value - mean) ** 2 for value in values)
        return cls(len(values), mean, sqrt(squares / (len(values) - 1)) if len(values) > 1 else 0.0)

    def above(self, limit: float, more: int = 0) -> float:
        """See `Known`."""
        return _log_evidence_mean(self.count + more, self.value - limit - self._drift(more), self.spread)

    def below(self, limit: float, more: int = 0) -> float:
        """See `Known`."""
        return _log_evidence_mean(self.count + more, limit - self.value - self._drift(more), self.spread)

    def _drift(self, more: int) -> float:
        """How far the mean of all moves if the further ones are unlucky."""
        return _UNLUCKY * self.spread * sqrt(more) / (self.count + more)


@dataclass(frozen=True, slots=True)
class Share:
    """Cases: how many, and in how many of them it was so."""

    count: int
    hits: int

    @property
    def value(self) -> float:
        """The share seen, 0…1."""
        return self.hits / self.count

    def above(self, limit: float, more: int = 0) -> float:
        """See `Known`; `limit` in 0…1."""
        return _log_evidence_share(self.hits + self._hits_later(more), self.count + more, limit)

    def below(self, limit: float, more: int = 0) -> float:
        """See `Known`; `limit` in 0…1."""
        return self._turned().above(1 - limit, more)

    def _turned(self) -> Share:
        return Share(self.count, self.count - self.hits)

    def _hits_later(self, more: int) -> int:
        likely = (self.hits + 0.5) / (self.count + 1)
        return max(0, int(likely * more - _UNLUCKY * sqrt(likely * (1 - likely) * more)))


@dataclass(frozen=True, slots=True)
class Bounded:
    """Measurements between 0 and a ceiling, however they scatter."""

    values: tuple[float, ...]
    ceiling: float

    @property
    def count(self) -> int:
        """How many."""
        return len(self.values)

    @property
    def value(self) -> float:
        """Their mean."""
        return fsum(self.values) / len(self.values)

    def above(self, limit: float, more: int = 0) -> float:
        """See `Known`."""
        if limit <= 0:
            return float("inf") if any(self.values) else 0.0
        return _capital(self.values, 1 / limit, -1.0, more)

    def below(self, limit: float, more: int = 0) -> float:
        """See `Known`."""
        room = self.ceiling - limit
        return _capital(self.values, -1 / room, limit / room, more) if room > 0 else _NOWHERE


def _capital(values: tuple[float, ...], slope: float, start: float, more: int) -> float:
    """The log of the mean capital over all stakes, each bet again on every measurement; one gains start + slope·x."""
    if not values:
        return 0.0
    bets = _bets(values, slope, start)
    ends = [bet.value * (bet.count + more) - _UNLUCKY * bet.spread * sqrt(more) for bet in bets]
    most = max(ends)
    return most + log(fsum(exp(end - most) for end in ends) / len(ends))


@lru_cache(maxsize=16)
def _bets(values: tuple[float, ...], slope: float, start: float) -> list[Mean]:
    """By how much the logarithm of the capital grows with each measurement, for each stake."""
    times = Counter(values)
    return [
        _growth([(log1p(stake * (start + slope * value)), n) for value, n in times.items()])
        for stake in _STAKES
    ]


def _growth(logs: Sequence[tuple[float, int]]) -> Mean:
    count = sum(n for _log, n in logs)
    mean = sum(log * n for log, n in logs) / count
    squares = sum((log - mean) ** 2 * n for log, n in logs)
    return Mean(count, mean, sqrt(squares / max(1, count - 1)))


@lru_cache(maxsize=4096)
def _log_evidence_mean(count: int, distance: float, spread: float) -> float:
    if count < 1:
        return 0.0
    inflation = 1.0 + count
    within = (count - 1) * spread * spread
    around_limit = within + count * distance * distance
    around_prior = within + count * distance * distance / inflation
    if around_prior == 0:
        return -log(inflation) / 2
    bound = log(2) - log(inflation) / 2 + count / 2 * log(around_limit / around_prior)
    weight = student_cdf(count * sqrt(count) * distance / sqrt(inflation * around_prior), count)
    return bound + log(weight) if weight > 0 else _NOWHERE


@lru_cache(maxsize=4096)
def _log_evidence_share(hits: int, count: int, limit: float) -> float:
    """Nothing shows a share above 1; any hit shows one above 0."""
    if count < 1:
        return 0.0
    if limit >= 1:
        return _NOWHERE
    if limit <= 0:
        return float("inf") if hits else 0.0
    misses, hit, miss = count - hits, _CASES * limit, _CASES * (1 - limit)
    after = log_beta(hit + hits, miss + misses) + log_beta_cdf(1 - limit, miss + misses, hit + hits)
    before = log_beta(hit, miss) + log_beta_cdf(1 - limit, miss, hit)
    return after - before - hits * log(limit) - misses * log1p(-limit)


Known = Mean | Bounded | Share
"""What is known of a mean or a share.

`above(limit)` and `below(limit)` are the log e-values for a true value beyond the limit. With `more` > 0 they are what
will be known, in four cases of five at least, after so many further measurements like those there are.
"""


def interval(known: Known, needed: float, lowest: float | None, highest: float | None) -> tuple[float, float]:
    """The values that the true one is not shown to lie beyond, at the log e-value `needed`; between `lowest` and
    `highest` where the value can't lie outside. Infinite on a side where nothing is shown yet."""
    return (
        -_reach(lambda end: known.above(-end), -known.value, None if lowest is None else -lowest, needed),
        _reach(known.below, known.value, highest, needed),
    )


def _reach(evidence: Callable[[float], float], start: float, most: float | None, needed: float) -> float:
    """Where the evidence for "below" reaches `needed`, seen from `start` upwards."""
    near, far = start, _first_beyond(evidence, start, most, needed)
    if far is None:
        return float("inf") if most is None else most
    exact = _EXACT * (far - near)
    while far - near > exact:
        middle = (near + far) / 2
        near, far = (middle, far) if evidence(middle) < needed else (near, middle)
    return far


def _first_beyond(
    evidence: Callable[[float], float], start: float, most: float | None, needed: float
) -> float | None:
    if most is not None:
        # The very end is no value that could be refuted, only its neighbourhood.
        end = start + (most - start) * (1 - 1e-9)
        return end if end > start and evidence(end) >= needed else None
    step = max(abs(start), 1e-9) * 1e-6
    for _doubling in range(_DOUBLINGS):
        if evidence(start + step) >= needed:
            return start + step
        step *= 2
    return None
