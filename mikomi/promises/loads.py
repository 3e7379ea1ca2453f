"""The work around open promises: how many are due before each, and who is there to keep them.

A *lane* is the promises of one kind with the same keeper; those without a keeper are the lane of everybody.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from mikomi.core.access import queries as access
from mikomi.core.business import queries as business_queries
from mikomi.core.kept import kept
from mikomi.core.steady import read_steadily
from mikomi.promises.judged import Judgeable
from mikomi.promises.models import Promise, Workload
from mikomi.promises.rules.circumstances import Habit, Load
from mikomi.promises.rules.presence import Presence

MOST_AHEAD = 2_000
"""Lists and sweeps count no further: two thousand promises ahead slow no more than the bound on slowness allows."""
DAYS_AHEAD = 60
EVERYBODY = 0
Lane = tuple[str, int]


def lane_of(promise: Judgeable) -> Lane:
    """The queue that a promise stands in."""
    return promise.kind, promise.keeper_id or EVERYBODY


def habits(kinds: Collection[str]) -> dict[str, Habit]:
    """What is usual for these kinds; only those whose load matters."""
    return _habits(frozenset(kinds))


@read_steadily
def _habits(kinds: frozenset[str]) -> dict[str, Habit]:
    rows = _workloads(kinds=tuple(sorted(kinds)))
    return {
        row.kind: Habit(row.elasticity, Load(row.usual_ahead, row.usual_at_work), row.neutral, row.cases)
        for row in rows
    }


@kept()
def _workloads(*, kinds: tuple[str, ...]) -> QuerySet[Workload]:
    return Workload.objects.filter(kind__in=kinds, elasticity__gt=0.0)


class Staff:
    """Who is at work when, from the opening hours, the holidays and who is away."""

    def __init__(self, first: date, last: date) -> None:
        self._first, self._last = first, last
        self._calendar = business_queries.calendar()
        self._people = access.keepers_of_promises()
        self._away = access.absences(since=first, until=last)
        self._known: dict[int, Presence] = {}

    def of(self, keeper: int) -> Presence:
        """The presence of one keeper, or of everybody."""
        if keeper not in self._known:
            self._known[keeper] = Presence(
                self._calendar, self._first, self._last, lambda day: self._heads(keeper, day)
            )
        return self._known[keeper]

    def _heads(self, keeper: int, day: date) -> int:
        away = {user for user, first, last in self._away if first <= day <= last}
        people = {keeper} if keeper != EVERYBODY else self._people
        return len(people - away)


def staff_ahead(now: datetime) -> Staff:
    """The staff of the days to come."""
    today = now.astimezone(business_queries.zone()).date()
    return Staff(today - timedelta(days=1), today + timedelta(days=DAYS_AHEAD))


class Queues:
    """The due times of open promises by lane, and so how many come before one."""

    def __init__(self) -> None:
        self._dues: dict[Lane, array[float]] = {}

    def add(self, lane: Lane, due: float) -> None:
        """An open promise of a lane; add them by due time, or call `order` afterwards."""
        self._dues.setdefault(lane, array("d")).append(due)

    def order(self) -> Queues:
        """Put every lane in the order of its due times."""
        self._dues = {lane: array("d", sorted(dues)) for lane, dues in self._dues.items()}
        return self

    def ahead(self, lane: Lane, due: float) -> float:
        """How many of the lane come before one that is due at this moment; of those due with it, half."""
        dues = self._dues.get(lane, ())
        before = bisect_left(dues, due)
        beside = bisect_right(dues, due, before) - before
        return before + max(0, beside - 1) / 2


def first_queues(kinds: Collection[str]) -> Queues:
    """The open promises of these kinds, the MOST_AHEAD that are due first. One query."""
    rows = Promise.objects.filter(kind__in=list(kinds), due_at__isnull=False, look_at__isnull=False).order_by(
        "due_at"
    )
    found = Queues()
    for kind, keeper, due in rows.values_list("kind", "keeper_id", "due_at")[:MOST_AHEAD]:
        found.add((kind, keeper or EVERYBODY), due.timestamp() if due else 0.0)
    return found
