"""A notice of a slip that came back: the promise is on Today, its story says why, the address is marked."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from mikomi.channels.email.composed import compose_outgoing
from mikomi.channels.email.tests.mails import bounce
from mikomi.channels.email.tests.test_filing import arrive
from mikomi.channels.models import Mailbox
from mikomi.core.access.models import User
from mikomi.customers.models import Customer, Identity
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.playbook.tests.test_plays import delivery, play, slip
from mikomi.promises.models import Promise, Slip
from mikomi.screens.today import today

__all__ = ["delivery"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(delivery: Promise, noon: datetime) -> OutgoingMessage:
    """We promised a delivery, know that it will be late, and have told the customer so."""
    Mailbox.objects.create(address="support@shop.example", smtp_host="localhost")
    slip(delivery)
    play()
    (row,) = outbox.claim_due(worker="w", channel="email")
    mail_id = compose_outgoing(row, Mailbox.objects.get()).message_id
    outbox.begin_attempt(outgoing_id=row.pk, worker="w", message_id=mail_id)
    outbox.mark_sent(row.pk, mail_id)
    play()
    row.refresh_from_db()
    return row


def test_a_notice_that_bounced_puts_its_promise_on_today(
    notice: OutgoingMessage, owner_user: User, customer: Customer
) -> None:
    owner = owner_user.as_actor()
    assert today(actor=owner).untold == []

    arrive(bounce(notice.message_id, "hanako@example.jp"), Mailbox.objects.get())
    play()

    (row,) = today(actor=owner).untold
    assert (row.row.id, row.reason) == (Promise.objects.get().pk, "bounced:userunknown")
    assert Slip.objects.get().outcome == {"failed": "bounced:userunknown"}
    assert Identity.objects.get().undeliverable_since is not None
    client = Client()
    client.force_login(owner_user)
    shown = client.get("/").content.decode()
    assert "The customer does not know yet" in shown
    assert "there is no such address" in shown

    # when somebody has told them otherwise and gives the notice up
    outbox.cancel(actor=owner, outgoing_id=notice.pk)
    assert today(actor=owner).untold == []
