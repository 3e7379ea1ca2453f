"""What past cases had around them, and how much it slowed them: learned daily, read by `promises.loads`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, log

from django.db import transaction

from mikomi.core import clock
from mikomi.core.business import queries as business_queries
from mikomi.promises.loads import EVERYBODY, Staff
from mikomi.promises.models import Promise, Workload
from mikomi.promises.operations.comparables import REMEMBERED
from mikomi.promises.rules.circumstances import Load
from mikomi.promises.rules.hazard import Seen, elasticity, neutral
from mikomi.promises.rules.queues import Stay, ahead_at_coming

WORK = (Promise.Kind.SHIPPING, Promise.Kind.ANSWER, Promise.Kind.CALLBACK, Promise.Kind.CUSTOM)
"""Kinds whose time is mostly our own work. A parcel under way does not wait for colleagues, nor does a booking."""
MOST_CASES = 5_000
"""Of more, the latest are learned from."""
ENOUGH = 50
"""Fewer cases say nothing about the load."""


@dataclass(frozen=True, slots=True)
class _Case:
    keeper: int
    made_at: datetime
    due_at: datetime
    met_at: datetime | None
    share: float | None
    """Taken ÷ promised time; none: not met yet."""


def refresh_workloads() -> int:
    """Learn anew how the load slows each kind of work; returns how many kinds have enough cases. Reading and learning
    happen outside the transaction that writes."""
    now = clock.now()
    rows = [row for kind in WORK if (row := _learned(kind, now)) is not None]
    with transaction.atomic():
        Workload.objects.all().delete()
        Workload.objects.bulk_create(rows)
    return len(rows)


def _learned(kind: str, now: datetime) -> Workload | None:
    cases = _cases(kind, now)
    if len(cases) < ENOUGH:
        return None
    loads = _loads(cases, now)
    seen = [_seen(case, load, now) for case, load in zip(cases, loads, strict=True)]
    found = elasticity(seen)
    late = sum(case.took > 1.0 or not case.ended for case in seen)
    return Workload(
        kind=kind,
        elasticity=found,
        neutral=neutral([load.per_head for load in loads], (late + 0.5) / (len(seen) + 1), found),
        usual_ahead=_mean([1 + load.ahead for load in loads]) - 1,
        usual_at_work=_mean([1 / Load(0, load.at_work).per_head for load in loads]),
        cases=len(cases),
        computed_at=now,
    )


def _cases(kind: str, now: datetime) -> list[_Case]:
    """As for the comparable cases: those whose first due time has passed, met or not."""
    found = Promise.objects.filter(kind=kind, first_due_at__lte=now, first_due_at__gt=now - REMEMBERED)
    found = found.exclude(state=Promise.State.WITHDRAWN).order_by("-first_due_at", "-id")
    columns = ("keeper_id", "made_at", "first_due_at", "met_at", "taken_share")
    oldest_first = reversed(list(found.values_list(*columns)[:MOST_CASES]))
    return [
        _Case(keeper or EVERYBODY, made_at, due_at, met_at, share)
        for keeper, made_at, due_at, met_at, share in oldest_first
        if due_at is not None and due_at > made_at
    ]


def _loads(cases: Sequence[_Case], now: datetime) -> list[Load]:
    """What stood around each case when it was made."""
    zone = business_queries.zone()
    first = min(case.made_at for case in cases).astimezone(zone).date()
    last = max(case.due_at for case in cases).astimezone(zone).date()
    staff = Staff(first, last, with_leavers=True)
    lanes: dict[int, list[int]] = defaultdict(list)
    for place, case in enumerate(cases):
        lanes[case.keeper].append(place)
    found: dict[int, Load] = {}
    for keeper, places in lanes.items():
        stays = [_stay(cases[place]) for place in places]
        for place, ahead in zip(places, ahead_at_coming(stays), strict=True):
            case = cases[place]
            found[place] = Load(ahead, staff.of(keeper).between(case.made_at, case.due_at))
    return [found[place] for place in range(len(cases))]


def _stay(case: _Case) -> Stay:
    """In the queue until it is met or overdue: of open promises too, only those that may still be kept count."""
    left = min(case.met_at or case.due_at, case.due_at)
    return Stay(case.made_at.timestamp(), case.due_at.timestamp(), left.timestamp())


def _seen(case: _Case, load: Load, now: datetime) -> Seen:
    """How long it took; of what was not met yet only that it took the whole time at least."""
    x = log(load.per_head)
    if case.met_at is None or case.share is None:
        return Seen(max(1.0, (now - case.made_at) / (case.due_at - case.made_at)), False, x)
    return Seen(case.share, True, x)


def _mean(values: Sequence[float]) -> float:
    """The geometric mean."""
    return exp(sum(log(value) for value in values) / len(values))
