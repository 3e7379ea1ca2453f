"""How fast the playbook works: `python -m benchmarks.playbook` prints JSON.

Three plays react to each event, and each writes one row. Measured on each engine, in a real worker process:

- `recorded_per_second`: events written with their three deliveries, one transaction each, by one process;
- `events_per_second`: events worked off by all three plays, from a backlog of `--backlog` events, `drained_seconds`;
  `events_per_processor_second`, `drained_processor_seconds`: the same by the processor's time of the worker, which
  other work on the machine changes less (of PostgreSQL, the server's own is not counted);
- `longest_transaction_ms`, `p99_transaction_ms`: how long a transaction of the worker held the write lock;
- `lag_ms`: from the commit of an event to the end of its three plays, when nothing else waits (median, p95);
- `kills`: a smaller backlog while the worker is killed again and again; `doubled` and `lost` must be 0.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import time
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.database import Engine, engines, in_child, temporary

if TYPE_CHECKING:
    from mikomi.core.events.models import Delivery, Event

PLAYS = ("play:bench_a", "play:bench_b", "play:bench_c")
PORTION = 1000


def main() -> None:
    """Measure every engine of this machine, or with --engine one of them in this process."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=["sqlite", "postgresql"])
    parser.add_argument("--backlog", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=15)
    options = parser.parse_args()
    if options.engine:
        print(json.dumps(measure(options.engine, options.backlog, options.kills)))
        return
    arguments = ["--backlog", str(options.backlog), "--kills", str(options.kills)]
    result = {engine: in_child("benchmarks.playbook", "--engine", engine, *arguments) for engine in engines()}
    print(json.dumps(result, indent=2))


def measure(engine: Engine, backlog: int, kills: int) -> dict[str, Any]:
    """All figures of one engine."""
    with temporary(engine):
        register()
        recorded = in_fork(lambda: record_one_by_one(1000))
        in_fork(drain)
        lag = in_fork(measure_lag)
        in_fork(lambda: fill(backlog))
        drained = in_fork(drain)
        in_fork(lambda: fill(max(backlog // 10, 1000)))
        killed = kill_while_draining(kills)
        state = in_fork(check)
    seconds = drained["seconds"]
    return {
        "recorded_per_second": round(1000 / recorded),
        "events_per_second": round(backlog / seconds),
        "backlog_events": backlog,
        "backlog_deliveries": drained["deliveries"],
        "drained_seconds": round(seconds, 1),
        "drained_processor_seconds": round(drained["processor"], 1),
        "events_per_processor_second": round(backlog / drained["processor"]),
        "deliveries_per_second": round(drained["deliveries"] / seconds),
        "longest_transaction_ms": round(drained["longest_ms"], 1),
        "p99_transaction_ms": round(drained["p99_ms"], 1),
        "lag_ms": lag,
        "kills": killed,
        **state,
    }


def register() -> None:
    """The three plays."""
    import mikomi.core.events.tests.kinds  # noqa: F401 - declares the kinds
    from mikomi.core.access import operations as access
    from mikomi.core.events import consumers

    def writes(name: str) -> Callable[[Event], None]:
        def write(event: Event) -> None:
            access.log(name, subject_type="effect", subject_id=event.pk)

        return write

    for name in PLAYS:
        consumers.register(name, kinds=["test.ping"], handle=writes(name))


def record_one_by_one(count: int) -> float:
    """Seconds to record `count` events, each in its own transaction."""
    from django.db import transaction

    from mikomi.core.events.operations import record
    from mikomi.core.events.tests.kinds import Ping

    started = time.perf_counter()
    for number in range(count):
        with transaction.atomic():
            record(Ping(number))
    return time.perf_counter() - started


def fill(count: int) -> int:
    """A backlog of `count` events."""
    from django.db import transaction

    from mikomi.core.events.operations import Happening, record_many
    from mikomi.core.events.tests.kinds import Ping

    for start in range(0, count, PORTION):
        with transaction.atomic():
            record_many([Happening(Ping(number)) for number in range(start, min(start + PORTION, count))])
    return count


def drain() -> dict[str, float]:
    """Work off all that waits, as a worker's lane does."""
    from mikomi.core.events import running

    spans: list[float] = []
    run_some = running._run_some

    def timed(rows: Sequence[Delivery], worker: str) -> int:
        begun = time.perf_counter()
        try:
            return run_some(rows, worker)
        finally:
            spans.append((time.perf_counter() - begun) * 1000)

    running._run_some = timed
    started, processor, total = time.perf_counter(), time.process_time(), 0
    while count := running.run_due(worker="bench"):
        total += count
    seconds = time.perf_counter() - started
    spans.sort()
    return {
        "seconds": seconds,
        "processor": time.process_time() - processor,
        "deliveries": total,
        "longest_ms": spans[-1],
        "p99_ms": spans[int(len(spans) * 0.99)],
    }


def measure_lag() -> dict[str, float]:
    """From commit to done, with an idle worker that has to notice by itself."""
    from django.db import transaction

    from mikomi.core.access.models import AccessLog
    from mikomi.core.events.operations import record
    from mikomi.core.events.tests.kinds import Ping

    worker = fork_worker()
    lags: list[float] = []
    for number in range(21):
        with transaction.atomic():
            event = record(Ping(number))
        started = time.perf_counter()
        while AccessLog.objects.filter(subject_type="effect", subject_id=event.pk).count() < len(PLAYS):
            time.sleep(0.002)
        lags.append((time.perf_counter() - started) * 1000)
        time.sleep(0.1)
    kill(worker)
    lags = sorted(lags[1:])  # the first one waits for the worker's start
    return {"median": round(statistics.median(lags)), "p95": round(lags[int(len(lags) * 0.95)])}


def fork_worker() -> int:
    """A worker process; the caller ends it."""
    from django.db import connections

    from mikomi.core.work import worker

    pid = os.fork()
    if pid == 0:
        for link in connections.all():
            link.connection = None  # the parent's, not to be closed here
        try:
            worker.run(timing=worker.Timing(beat=0.3, dead_after=1.5, sweep=0.5))
        finally:
            os._exit(0)
    return pid


def kill(pid: int) -> None:
    """Kill −9."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def kill_while_draining(kills: int) -> int:
    """Let two workers drain and kill one of them `kills` times. Returns the kills while work was left."""
    chance = random.Random(7)
    workers = [fork_worker(), fork_worker()]
    done = 0
    for _number in range(kills):
        time.sleep(chance.uniform(0.05, 0.4))
        kill(workers.pop(chance.randrange(2)))
        workers.append(fork_worker())
        done += bool(in_fork(left))
    while in_fork(left):
        time.sleep(0.5)
    for pid in workers:
        kill(pid)
    return done


def left() -> int:
    """Deliveries that are not done."""
    from mikomi.core.events.models import Delivery

    return Delivery.objects.filter(state__in=["waiting", "running"]).count()


def check() -> dict[str, int]:
    """What was done twice, what never."""
    from django.db.models import Count

    from mikomi.core.access.models import AccessLog
    from mikomi.core.events.models import Delivery, Event

    effects = AccessLog.objects.filter(subject_type="effect")
    distinct = effects.values("action", "subject_id").distinct().count()
    doubled = effects.values("action", "subject_id").annotate(n=Count("id")).filter(n__gt=1).count()
    return {
        "interrupted": Delivery.objects.filter(attempts__gt=1).count(),
        "doubled": doubled,
        "lost": Event.objects.count() * len(PLAYS) - distinct,
    }


def in_fork(function: Callable[[], Any]) -> Any:
    """What `function` returns in a process of its own, so that this one holds no connection when it forks."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.write(writer, json.dumps(function()).encode())
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        answer = file.read()
    _pid, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError("A part of the benchmark failed.")
    return json.loads(answer)


if __name__ == "__main__":
    main()
