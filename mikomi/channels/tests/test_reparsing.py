"""Reading again with a newer parser: the reading is put right, what people did stays."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest

from mikomi.channels import operations as channels
from mikomi.channels import processing, reparsing
from mikomi.channels.email import filing, mailserver
from mikomi.channels.email.reading.message import PARSER_VERSION
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.models import Intake, Mailbox
from mikomi.channels.verdicts import Ignore
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Attachment, Conversation, Message
from mikomi.core import clock
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.events.models import Event
from mikomi.core.search import queries as search
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises.models import Promise

pytestmark = pytest.mark.django_db
WITH_FILE = b"""From: hanako@example.jp
To: support@shop.example
Subject: =?utf-8?b?6YWN6YCB?=
Message-ID: <file@example.jp>
Date: Wed, 18 Nov 2026 11:55:00 +0900
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

see the file
--b
Content-Type: text/csv; name="list.csv"
Content-Disposition: attachment; filename="list.csv"

a,b
--b--
"""


@pytest.fixture
def intake(owner: Actor) -> Intake:
    """A filed message that an older parser had read badly."""
    box = Mailbox.objects.create(address="support@shop.example")
    (row,) = mailserver.keep("hanako@example.jp", [box.address], WITH_FILE)
    processing.process_due("w")
    Message.objects.update(text="s?? the f???", subject="??", is_automatic=True)
    Attachment.objects.update(name="?.csv")
    Intake.objects.update(parser_version=PARSER_VERSION - 1)
    row.refresh_from_db()
    return row


def test_an_older_reading_is_put_right(intake: Intake, owner: Actor) -> None:
    report = reparsing.reparse(actor=owner)
    message = Message.objects.get()
    assert (message.text.strip(), message.subject, message.is_automatic) == ("see the file", "配送", False)
    assert [part.name for part in message.attachments.all()] == ["list.csv"]
    assert (report.read, report.changed) == (1, 1)
    assert report.changes[0].what == ("subject", "text", "is_automatic", "attachments")
    assert message.conversation.excerpt == "see the file"
    assert search.find(actor=owner, text="see the file")


def test_a_second_run_has_nothing_to_do(intake: Intake, owner: Actor) -> None:
    reparsing.reparse(actor=owner)
    assert reparsing.reparse(actor=owner).read == 0
    everything = reparsing.reparse(actor=owner, everything=True)
    assert (everything.read, everything.changed) == (1, 0)


def test_a_dry_run_changes_nothing(intake: Intake, owner: Actor) -> None:
    report = reparsing.reparse(actor=owner, dry_run=True)
    intake.refresh_from_db()
    assert (report.changed, Message.objects.get().subject, intake.parser_version) == (
        1,
        "??",
        PARSER_VERSION - 1,
    )


def test_what_people_did_stays(intake: Intake, owner: Actor, agent: Actor) -> None:
    """Given a message that was moved by hand, answered, noted, closed, when it is read again, then all of it stays."""
    first = Conversation.objects.get()
    desk.add_note(actor=owner, conversation_id=first.pk, text="calls at five")
    desk.answer(actor=owner, conversation_id=first.pk, text="we look into it")
    desk.assign(actor=owner, conversation_id=first.pk, assignee_id=owner.user_id)
    moved = Message.objects.get(intake_id=intake.pk)
    place = desk.split(actor=owner, message_id=moved.pk, with_later=False).target
    desk.close(actor=owner, conversation_id=first.pk)
    before = _state_of_everything()
    reparsing.reparse(actor=owner)
    assert _state_of_everything() == before
    assert Message.objects.get(intake_id=intake.pk).conversation_id == place.pk
    assert Message.objects.get(intake_id=intake.pk).text.strip() == "see the file"


def _state_of_everything() -> list[object]:
    conversations = Conversation.objects.order_by("pk").values_list(
        "pk", "customer_id", "subject", "state", "assignee_id", "waiting_since", "closed_at", "message_count"
    )
    others = (
        Message.objects.exclude(direction="in").order_by("pk").values_list("pk", "conversation_id", "text")
    )
    return [
        list(conversations), list(others), list(Promise.objects.order_by("pk").values_list("pk", "state")),
        OutgoingMessage.objects.count(), Event.objects.count(),
    ]  # fmt: skip


def test_what_would_be_something_else_now_is_reported_only(intake: Intake, owner: Actor) -> None:
    with patch.object(filing, "verdict_of", lambda *_arguments: Ignore("bounce_unknown", parser_version=9)):
        report = reparsing.reparse(actor=owner)
    intake.refresh_from_db()
    assert (dict(report.counts), intake.state) == ({"now_ignored": 1}, Intake.State.FILED)
    assert Message.objects.get().text == "s?? the f???"


def test_a_customers_message_that_was_ignored_waits_for_a_person(
    intake: Intake, owner: Actor, agent: Actor
) -> None:
    (row,) = mailserver.keep(
        "x@example.jp", ["support@shop.example"], mail("a question", message_id="q@x.example")
    )
    Intake.objects.filter(pk=row.pk).update(
        state="ignored", reason="bounce_unknown", parser_version=PARSER_VERSION - 1
    )
    report = reparsing.reparse(actor=owner)
    row.refresh_from_db()
    assert report.counts["now_message"] == 1
    assert (row.state, row.reason) == (Intake.State.QUARANTINED, "reparsed")
    assert Event.objects.filter(kind="intake.quarantined").count() == 1
    assert channels.reprocess(actor=agent, intake_id=row.pk).state == Intake.State.FILED


def test_what_a_person_put_aside_or_was_erased_is_left_alone(intake: Intake, owner: Actor) -> None:
    Intake.objects.update(state="ignored", reason="dismissed")
    assert reparsing.reparse(actor=owner).read == 0
    Intake.objects.update(state="ignored", reason="erased", raw=None)
    assert reparsing.reparse(actor=owner, everything=True).read == 0


def test_a_deleted_conversation_stays_deleted(intake: Intake, owner: Actor) -> None:
    desk.delete(actor=owner, conversation_id=Conversation.objects.get().pk)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        reparsing.reparse(actor=owner)
    assert Conversation.objects.get().deleted_at is not None
    assert not search.find(actor=owner, text="see the file")


def test_only_who_manages_settings(intake: Intake, agent: Actor) -> None:
    with pytest.raises(NotAllowedError):
        reparsing.reparse(actor=agent)
    assert Message.objects.get().subject == "??"
