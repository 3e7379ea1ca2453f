"""A worker that is killed (−9) at each step of a delivery; run in a process of its own by test_kill.py."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from django.db import connections

from mikomi.core.access.actor import SYSTEM
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage

STEPS = ("claimed", "begun", "handed_over", "marked")


def main(server: str) -> None:
    """For each step: post a message and kill the worker that delivers it there. Then another worker goes on.

    Prints the state of each message, and how often the server was handed it.
    """
    for step in STEPS:
        _in_child(lambda step=step: _work_and_die(step, Path(server)))  # type: ignore[misc]
    outbox.free_claims_of_dead([f"killed at {step}" for step in STEPS])
    _deliver("alive", Path(server), lambda step: None)
    states = dict(OutgoingMessage.objects.values_list("to_address", "state"))
    handed = Path(server).read_text("utf-8").split()
    sys.stdout.write(json.dumps({"states": states, "handed": {step: handed.count(step) for step in STEPS}}))


def _in_child(work: Callable[[], None]) -> None:
    connections.close_all()
    child = os.fork()
    if child == 0:
        work()
        os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the worker must have been killed, not have ended"


def _work_and_die(step: str, server: Path) -> None:
    message = NewMessage(customer_id=None, purpose="staff", text="x", to_address=step)
    outbox.post(actor=SYSTEM, message=message)
    _deliver(f"killed at {step}", server, lambda reached: _die() if reached == step else None)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _deliver(worker: str, server: Path, reached: Callable[[str], None]) -> None:
    """What a channel does; `server` is a file that keeps whatever was handed over."""
    for row in outbox.claim_due(worker=worker, channel="email"):
        reached("claimed")
        assert outbox.begin_attempt(outgoing_id=row.pk, worker=worker)
        reached("begun")
        with server.open("a", encoding="utf-8") as taken:
            taken.write(f"{row.to_address}\n")
        reached("handed_over")
        outbox.mark_sent(row.pk, f"{row.pk}@shop.example")
        reached("marked")
