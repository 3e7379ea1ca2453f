"""After a backup was put back nothing goes out a second time by itself, and nothing is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.business.models import Business
from mikomi.core.events import operations as events
from mikomi.core.events.models import Delivery, Event
from mikomi.customers.models import Customer
from mikomi.ops.restoring import NUMBERS_SKIPPED, hold_back
from mikomi.outbox import operations as outbox
from mikomi.outbox import queries
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def post(actor: Actor, customer: Customer, purpose: str = "answer", **values: object) -> OutgoingMessage:
    letter = NewMessage(customer.pk, purpose, "本文です。", subject="お知らせ", **values)  # type: ignore[arg-type]
    return outbox.post(actor=actor, message=letter)


def delivery(consumer: str, state: str = "waiting") -> Delivery:
    now = clock.now()
    event = Event.objects.create(kind="promise.broken", occurred_at=now, recorded_at=now)
    outside = consumer.startswith("webhook:")
    return Delivery.objects.create(
        event=event, consumer=consumer, is_outside=outside, state=state, due_at=now, claimed_by="w1"
    )


def test_what_waited_in_the_backup_waits_for_a_person(
    agent: Actor, customer: Customer, noon: datetime
) -> None:
    # given one that waits, one that was being sent, one scheduled for tomorrow, and one that had left
    tomorrow = noon + timedelta(days=1)
    left = post(agent, customer)
    outbox.claim_due(worker="w1", channel="email")
    outbox.begin_attempt(outgoing_id=left.pk, worker="w1")
    outbox.mark_sent(left.pk)
    leaving = post(agent, customer)
    outbox.claim_due(worker="w1", channel="email")
    waiting, scheduled = post(agent, customer), post(agent, customer, not_before=tomorrow)
    # when the backup is put back
    assert hold_back().messages == 3
    # then none of them leaves, and a person is asked about each
    with clock.frozen(noon + timedelta(days=2)):
        assert outbox.claim_due(worker="w2", channel="email") == []
    rows = OutgoingMessage.objects.filter(pk__in=[leaving.pk, waiting.pk, scheduled.pk])
    assert set(rows.values_list("state", "reason", "claimed_by")) == {("uncertain", "restored", "")}
    assert queries.counts_needing_person(actor=agent)["uncertain"] == 3
    left.refresh_from_db()
    assert left.state == "sent"
    # and who says that it did not leave has it sent: at once, or when it was to leave
    for row in (waiting, scheduled):
        outbox.decide_uncertain(actor=agent, outgoing_id=row.pk, was_sent=False)
        row.refresh_from_db()
    assert (waiting.state, waiting.not_before) == ("waiting", noon)
    assert (scheduled.state, scheduled.not_before) == ("waiting", tomorrow)


@pytest.mark.parametrize("purpose", ["answer", "notice", "survey"])
def test_what_follows_by_itself_is_held_for_a_day(customer: Customer, noon: datetime, purpose: str) -> None:
    """The play, the poll or the schedule that comes round again doesn't know that it had been sent."""
    Business.objects.update(holds_notices=False)
    hold_back()
    held = post(SYSTEM, customer, purpose)
    assert (held.state, held.reason) == ("held", "restored")
    with clock.frozen(noon + timedelta(days=1)):
        assert post(SYSTEM, customer, purpose).state == "waiting"


def test_what_a_person_writes_and_what_lets_them_in_leaves(
    agent: Actor, customer: Customer, noon: datetime
) -> None:
    hold_back()
    assert post(agent, customer).state == "waiting"
    assert post(SYSTEM, customer, "staff", to_address="a@shop.example").state == "waiting"


def test_open_calls_of_webhooks_are_given_up_and_plays_go_on(owner: Actor, noon: datetime) -> None:
    waiting, running = delivery("webhook:1"), delivery("webhook:1", "running")
    done, play = delivery("webhook:1", "done"), delivery("some_play")

    assert hold_back().calls == 2

    assert set(Delivery.objects.filter(pk__in=[waiting.pk, running.pk]).values_list("state")) == {("failed",)}
    assert [Delivery.objects.get(pk=one.pk).state for one in (done, play)] == ["done", "waiting"]
    assert "backup" in Delivery.objects.get(pk=waiting.pk).error
    assert events.retry_delivery(actor=owner, delivery_id=waiting.pk).state == "waiting"
    assert events.retry_failed(actor=owner, consumer="webhook:1") == 1


def test_no_number_is_given_out_twice(agent: Actor, customer: Customer, noon: datetime) -> None:
    """Message-IDs, reply addresses and the ids of webhooks are made of them."""
    before = post(agent, customer)
    hold_back()
    assert post(agent, customer).pk >= before.pk + NUMBERS_SKIPPED
    assert Event.objects.earliest("pk").pk > NUMBERS_SKIPPED  # that `before` is uncertain is such an event
