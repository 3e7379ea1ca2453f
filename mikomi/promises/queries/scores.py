"""The chance of breach of every open promise, read by key in short reads: columns only, no row objects, no lock.

The numbers are those of `Bench.risk_now`, which lists show (a test holds that); here for a million promises at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
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
_MONDAY = 4  # 1970-01-05, in days since 1970

Score = tuple[int, str, float]
"""The id of a promise, its state, its chance of breach now."""


class Epoch(Func):
    """A moment as seconds since 1970: a number costs a tenth of making a datetime of it."""

    output_field: ClassVar[FloatField[float, float]] = FloatField()

    template = "EXTRACT(EPOCH FROM %(expressions)s)::float8"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any) -> Any:
        """`julianday` keeps parts of a second, to some tens of microseconds."""
        template = "((julianday(%(expressions)s) - 2440587.5) * 86400.0)"
        return self.as_sql(compiler, connection, template=template, **more)


def watched(kind: str) -> QuerySet[Promise]:
    """The promises of a kind whose chance moves by itself: watched by the sweep, on the clock, told to customers."""
    return Promise.objects.filter(kind=kind, look_at__isnull=False, in_working_time=False, is_internal=False)


def open_scores(*, now: datetime | None = None) -> Iterator[Score]:
    """Every watched promise with its chance of breach at `now`. For the sweep and the benchmark: no actor."""
    scorer = _Scorer(now or clock.now())
    for kind in sorted(TIMED):
        last = 0
        while rows := _read(watched(kind).filter(pk__gt=last), *_COLUMNS):
            yield from scorer.scores(rows)
            last = rows[-1][0]


_COLUMNS = (
    "state",
    "kind",
    "group_key",
    "made",
    "due",
    "expected",
    "keeper_id",
    "subject_type",
    "subject_id",
)


def _read(rows: QuerySet[Promise], *columns: str) -> list[tuple[Any, ...]]:
    """The next AT_ONCE rows by key, as the driver gives them: texts and numbers need no conversion."""
    moments = {"made": Epoch(F("made_at")), "due": Epoch(F("due_at")), "expected": Epoch(F("expected_at"))}
    found = rows.annotate(**moments).order_by("pk").values_list("pk", *columns)[:AT_ONCE]
    with connection.cursor() as cursor:
        cursor.execute(*found.query.sql_with_params())
        return list(cursor.fetchall())


class _Scorer:
    """Everything that the scores need, read once."""

    def __init__(self, now: datetime) -> None:
        self.moment, self.now = now, now.timestamp()
        kinds = sorted(TIMED)
        self._pasts = Pasts(kinds, business_queries.zone())
        self._short = goods.all_shortages()
        self._habits = loads.habits(kinds)
        self._queues = _all_queues(list(self._habits))
        self._staff = loads.staff_ahead(now)
        self._offset = _offsets(business_queries.zone())

    def scores(self, rows: Sequence[tuple[Any, ...]]) -> Iterator[Score]:
        """Each row with its chance."""
        now, habits, short = self.now, self._habits, self._short
        of_weekday, offset, risk = self._pasts.on_weekday, self._offset, breach.risk
        for key, state, kind, group, made, due, expected, keeper, subject_type, subject in rows:
            whole = due - made
            day = int((made + offset(made // _DAY)) // _DAY) - _MONDAY
            past = of_weekday(kind, group, day % 7, whole / _DAY)
            share = 1.0 if now >= due or whole <= 0 else (now - made) / whole if now > made else 0.0
            habit = habits.get(kind)
            load = self._load(kind, keeper, due) if habit is not None and due > now else None
            shortage = short.get((subject_type, subject)) if kind in goods.NEEDY and short else None
            if expected is None and shortage is None:
                slowness = Circumstances(None, load, habit).slowness if load else 1.0
                yield key, state, risk(share, past, slowness)
            else:
                around = Circumstances(shortage, load, habit if load else None)
                yield key, state, self._rare(past, share, due, expected, around)

    def _rare(
        self, past: breach.Past, share: float, due: float, expected: float | None, around: Circumstances
    ) -> float:
        """The few with an estimate, or without goods: by the rule for one."""
        estimate = _moment(expected) if expected is not None else None
        return breach.forecast(past, share, self.moment, _moment(due), estimate, around=around).risk

    def _load(self, kind: str, keeper: int | None, due: float) -> Load:
        lane = (kind, keeper or loads.EVERYBODY)
        at_work = self._staff.of(lane[1]).at_work(self.now, due)
        return Load(min(self._queues.ahead(lane, due), loads.MOST_AHEAD), at_work)


def _all_queues(kinds: Sequence[str]) -> loads.Queues:
    """The due times of all open promises of these kinds."""
    found = loads.Queues()
    for kind in kinds:
        last = 0
        rows = Promise.objects.filter(kind=kind, look_at__isnull=False)
        while part := _read(rows.filter(pk__gt=last), "keeper_id", "due"):
            for _key, keeper, due in part:
                found.add((kind, keeper or loads.EVERYBODY), due)
            last = part[-1][0]
    return found.order()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _offsets(zone: ZoneInfo) -> Any:
    """How far the business's clock is ahead of UTC on a day (since 1970), in seconds."""

    @lru_cache(maxsize=4096)
    def offset(day: float) -> float:
        moved = datetime.fromtimestamp(day * _DAY, zone).utcoffset()
        return moved.total_seconds() if moved else 0.0

    return offset
