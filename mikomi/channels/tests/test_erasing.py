"""Erasing a customer takes their raw arrivals too, also those that never got into a conversation."""

from __future__ import annotations

import pytest

from mikomi.channels import processing
from mikomi.channels.email import mailserver
from mikomi.channels.email.tests.mails import mail
from mikomi.channels.models import Intake, Mailbox
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation, Message
from mikomi.core.access.actor import Actor
from mikomi.core.files import queries as stored
from mikomi.core.files.models import StoredFile
from mikomi.customers import operations as customers
from mikomi.customers.models import Customer

pytestmark = pytest.mark.django_db
HERS = "hanako@example.jp"


@pytest.fixture
def box(owner: Actor) -> Mailbox:
    return Mailbox.objects.create(address="support@shop.example")


def arrive(box: Mailbox, raw: bytes, **columns: object) -> Intake:
    (row,) = mailserver.keep(HERS, [box.address], raw)
    processing.process_due("w")
    if columns:
        Intake.objects.filter(pk=row.pk).update(**columns)
    row.refresh_from_db()
    return row


def test_quarantined_and_ignored_arrivals_go_with_the_customer(
    box: Mailbox, owner: Actor, customer: Customer
) -> None:
    filed = arrive(box, mail("in a conversation"))
    caught = arrive(box, mail("caught"), state="quarantined", reason="error", conversation_id=None)
    ignored = arrive(box, mail("ignored"), state="ignored", reason="dismissed", conversation_id=None)
    unread = arrive(
        box, mail("unread", sender="Hanako <HANAKO@example.jp>"), state="quarantined", reason="too_slow",
        conversation_id=None, detail={"from": "", "subject": "x", "defects": []},
    )  # fmt: skip
    crashed = arrive(
        box, mail("crashed"), state="quarantined", reason="error", conversation_id=None, detail={}
    )
    other = arrive(box, mail("other", sender="taro@example.jp"), state="quarantined", conversation_id=None)

    customers.erase(actor=owner, customer_id=customer.pk)

    for row in (filed, caught, ignored, unread, crashed):
        row.refresh_from_db()
        assert (row.raw_id, row.state, row.reason, row.detail) == (None, Intake.State.IGNORED, "erased", {})
    other.refresh_from_db()
    assert other.raw_id is not None
    kept = [stored.read(pk) for pk in StoredFile.objects.values_list("pk", flat=True)]
    assert not any(HERS.encode() in data.lower().split(b"\r\n", 1)[-1] for data in kept)


def test_what_was_erased_does_not_come_back(box: Mailbox, owner: Actor, customer: Customer) -> None:
    raw = mail("again?", message_id="again@example.jp")
    arrive(box, raw)
    customers.erase(actor=owner, customer_id=customer.pk)
    again = arrive(box, raw)
    assert (Intake.objects.count(), again.reason, again.raw_id) == (1, "erased", None)


@pytest.mark.parametrize("erased", [False, True])
def test_a_deleted_conversation_leaves_a_tombstone(box: Mailbox, owner: Actor, erased: bool) -> None:
    """By whatever way the same mail comes again: the mailbox, the door, an import."""
    from datetime import timedelta

    from mikomi.channels import erasing
    from mikomi.core import clock

    raw = mail("gone", message_id="gone@example.jp")
    row = arrive(box, raw)
    desk.delete(actor=owner, conversation_id=row.conversation_id or 0)
    if erased:
        with clock.frozen(clock.now() + timedelta(days=40)):
            erasing.erase_deleted()
            desk.erase_deleted()
    again = arrive(box, raw)
    assert (again.pk, again.state, again.raw_id is None) == (row.pk, "ignored" if erased else "filed", erased)
    assert Intake.objects.count() == 1
    assert not Conversation.objects.filter(deleted_at=None).exists()
    assert Message.objects.filter(conversation__deleted_at=None).count() == 0
