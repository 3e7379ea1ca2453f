"""The work around open promises: how many are due before each, and who is there to keep them.

A *lane* is the promises of one kind with the same keeper; those without a keeper are the lane of everybody.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import connection
from django.db.models import QuerySet

from mikomi.core.access import queries as access
from mikomi.core.business import queries as business_queries
from mikomi.core.kept import kept
from mikomi.core.steady import read_steadily
from mikomi.promises.judged import Judgeable
from mikomi.promises.models import Promise, Workload
from mikomi.promises.rules.circumstances import Habit, Load
from mikomi.promises.rules.presence import Absence, Presence, presence

MOST_AHEAD = 2_000
"""No more are counted in a lane: two thousand ahead slow no more than the bound on slowness allows."""
DAYS_AROUND = 180
"""So far back and ahead opening hours and absences are read; beyond, people are at work as they are on average."""
EVERYBODY = 0
SECONDS = {
    "sqlite": "((julianday({}) - 2440587.5) * 86400.0)",
    "postgresql": "EXTRACT(EPOCH FROM {})::float8",
}
"""A moment as seconds since 1970, in SQL: a number costs a tenth of making a datetime of it. `julianday` keeps parts of
a second, to some tens of microseconds."""
_AT_ONCE = 200
"""Lanes read by one statement; SQLite puts no more than 500 together."""
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
    """Who is at work when, from the opening hours, the holidays and who is away. Who has left keeps no promise any
    more; where the past is learned from (`with_leavers`) they count."""

    def __init__(self, first: date, last: date, *, with_leavers: bool = False) -> None:
        self._days = first, last
        self._calendar = business_queries.calendar()
        self._people = access.keepers_of_promises()
        self._absences = access.absences(since=first, until=last)
        self._with_leavers = with_leavers
        self._known: dict[int, Presence] = {}

    def of(self, keeper: int) -> Presence:
        """The presence of one keeper, or of everybody."""
        if keeper not in self._known:
            people = self._people if keeper == EVERYBODY else {keeper}
            there = people if self._with_leavers else people & self._people
            away = sorted(one for one in self._absences if one[0] in there)
            self._known[keeper] = self._presence(len(there), *away)
        return self._known[keeper]

    def away(self, keeper: int, start: datetime, end: datetime) -> float:
        """The part of the keeper's (or everybody's) working time in this span that is lost because they are away or
        have left, 0…1."""
        wanted = self._presence(len(self._people) if keeper == EVERYBODY else 1)
        there = self.of(keeper)
        most = 0.0 if there is wanted else wanted.between(start, end)
        return 1.0 - there.between(start, end) / most if most else 0.0

    def _presence(self, heads: int, *away: Absence) -> Presence:
        return presence(self._calendar, *self._days, heads, away)


def staff_around(now: datetime) -> Staff:
    """The staff of the days around this one. The days of a promise that have passed count too: its load is that of its
    whole time, as the past cases have it, so that the clock alone never changes it."""
    today = now.astimezone(business_queries.zone()).date()
    return Staff(today - timedelta(days=DAYS_AROUND), today + timedelta(days=DAYS_AROUND))


class Queues:
    """The due times of open promises by lane, and so how many come before one. Times count to the millisecond:
    those read as SECONDS are no more exact."""

    def __init__(self) -> None:
        self._dues: dict[Lane, array[int]] = {}

    def add(self, lane: Lane, due: float) -> None:
        """An open promise of a lane; to be added in the order of their due times."""
        self._dues.setdefault(lane, array("q")).append(round(due * 1000))

    def ahead(self, lane: Lane, due: float) -> float:
        """How many of the lane come before one that is due at this moment; of those due with it, half."""
        dues, moment = self._dues.get(lane, ()), round(due * 1000)
        before = bisect_left(dues, moment)
        beside = bisect_right(dues, moment, before) - before
        return before + max(0, beside - 1) / 2


def first_queues(lanes: Collection[Lane]) -> Queues:
    """Of each of these lanes the MOST_AHEAD open promises that are due first. One query; another for each further
    _AT_ONCE lanes."""
    found = Queues()
    for kind, keeper, due in _first(lanes):
        found.add((kind, keeper or EVERYBODY), due)
    return found


def all_queues(kinds: Collection[str]) -> Queues:
    """The same of every lane of these kinds."""
    rows = Promise.objects.filter(kind__in=list(kinds), look_at__isnull=False)
    lanes = rows.order_by().values_list("kind", "keeper_id").distinct()
    return first_queues([(kind, keeper or EVERYBODY) for kind, keeper in lanes])


_LANE = """SELECT * FROM (
    SELECT kind, keeper_id, {due} FROM promises_promise
    WHERE kind = %s AND {keeper} AND due_at IS NOT NULL AND look_at IS NOT NULL
    ORDER BY due_at LIMIT %s) AS lane"""
"""A part of the index promise_lane for each lane; the ORM knows no union of parts with limits on SQLite."""


def _first(lanes: Collection[Lane]) -> Iterator[tuple[str, int | None, float]]:
    due, left = SECONDS[connection.vendor].format("due_at"), iter(lanes)
    while some := list(islice(left, _AT_ONCE)):
        parts = [
            _LANE.format(due=due, keeper="keeper_id = %s" if keeper else "keeper_id IS NULL")
            for _kind, keeper in some
        ]
        values: list[str | int] = []
        for kind, keeper in some:
            values += [kind, keeper, MOST_AHEAD] if keeper else [kind, MOST_AHEAD]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            yield from cursor.fetchall()
