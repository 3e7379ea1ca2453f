"""Workers are killed while mail comes in and answers leave; then everything is counted."""

from __future__ import annotations

import os
import random
import time
from datetime import timedelta
from typing import Any

from benchmarks import mails
from benchmarks.database import temporary
from benchmarks.intake.counting import count_up, examine
from benchmarks.intake.customers import Customers, customers_outside
from benchmarks.intake.server import deliver, messages_on, set_up
from benchmarks.playbook import in_fork, kill
from tests.servers import dovecot, smtp_server

GIVE_UP_SECONDS = 1_800


def measure_kills(engine: Any, count: int, kills: int, answers: int) -> dict[str, Any]:
    """Workers are killed while mail comes in and answers leave; then everything is counted."""
    generated = list(mails.generate(count))
    with temporary(engine), dovecot() as server, smtp_server() as smtp:
        deliver(server, [mail.raw for mail in generated])
        in_fork(lambda: set_up(server, smtp))
        began = time.perf_counter()
        with customers_outside(server, smtp) as people:
            killed = kill_at_work(kills, answers, count)
            finish(answers, people)
        seconds = time.perf_counter() - began
        found = in_fork(lambda: examine(people.replies))
    counted = count_up(generated, people, smtp.messages, found)
    return {"mails": count, "kills": killed, "seconds": round(seconds, 1), **counted}


def fork_worker(answers: int) -> int:
    """A worker with all its lanes, quick to notice the dead, and an agent at work in it; the caller ends it."""
    from django.db import connections

    from mikomi.channels.email import poll
    from mikomi.core.work import registry, worker

    pid = os.fork()
    if pid == 0:
        for link in connections.all():
            link.connection = None  # the parent's, not to be closed here
        poll.EVERY = timedelta(seconds=1)
        registry.duty("benchmark.answer", timedelta(seconds=0.2), "quick", lambda _me: answer_some(answers))
        try:
            worker.run(timing=worker.Timing(beat=0.3, dead_after=1.5, sweep=0.5))
        finally:
            os._exit(0)
    return pid


def answer_some(most: int) -> int:
    """What an agent does: answer the oldest who wait, each conversation once, `most` of all."""
    from mikomi.conversations import operations as desk
    from mikomi.conversations.models import Conversation
    from mikomi.core.access.actor import SYSTEM
    from mikomi.outbox.models import OutgoingMessage

    left = most - OutgoingMessage.objects.count()
    waiting = Conversation.objects.filter(first_answered_at=None, waiting_since__isnull=False).order_by("id")
    rows = list(waiting[: max(0, min(20, left))])
    for row in rows:
        desk.answer(actor=SYSTEM, conversation_id=row.pk, text="thank you", once_key=f"answer:{row.pk}")
    return len(rows)


def kill_at_work(kills: int, answers: int, mails_sent: int) -> int:
    """Let a worker work for a random while, kill it, start the next. How many died while work was left."""
    chance = random.Random(7)
    done = 0
    while done < kills:
        pid = fork_worker(answers)
        time.sleep(chance.uniform(0.3, 4.0))
        kill(pid)
        if not in_fork(lambda: work_left(mails_sent, answers)):
            break
        done += 1
    return done


def work_left(mails_sent: int, answers: int) -> bool:
    """Whether something is still to be fetched, read, answered or sent."""
    from mikomi.channels.models import Intake, ServerCopy
    from mikomi.outbox.models import OutgoingMessage

    return bool(
        ServerCopy.objects.count() < mails_sent
        or Intake.objects.filter(state="received").exists()
        or OutgoingMessage.objects.count() < answers
        or OutgoingMessage.objects.filter(state__in=["waiting", "sending"]).exists()
    )


def finish(answers: int, people: Customers) -> None:
    """Let the last worker work until nothing is left, also of what customers sent meanwhile."""
    pid = fork_worker(answers)
    until = time.monotonic() + GIVE_UP_SECONDS
    quiet = 0
    while quiet < 3 and time.monotonic() < until:
        time.sleep(2)
        on_server = messages_on(people.server)
        quiet = 0 if in_fork(lambda: work_left(on_server, answers)) else quiet + 1  # noqa: B023 - called at once
    kill(pid)
