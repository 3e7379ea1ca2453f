"""A million open promises in a database, scored as the sweep scores them, while somebody else writes."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from benchmarks.database import temporary

AT_ONCE = 20_000
PAST = 3_000
SHORT_ORDERS = 2_000


def score_stored(count: int) -> dict[str, Any]:
    """Write so many open promises with some history, score them all, and say how long that took and whom it kept
    waiting."""
    with temporary("sqlite") as folder:
        now = _history()
        _fill(count, now)
        return {"promises": count, **_measure(folder, now)}


def _history() -> datetime:
    """A shop with past deliveries and call-backs, and what is learned from them."""
    from mikomi.core import clock
    from mikomi.core.access.models import User
    from mikomi.core.business.models import Business, OpeningHours
    from mikomi.customers.models import Customer
    from mikomi.promises import operations
    from mikomi.promises.models import Workload

    now = clock.now()
    Business.objects.create(name="bench", set_up_at=now)
    OpeningHours.objects.bulk_create([OpeningHours(weekday=d, opens=600, closes=1080) for d in range(5)])
    User.objects.create(email="owner@shop.example", name="owner", role="owner")
    Customer.objects.create(first_seen_at=now, created_at=now, updated_at=now)
    rng = random.Random(1)
    past = [_promise(place, now - timedelta(days=rng.uniform(10, 300)), rng) for place in range(PAST)]
    for row in past:
        took = rng.lognormvariate(-0.5, 0.5)
        row.first_due_at = row.due_at
        row.met_at = row.decided_at = row.made_at + took * (row.deadline - row.made_at)
        row.taken_share, row.state, row.look_at = took, "kept" if took <= 1 else "broken", None
    _insert(past)
    operations.refresh_comparables()
    operations.refresh_workloads()
    # The past above was drawn without a queue. The call-backs that are scored stand in one.
    Workload.objects.update(elasticity=0.5, neutral=20.0)
    operations.refresh_quote_models()
    return now


def _fill(count: int, now: datetime) -> None:
    rng = random.Random(2)
    for start in range(0, count, AT_ONCE):
        size = min(AT_ONCE, count - start)
        made = [now - timedelta(days=rng.uniform(0, 6)) for _place in range(size)]
        _insert([_promise(start + place, moment, rng) for place, moment in enumerate(made)])


def _promise(place: int, made_at: datetime, rng: random.Random) -> Any:
    """Nine deliveries of ten, one call-back; every twentieth delivery has an estimate."""
    from mikomi.core.rows import build
    from mikomi.promises.models import Promise

    is_call = place % 10 == 0
    due_at = made_at + timedelta(days=rng.uniform(2, 20))
    return build(
        Promise,
        token=f"{rng.getrandbits(120):x}",
        kind="callback" if is_call else "delivery",
        customer_id=1,
        source="bench",
        group_key="" if is_call else f"shop{place % 7}/region{place % 47}",
        subject_type="" if is_call else "order",
        subject_id=None if is_call else place,
        made_at=made_at,
        first_due_at=due_at,
        due_at=due_at,
        expected_at=due_at - timedelta(hours=5) if place % 20 == 1 else None,
        updated_at=made_at,
        look_at=due_at,
    )


def _insert(rows: list[Any]) -> None:
    from django.db import transaction

    from mikomi.core import bulk

    with transaction.atomic():
        bulk.insert(rows)


def _measure(folder: Path, now: datetime) -> dict[str, Any]:
    from django.db import connection

    from mikomi.promises import goods
    from mikomi.promises.queries.scores import open_scores
    from mikomi.promises.rules.circumstances import Shortage

    goods.forget("order")
    goods.register("order", lambda _ids: {key: Shortage(1) for key in range(SHORT_ORDERS)})
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    scored = at_risk = 0
    with connection.execute_wrapper(note), _somebody_writes(folder / "benchmark.sqlite3") as waits:
        began, clock = time.process_time(), time.perf_counter()
        for _key, _state, risk in open_scores(now=now):
            scored += 1
            at_risk += risk >= 0.5
        seconds, processor = time.perf_counter() - clock, time.process_time() - began
    return {
        "scored": scored,
        "seconds": round(seconds, 3),
        "processor_seconds": round(processor, 3),
        "at_risk": at_risk,
        "reads": len(statements),
        "write_transactions": sum(not sql.lstrip().upper().startswith("SELECT") for sql in statements),
        "others_wrote": len(waits),
        "longest_wait_seconds": round(max(waits, default=0.0), 3),
    }


@contextmanager
def _somebody_writes(path: Path) -> Iterator[list[float]]:
    """Another connection that takes the write lock fifty times a second; yields how long it waited each time."""
    waits: list[float] = []
    done = Event()

    def write() -> None:
        with sqlite3.connect(path, timeout=60, isolation_level=None) as other:
            while not done.wait(0.02):
                asked = time.perf_counter()
                other.execute("BEGIN IMMEDIATE")
                waits.append(time.perf_counter() - asked)
                other.execute("UPDATE business_business SET name = name")
                other.execute("COMMIT")

    writer = Thread(target=write)
    writer.start()
    try:
        yield waits
    finally:
        done.set()
        writer.join()
