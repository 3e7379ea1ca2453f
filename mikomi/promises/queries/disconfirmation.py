"""Perception minus expectation as the ledger knows it: better than promised, as promised, or worse, by dimension.

Nobody is asked: a promise that was met well before its time exceeded what was expected, one that was not met by its
first date fell short. The direct question (`feedback`) says how people felt about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.intervals import net_promoter
from mikomi.promises.models import Promise

DIMENSION_OF = {
    Promise.Kind.DELIVERY: "reliability",
    Promise.Kind.SHIPPING: "reliability",
    Promise.Kind.BOOKING: "reliability",
    Promise.Kind.CUSTOM: "reliability",
    Promise.Kind.ANSWER: "responsiveness",
    Promise.Kind.CALLBACK: "responsiveness",
}
"""Which dimension of service a kind of promise tells of."""
EARLY = 0.75
"""Met in this share of the promised time or less is better than expected."""
_BETTER = Q(met_at__lte=F("first_due_at")) & (Q(is_exceeded=True) | Q(taken_share__lte=EARLY))
_WORSE = Q(met_at__gt=F("first_due_at")) | Q(met_at=None)


@dataclass(frozen=True, slots=True)
class Disconfirmation:
    """Of a dimension: how many were better, as promised and worse; `net` is the share of better minus that of worse
    in points of a hundred, with its interval of 95 %."""

    dimension: str
    better: int
    as_promised: int
    worse: int
    net: float
    low: float
    high: float


def disconfirmation(*, actor: Actor, since: datetime, until: datetime) -> list[Disconfirmation]:
    """By dimension, of the promises that were first due from `since` until before `until`; those withdrawn or on hold
    aside. One query."""
    actor.require(Permission.FIGURES_VIEW)
    end = min(until, clock.now())
    rows = Promise.objects.filter(first_due_at__gte=since, first_due_at__lt=end, kind__in=DIMENSION_OF)
    rows = rows.exclude(state=Promise.State.WITHDRAWN).filter(paused_since=None).order_by()
    counted = rows.values_list("kind").annotate(
        total=Count("id"), better=Count("id", filter=_BETTER), worse=Count("id", filter=_WORSE)
    )
    sums: dict[str, list[int]] = {}
    for kind, total, better, worse in counted:
        found = sums.setdefault(DIMENSION_OF[kind], [0, 0, 0])
        for place, number in enumerate((better, total - better - worse, worse)):
            found[place] += number
    return [_of(dimension, *found) for dimension, found in sorted(sums.items())]


def _of(dimension: str, better: int, same: int, worse: int) -> Disconfirmation:
    score = net_promoter(better, same, worse)
    return Disconfirmation(dimension, better, same, worse, score.score, score.low, score.high)
