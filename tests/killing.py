"""Workers that are killed again and again while they work: nothing may be lost, nothing done twice.

They run plays and tasks, apply what shops sent (one call of which ends the process that applies it), and call the
webhook of another program, which listens here.

`report(events, kills)` needs a process of its own (it forks workers) on a migrated, empty database named by
MIKOMI_DATABASE; `run` starts that process and gives its report back.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import killing_hooks, processes

PLAYS = ("play:write_a", "play:write_b", "play:pong", "play:hear")
DRAIN_SECONDS = 240


def run(database: str, data: Path, *, events: int, kills: int, seed: int) -> dict[str, Any]:
    """Fill the database with events and tasks, kill `kills` workers at random moments, let it drain; the report."""
    program = f"from tests import killing; killing.main({events}, {kills}, {seed})"
    output = processes.run(program, database, data)
    report: dict[str, Any] = json.loads(output)
    return report


def main(events: int, kills: int, seed: int) -> None:
    """Print the report as JSON."""
    _register()
    killing_hooks.prepare()
    with killing_hooks.listening() as other_program:
        _in_child(lambda: _fill(events, other_program.url))()
        report = _kill_and_drain(events, kills, random.Random(seed))
        heard = Counter(other_program.ids)
    missing = set(report.pop("webhook_ids")) - heard.keys()
    print(json.dumps(report | {"webhooks_missing": len(missing), "webhooks_heard": len(heard)}))


def _register() -> None:
    from mikomi.core.events import consumers, operations
    from mikomi.core.events.models import Event
    from mikomi.core.events.tests.kinds import Pong

    def writes(name: str) -> Callable[[Event], None]:
        return lambda event: _write(name, event.pk)

    def pong(event: Event) -> None:
        _write("play:pong", event.pk)
        operations.record(Pong(event.payload["number"]))

    consumers.register("play:write_a", kinds=["test.ping"], handle=writes("play:write_a"))
    consumers.register("play:write_b", kinds=["test.ping"], handle=writes("play:write_b"))
    consumers.register("play:pong", kinds=["test.ping"], handle=pong)
    consumers.register("play:hear", kinds=["test.pong"], handle=writes("play:hear"))


def _write(name: str, event_id: int) -> None:
    """An effect that doubles if it is done twice: a plain row without any uniqueness."""
    from mikomi.core.access import operations as access

    access.log(name, subject_type="effect", subject_id=event_id)


def _fill(events: int, url: str) -> None:
    from django.db import transaction

    from mikomi.core.events.operations import Happening, record_many
    from mikomi.core.events.tests.kinds import Ping
    from tests.killing_tasks import note

    killing_hooks.fill(url)
    for start in range(0, events, 50):
        with transaction.atomic():
            record_many([Happening(Ping(number)) for number in range(start, min(start + 50, events))])
    for number in range(20):
        note.enqueue(number)


def _in_child(function: Callable[[], None]) -> Callable[[], int]:
    """Fork a child that runs `function`; the result waits for its end. The parent never opens the database."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            function()
            code = 0
        finally:
            os._exit(code)
    return lambda: os.waitpid(pid, 0)[1]


def _fork_worker() -> int:
    from mikomi.core.work import worker

    pid = os.fork()
    if pid == 0:
        try:
            worker.run(timing=worker.Timing(beat=0.3, dead_after=1.5, sweep=0.5, look=0.05))
        finally:
            os._exit(0)
    return pid


def _kill_and_drain(events: int, kills: int, chance: random.Random) -> dict[str, Any]:
    workers = [_fork_worker(), _fork_worker()]
    for _kill in range(kills):
        time.sleep(chance.uniform(0.02, 0.3))
        victim = workers.pop(chance.randrange(2))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        workers.append(_fork_worker())
    workers, deaths = _let_drain(workers)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return _asked(_state) | {"kills": kills, "asked_for": events, "deaths": deaths}


def _let_drain(workers: list[int]) -> tuple[list[int], int]:
    """Until nothing waits; a worker that ends by itself is replaced, as whoever runs workers does."""
    deaths, until = 0, time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until and not _asked(_is_drained)["drained"]:
        time.sleep(0.2)
        for pid in list(workers):
            if os.waitpid(pid, os.WNOHANG)[0]:
                workers.remove(pid)
                workers.append(_fork_worker())
                deaths += 1
    return workers, deaths


def _asked(question: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer of a child, so that this process stays without a database connection to fork with."""
    reader, writer = os.pipe()
    wait = _in_child(lambda: _answer(writer, question))
    os.close(writer)
    with os.fdopen(reader) as file:
        answer: dict[str, Any] = json.loads(file.read())
    wait()
    return answer


def _answer(writer: int, question: Callable[[], dict[str, Any]]) -> None:
    with os.fdopen(writer, "w") as file:
        json.dump(question(), file)


def _is_drained() -> dict[str, Any]:
    from django_tasks_db.models import DBTaskResult

    from mikomi.core.events.models import Delivery
    from mikomi.integrations.models import ShopCall

    waits = (
        Delivery.objects.filter(state__in=["waiting", "running"]),
        DBTaskResult.objects.exclude(status__in=["SUCCESSFUL", "FAILED"]),
        ShopCall.objects.filter(state="received"),
    )
    return {"drained": not any(rows.exists() for rows in waits)}


def _state() -> dict[str, Any]:
    from django_tasks_db.models import DBTaskResult

    from mikomi.core.access.models import AccessLog
    from mikomi.core.events.models import Delivery, Event

    of_plays = Delivery.objects.filter(is_outside=False)
    tests = Event.objects.filter(kind__startswith="test.")
    effects: Counter[tuple[str, int | None]] = Counter(
        AccessLog.objects.filter(subject_type="effect").values_list("action", "subject_id")
    )
    expected: Counter[tuple[str, int | None]] = Counter(
        (name, pk)
        for pk, kind in tests.values_list("pk", "kind")
        for name in (("play:hear",) if kind == "test.pong" else PLAYS[:3])
    )
    return {
        "events": dict(Counter(tests.values_list("kind", flat=True))),
        "lost": (expected - effects).total(),
        "doubled": (effects - expected).total(),
        "deliveries": dict(Counter(of_plays.filter(event__in=tests).values_list("state", flat=True))),
        "interrupted": of_plays.filter(attempts__gt=1).count(),
        **killing_hooks.state(),
        "tasks": dict(Counter(DBTaskResult.objects.values_list("status", flat=True))),
        "tasks_noted": AccessLog.objects.filter(action="task").values("subject_id").distinct().count(),
    }
