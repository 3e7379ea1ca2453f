"""Kill −9 at any line: each mail is there exactly once, each answer left at most once, whatever was killed when."""

from __future__ import annotations

import json
import random
import secrets
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mikomi.channels.email.tests.mails import mail
from tests import processes
from tests.servers import HOST, Dovecot, smtp_server

pytestmark = [pytest.mark.dovecot, pytest.mark.django_db(transaction=True)]

MAILS = 40
KILLS = 8

SET_UP = """
from mikomi.channels.models import Mailbox
from mikomi.core.business.models import Business
from mikomi.core import clock, secrets
Business.objects.create(name="Shop", set_up_at=clock.now())
Mailbox.objects.create(
    address="{user}", imap_host="{host}", imap_port={imap}, imap_security="none",
    imap_secret=secrets.seal("{password}"),
    smtp_host="{host}", smtp_port={smtp}, smtp_security="none",
)
"""
WORK = """
import os
from mikomi.channels.email import poll
from mikomi.channels import processing, tasks
from mikomi.channels.models import Intake, Mailbox
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation
from mikomi.core.access.actor import SYSTEM
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
me = f"w:{{os.getpid()}}"
dead = {pids}
poll.free_claims(dead); processing.free_claims(dead); outbox.free_claims_of_dead(dead)
print("began", flush=True)
def work():
    Mailbox.objects.filter(claimed_by="").update(next_poll_at=None)
    done = poll.poll_due(me) + processing.process_due(me, 5)
    for one in Conversation.objects.filter(first_answered_at=None)[:5]:
        desk.answer(actor=SYSTEM, conversation_id=one.pk, text="thank you", once_key=f"answer:{{one.pk}}")
        done += 1
    return done + tasks.deliver_due(me)
while work() or not {last} or Intake.objects.filter(state="received").exists():
    pass
print("ended", flush=True)
"""
REPORT = """
import json
from mikomi.channels.models import Intake, ServerCopy
from mikomi.conversations.models import Message
from mikomi.outbox.models import OutgoingMessage
print(json.dumps({
    "states": list(Intake.objects.values_list("state", flat=True)),
    "errors": list(Intake.objects.exclude(error="").values_list("error", flat=True)),
    "copies": ServerCopy.objects.count(),
    "texts": list(Message.objects.filter(direction="in").values_list("text", flat=True)),
    "outgoing": list(OutgoingMessage.objects.values_list("state", "message_id")),
}))
"""


def test_each_mail_once_and_no_answer_twice(
    shared_database: str, tmp_path: Path, running_dovecot: Dovecot
) -> None:
    server = replace(running_dovecot, user=f"kill-{secrets.token_hex(4)}@shop.example")
    mails = [
        mail(f"mail {n}", sender=f"c{n}@example.jp", message_id=f"k{n}@example.jp") for n in range(MAILS)
    ]
    server.append(*mails)
    # Most workers die between the message and the server's answer: nobody may send it again.
    with smtp_server(behaviour="slow") as smtp:
        columns = {"user": server.user, "host": HOST, "imap": server.port, "smtp": smtp.port}
        processes.run(SET_UP.format(**columns, password="open-sesame"), shared_database, tmp_path)

        kills = kill_again_and_again(shared_database, tmp_path, random.Random(7))

        report: dict[str, Any] = json.loads(processes.run(REPORT, shared_database, tmp_path))
        left = Counter(item.mail["Message-ID"].strip("<>") for item in smtp.messages)
    assert kills == KILLS
    assert (Counter(report["states"]), report["copies"], report["errors"]) == ({"filed": MAILS}, MAILS, [])
    assert sorted(text.strip() for text in report["texts"]) == sorted(f"mail {n}" for n in range(MAILS))
    states = Counter(state for state, _id in report["outgoing"])
    assert len(report["outgoing"]) == MAILS
    assert set(states) <= {"sent", "uncertain"}
    assert max(left.values()) == 1
    # What left is marked sent, or perhaps sent; what is marked sent has left.
    assert {name for state, name in report["outgoing"] if state == "sent"} <= set(left)
    assert set(left) <= {name for _state, name in report["outgoing"]}


def kill_again_and_again(database: str, data: Path, chance: random.Random) -> int:
    """Start a worker and kill it, again and again; the last one may finish. How many were killed at work."""
    names: list[str] = []
    for _kill in range(KILLS):
        process = processes.start(WORK.format(pids=names, last=False), database, data)
        assert processes.output_of(process).readline() == "began\n"
        time.sleep(chance.uniform(0.0, 0.8))
        process.kill()
        process.wait()
        names.append(f"w:{process.pid}")
    processes.run(WORK.format(pids=names, last=True), database, data)
    return len(names)
