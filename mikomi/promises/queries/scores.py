"""The chance of breach of every open promise that customers hear of and whose time always runs: read by key in short
reads, columns only, no row objects, no lock. Internal ones and those in working time are left out: the sweep looks at
each when its own chance can cross the threshold.

The numbers are those of `Bench.risk_now`, which lists show (a test holds that); here for a million promises at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, FloatField, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from mikomi.core import clock
from mikomi.core.business import queries as business_queries
from mikomi.promises import goods, loads
from mikomi.promises.bench import Pasts
from mikomi.promises.models import Promise
from mikomi.promises.rules import breach
from mikomi.promises.rules.circumstances import Circumstances, Load
from mikomi.promises.rules.kinds import TIMED

AT_ONCE = 20_000
"""Promises read at a time: some 100 ms of reading, between which others write."""
_DAY = 86_400
_QUARTER = 900

Score = tuple[int, str, float]
"""The id of a promise, its state, its chance of breach now."""


class Epoch(Func):
    """A moment as seconds since 1970."""

    output_field: ClassVar[FloatField[float, float]] = FloatField()

    template = loads.SECONDS["postgresql"].format("%(expressions)s")

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        """As SQLite says it."""
        template = loads.SECONDS["sqlite"].format("%(expressions)s")
        return self.as_sql(compiler, connection, template=template, **more)


def watched(kind: str) -> QuerySet[Promise]:
    """The promises of a kind whose chance moves by itself: watched by the sweep, on the clock, told to customers."""
    return Promise.objects.filter(kind=kind, look_at__isnull=False, in_working_time=False, is_internal=False)


def open_scores(*, now: datetime | None = None) -> Iterator[Score]:
    """Every watched promise with its chance of breach at `now`. For the sweep and the benchmark: no actor."""
    around = _Surroundings(now or clock.now())
    for kind in sorted(TIMED):
        scorer, last = _Scorer(kind, around), 0
        while rows := _read(watched(kind).filter(pk__gt=last)):
            yield from scorer.scores(rows)
            last = rows[-1][0]


_COLUMNS = ("pk", "state", "group_key", "made", "due", "expected", "keeper_id", "subject_type", "subject_id")


def _read(rows: QuerySet[Promise]) -> list[tuple[Any, ...]]:
    """The next AT_ONCE rows by key, as the driver gives them: texts and numbers need no conversion."""
    moments = {"made": Epoch(F("made_at")), "due": Epoch(F("due_at")), "expected": Epoch(F("expected_at"))}
    found = rows.annotate(**moments).order_by("pk").values_list(*_COLUMNS)[:AT_ONCE]
    with connection.cursor() as cursor:
        cursor.execute(*found.query.sql_with_params())
        return list(cursor.fetchall())


class _Surroundings:
    """Everything that the scores need of all kinds, read once."""

    def __init__(self, now: datetime) -> None:
        kinds = sorted(TIMED)
        self.now = now
        self.zone = business_queries.zone()
        self.pasts = Pasts(kinds, self.zone)
        self.shortages = goods.all_shortages()
        self.habits = loads.habits(kinds)
        self.queues = loads.all_queues(self.habits)
        self.staff = loads.staff_around(now)


class _Scorer:
    """Scores the promises of one kind."""

    def __init__(self, kind: str, around: _Surroundings) -> None:
        self._kind, self._around = kind, around
        self._short = around.shortages if kind in goods.NEEDY else {}
        self._habit = around.habits.get(kind)
        self._weekday = _Weekdays(around.zone)
        self._now = around.now.timestamp()

    def scores(self, rows: Sequence[tuple[Any, ...]]) -> list[Score]:
        """Each row with its chance. The loop is what a million promises cost: what they share is asked for once."""
        now, short, habit, risk = self._now, self._short, self._habit, breach.risk
        weekday_of, pasts, found = self._weekday, _Usual(self._around.pasts, self._kind), []
        for key, state, group, made, due, expected, keeper, subject_type, subject in rows:
            whole = due - made
            share = 1.0 if now >= due or whole <= 0 else (now - made) / whole if now > made else 0.0
            shortage = short.get((subject_type, subject)) if short else None
            if share >= 1.0 and expected is None:
                found.append((key, state, 1.0))  # overdue: nothing around it changes that
                continue
            shares, count, is_days = pasts[group, weekday_of[made // _QUARTER]]
            past = (shares, count, whole / _DAY if is_days else 1.0)
            load = self._load(keeper, made, due) if habit is not None and share < 1.0 else None
            if expected is None and shortage is None:
                slowness = habit.slowness(load) if habit is not None and load is not None else 1.0
                found.append((key, state, risk(share, past, slowness)))
            else:
                around = Circumstances(shortage, load, habit)
                found.append((key, state, self._rare(past, share, due, expected, around)))
        return found

    def _rare(
        self,
        past: tuple[tuple[float, ...], int, float],
        share: float,
        due: float,
        expected: float | None,
        around: Circumstances,
    ) -> float:
        """The few with an estimate, or without goods: by the rule for one."""
        estimate = _moment(expected) if expected is not None else None
        now = self._around.now
        return breach.forecast(breach.Past(*past), share, now, _moment(due), estimate, around=around).risk

    def _load(self, keeper: int | None, made: float, due: float) -> Load:
        someone = keeper or loads.EVERYBODY
        ahead = self._around.queues.ahead((self._kind, someone), due)
        return Load(ahead, self._around.staff.of(someone).at_work(made, due))


class _Usual(dict[tuple[str, int], tuple[tuple[float, ...], int, bool]]):
    """By group and weekday: the quantiles and the number of comparable cases, and whether they are in days."""

    def __init__(self, pasts: Pasts, kind: str) -> None:
        super().__init__()
        self._pasts, self._kind = pasts, kind

    def __missing__(self, place: tuple[str, int]) -> tuple[tuple[float, ...], int, bool]:
        usual = self._pasts.usual(self._kind, *place)
        past = usual or self._pasts.of_group(self._kind, place[0])
        self[place] = found = (past.shares, past.count, usual is not None)
        return found


class _Weekdays(dict[float, int]):
    """The weekday of each quarter of an hour since 1970 on the business's clock; no clock is ahead by less."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, quarter: float) -> int:
        self[quarter] = found = datetime.fromtimestamp(quarter * _QUARTER, self._zone).weekday()
        return found


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
