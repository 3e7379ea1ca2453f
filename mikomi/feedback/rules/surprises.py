"""Small surprises: who is held out, what fits the budget, and what they brought against the hold-out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from mikomi.core.intervals import wilson
from mikomi.feedback.rules.gaps import t_quantile

FACTORS = {"made_good": 3.0, "milestone": 2.0, "first_order": 1.5, "waiting": 1.0}
"""How much a surprise matters after what happened: most when a broken promise has just been made good."""
KIND_OF = {"made_good": "discount", "milestone": "upgrade", "first_order": "note", "waiting": "early"}
"""What is proposed for each reason."""
MILESTONES = (5, 10, 25, 50, 100)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody for whom a surprise would matter now: what they are worth, and what it would cost."""

    customer_id: int
    reason: str
    value: float
    cost: int
    promise_id: int | None = None

    @property
    def weight(self) -> float:
        """By this the candidates are ranked."""
        return self.value * FACTORS[self.reason]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two shares against each other: `difference` with the interval of 95 % (Newcombe 1998, method 10)."""

    treated: int
    treated_hits: int
    held_out: int
    held_out_hits: int
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """Two means against each other with the interval of 95 % (Welch)."""

    difference: float
    low: float
    high: float
    counts: tuple[int, int]


def is_held_out(seed: str, customer_id: int, share: float) -> bool:
    """Whether a customer belongs to the hold-out: by chance, but always the same for the same seed."""
    digest = hashlib.sha256(f"{seed}:{customer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


def chosen(candidates: Iterable[Candidate], budget: int) -> list[Candidate]:
    """The candidates who fit the budget, the weightiest first, each customer once.

    Those who are held out cost their place as well: else the two groups would not be chosen alike.
    """
    best: dict[int, Candidate] = {}
    for one in sorted(candidates, key=lambda one: (-one.weight, one.customer_id)):
        best.setdefault(one.customer_id, one)
    found, left = [], budget
    for one in best.values():
        if one.cost <= left:
            found.append(one)
            left -= one.cost
    return found


def difference(treated: tuple[int, int], held_out: tuple[int, int]) -> Difference | None:
    """Hits and total of both groups; none while one of them is empty."""
    (hits, total), (other_hits, other_total) = treated, held_out
    if not total or not other_total:
        return None
    one, two = wilson(hits, total), wilson(other_hits, other_total)
    gap = one.estimate - two.estimate
    return Difference(
        treated=total,
        treated_hits=hits,
        held_out=other_total,
        held_out_hits=other_hits,
        difference=gap,
        low=gap - sqrt((one.estimate - one.low) ** 2 + (two.high - two.estimate) ** 2),
        high=gap + sqrt((one.high - one.estimate) ** 2 + (two.estimate - two.low) ** 2),
    )


def mean_difference(treated: Sequence[float], held_out: Sequence[float]) -> MeanDifference | None:
    """Whether the treated expect more now; none while either group has fewer than two answers."""
    if min(len(treated), len(held_out)) < 2:
        return None
    means = [sum(values) / len(values) for values in (treated, held_out)]
    errors = [
        sum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)
        for values, mean in zip((treated, held_out), means, strict=True)
    ]
    gap, error = means[0] - means[1], sqrt(sum(errors))
    squares = sum(
        part**2 / (len(values) - 1) for part, values in zip(errors, (treated, held_out), strict=True)
    )
    degrees = int(sum(errors) ** 2 / squares) if squares else 1
    margin = t_quantile(max(1, degrees)) * error
    return MeanDifference(gap, gap - margin, gap + margin, (len(treated), len(held_out)))


def fell_behind(shares: Iterable[tuple[object, float]], early: float) -> tuple[int, int]:
    """What follows from exceeding: of the promises that came next to somebody who had been served early, how many took
    a greater share of their time than the one before, and how many there were.

    `shares`: whose (customer and kind) and the share of the promised time it took, in order of time; `early`: what
    counts as exceeded.
    """
    before: dict[object, float] = {}
    behind = total = 0
    for key, share in shares:
        if key in before and before[key] <= early:
            total += 1
            behind += share > before[key]
        before[key] = share
    return behind, total
