"""Workers that are killed again and again while they work: nothing may be lost, nothing done twice.

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

from tests import processes

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
    _in_child(lambda: _fill(events))()
    print(json.dumps(_kill_and_drain(events, kills, random.Random(seed))))


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


def _fill(events: int) -> None:
    from django.db import transaction

    from mikomi.core.events.operations import Happening, record_many
    from mikomi.core.events.tests.kinds import Ping
    from tests.killing_tasks import note

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
    report = _asked(_wait_until_drained)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return report | {"kills": kills, "asked_for": events}


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


def _wait_until_drained() -> dict[str, Any]:
    from django_tasks_db.models import DBTaskResult

    from mikomi.core.events.models import Delivery

    until = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until:
        open_tasks = DBTaskResult.objects.exclude(status__in=["SUCCESSFUL", "FAILED"])
        if not Delivery.objects.filter(state__in=["waiting", "running"]).exists() and not open_tasks.exists():
            break
        time.sleep(0.1)
    return _state()


def _state() -> dict[str, Any]:
    from django_tasks_db.models import DBTaskResult

    from mikomi.core.access.models import AccessLog
    from mikomi.core.events.models import Delivery, Event

    effects: Counter[tuple[str, int | None]] = Counter(
        AccessLog.objects.filter(subject_type="effect").values_list("action", "subject_id")
    )
    expected: Counter[tuple[str, int | None]] = Counter(
        (name, pk)
        for pk, kind in Event.objects.values_list("pk", "kind")
        for name in (("play:hear",) if kind == "test.pong" else PLAYS[:3])
    )
    return {
        "events": dict(Counter(Event.objects.values_list("kind", flat=True))),
        "lost": (expected - effects).total(),
        "doubled": (effects - expected).total(),
        "deliveries": dict(Counter(Delivery.objects.values_list("state", flat=True))),
        "interrupted": Delivery.objects.filter(attempts__gt=1).count(),
        "tasks": dict(Counter(DBTaskResult.objects.values_list("status", flat=True))),
        "tasks_noted": AccessLog.objects.filter(action="task").values("subject_id").distinct().count(),
    }
