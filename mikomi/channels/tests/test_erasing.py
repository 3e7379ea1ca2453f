"""Erasing a customer takes their raw arrivals too, also those that never got into a conversation."""

from __future__ import annotations

import pytest

from mikomi.channels import processing
from mikomi.channels.email import mailserver
from mikomi.channels.email.tests.mails import bounce, mail
from mikomi.channels.models import Intake, Mailbox
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation, Message
from mikomi.core.access.actor import Actor
from mikomi.core.files import queries as stored
from mikomi.core.files.models import StoredFile
from mikomi.customers import operations as customers
from mikomi.customers.models import Customer
from mikomi.outbox.models import OutgoingMessage

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


def test_our_own_mails_to_the_customer_go_too(
    box: Mailbox, owner: Actor, agent: Actor, customer: Customer
) -> None:
    """A Sent folder that is read live: what we wrote to her, by hand in another program or from here."""
    theirs = mail(
        "内緒の返事です。", sender=box.address, to="Shop <support+x@shop.example>, 花子 <HANAKO@example.jp>"
    )
    by_hand = arrive(box, theirs)
    copied = arrive(box, mail("写しです。", sender=box.address, to="taro@example.jp", cc=HERS))
    sent = OutgoingMessage.objects.create(
        customer=customer, purpose="answer", channel="email", to_address="old@example.jp", state="sent",
        text="x", language="ja", message_id="answer-1@shop.example",
        created_at=customer.created_at, not_before=customer.created_at,
    )  # fmt: skip
    came_back = arrive(
        box, mail("答え", sender=box.address, to="old@example.jp", message_id="answer-1@shop.example")
    )
    report = arrive(box, bounce("never-sent@shop.example", HERS))
    to_another = arrive(box, mail("他の人へ", sender=box.address, to=f"x{HERS}"))
    assert [row.reason for row in (by_hand, copied, came_back, report, to_another)] == [
        "own_address", "own_address", "own_message", "bounce_unknown", "own_address",
    ]  # fmt: skip
    assert came_back.detail["outgoing_id"] == sent.pk

    customers.erase(actor=owner, customer_id=customer.pk)

    for row in (by_hand, copied, came_back, report):
        row.refresh_from_db()
        assert (row.raw_id, row.reason, row.detail) == (None, "erased", {})
    to_another.refresh_from_db()
    assert to_another.raw_id is not None


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
