"""Recording orders: `python -m benchmarks.orders [--orders 40000] [--live 2000] [--engine sqlite]` prints JSON.

`history`: orders with some 100,000 lines as an import of history, into an empty database. `repeated`: the first of
them again. `live`: news of known orders in daily work. `chunk_ms` is how long a transaction lasted, and so how long
SQLite's write lock was held: by the clock, and by the processor, whatever else ran on the machine.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.database import engines, temporary

if TYPE_CHECKING:
    from mikomi.commerce.records import OrderRecord


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=40_000)
    parser.add_argument("--live", type=int, default=2_000)
    parser.add_argument("--engine", choices=engines(), default="sqlite")
    options = parser.parse_args()
    with temporary(options.engine):
        _open_shop()
        print(json.dumps(_measure(options.orders, options.live), indent=2))


def _open_shop() -> None:
    from mikomi.core import clock
    from mikomi.core.business.models import Business, OpeningHours, Store

    Business.objects.create(name="bench", ship_within_days=3, set_up_at=clock.now())
    OpeningHours.objects.bulk_create([OpeningHours(weekday=d, opens=600, closes=1080) for d in range(5)])
    Store.objects.create(name="Web", kind="web", code="web")
    Store.objects.create(name="Counter", kind="counter", code="counter")


def _measure(count: int, live: int) -> dict[str, Any]:
    from mikomi.commerce.samples import sample_orders
    from mikomi.core import clock
    from mikomi.customers.samples import people

    now = clock.now()
    known = list(people(1, count // 3, today=now.date()))
    orders = list(sample_orders(people=known, now=now, count=count, lines_per_order=2.7))
    # An import reads its file piece by piece; that all orders lie in memory here must not slow the collector.
    gc.freeze()
    before = _megabytes()
    history = _record(orders, backfill=True)
    again = _record(orders[: live * 2], backfill=True)
    news = _record([_news(order, now) for order in orders[-live:]], backfill=False)
    lines = sum(len(order.lines) for order in orders)
    return {
        "history": {"orders": count, "lines": lines, **history},
        "repeated": again,
        "live": news,
        "megabytes_before": before,
        "megabytes": _megabytes(),
    }


def _news(order: OrderRecord, now: datetime) -> OrderRecord:
    """The source says something more of a known order: it is on its way."""
    return replace(
        order, updated_at=now + timedelta(seconds=1), fulfilment="shipped", shipped_at=now, note="news"
    )


def _record(orders: Sequence[OrderRecord], *, backfill: bool) -> dict[str, Any]:
    from mikomi.commerce import operations
    from mikomi.core.access.actor import SYSTEM

    chunks: list[tuple[float, float]] = []
    start, work = time.perf_counter(), time.process_time()
    with _timed_chunks(chunks):
        for place in range(0, len(orders), 1_000):
            operations.record_orders(
                actor=SYSTEM, orders=orders[place : place + 1_000], source="bench", backfill=backfill
            )
    seconds = time.perf_counter() - start
    return {
        "seconds": round(seconds, 2),
        "processor_seconds": round(time.process_time() - work, 2),
        "orders_per_second": round(len(orders) / seconds),
        "chunk_ms": _summary([wall for wall, _work in chunks]),
        "chunk_processor_ms": _summary([work for _wall, work in chunks]),
    }


def _summary(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 1),
        "p95": round(statistics.quantiles(values, n=20)[-1], 1),
    }


@contextmanager
def _timed_chunks(chunks: list[tuple[float, float]]) -> Iterator[None]:
    from mikomi.commerce.operations import recording

    original = recording._record_chunk

    def timed(*arguments: Any) -> None:
        start, work = time.perf_counter(), time.process_time()
        original(*arguments)
        chunks.append(((time.perf_counter() - start) * 1000, (time.process_time() - work) * 1000))

    with patch.object(recording, "_record_chunk", timed):
        yield


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
