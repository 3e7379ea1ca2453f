"""Past conversations in bulk, and the sample ones."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation, Message
from mikomi.conversations.records import HistoricConversation, HistoricMessage
from mikomi.conversations.samples import SampleCustomer, SampleStaff, conversations
from mikomi.conversations.samples.dialogues import dialogues
from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.events.models import Delivery, Event
from mikomi.core.search.queries import find
from mikomi.customers.models import Customer
from mikomi.promises.models import Promise

pytestmark = pytest.mark.django_db


def some(customer: Customer, noon: datetime, count: int = 200) -> list[HistoricConversation]:
    people = [
        SampleCustomer(customer.pk, "山田 花子", "山田", "hanako@example.jp"),
        SampleCustomer(customer.pk, "Jane Doe", "Doe", "jane@example.com", language="en"),
    ]
    staff = [SampleStaff(1, "佐藤"), SampleStaff(2, "鈴木")]
    return list(
        conversations(seed=7, count=count, customers=people, staff=staff, until=noon, shop="見本商店")
    )


def test_history_is_loaded_whole_and_nothing_follows(customer: Customer, noon: datetime) -> None:
    records = some(customer, noon)
    assert desk.load_history(actor=SYSTEM, records=records, at_once=64) == 200
    assert Conversation.objects.count() == 200
    assert Message.objects.count() == sum(len(record.messages) for record in records)
    assert set(Event.objects.values_list("backfill", flat=True)) == {True}
    assert not Delivery.objects.exists()
    for row in Conversation.objects.all():
        assert row.message_count == row.messages.count()
        assert (row.closed_at is not None) == (row.state == "closed")
        assert (row.answer_due_at is None) == (row.waiting_since is None)


def test_answers_of_the_past_are_promises_kept_or_broken(customer: Customer, noon: datetime) -> None:
    asked = noon - timedelta(days=30)

    def dialogue(hours: float) -> HistoricConversation:
        return HistoricConversation(
            customer.pk,
            "email",
            "納期",
            (
                HistoricMessage("in", "いつですか。", asked),
                HistoricMessage("out", "明日です。", asked + timedelta(hours=hours), author_id=1),
                HistoricMessage("in", "ありがとう。", asked + timedelta(hours=hours + 1)),
            ),
            closed_at=asked + timedelta(hours=hours + 2),
        )

    desk.load_history(actor=SYSTEM, records=[dialogue(2), dialogue(200)])
    assert list(Promise.objects.order_by("id").values_list("state", flat=True)) == ["kept", "broken"]
    assert [hit.kind for hit in find(actor=SYSTEM, text="明日")] == ["message", "message"]


def test_who_waits_at_the_end_is_owed_an_answer_from_now_on(customer: Customer, noon: datetime) -> None:
    asked = noon - timedelta(hours=1)
    record = HistoricConversation(
        customer.pk, "email", "納期", (HistoricMessage("in", "いつですか。", asked),), state="open"
    )
    desk.load_history(actor=SYSTEM, records=[record])
    row, promise = Conversation.objects.get(), Promise.objects.get()
    assert row.waiting_since == asked
    assert promise.due_at == row.answer_due_at == asked + timedelta(days=1)
    assert promise.state in ("open", "at_risk")


def test_history_takes_a_constant_number_of_queries(
    customer: Customer, noon: datetime, django_assert_max_num_queries: object
) -> None:
    desk.load_history(actor=SYSTEM, records=some(customer, noon, 5))
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        desk.load_history(actor=SYSTEM, records=some(customer, noon, 150))


def test_who_may_not_import_does_not(agent: Actor, customer: Customer, noon: datetime) -> None:
    with pytest.raises(NotAllowedError):
        desk.load_history(actor=agent, records=some(customer, noon, 3))
    assert not Conversation.objects.exists()


def test_samples_are_many_different_and_always_the_same(customer: Customer, noon: datetime) -> None:
    records = some(customer, noon, 1500)
    assert records == some(customer, noon, 1500)
    texts = Counter(message.text for record in records for message in record.messages)
    assert len(dialogues("ja")) + len(dialogues("en")) >= 60
    assert len(texts) > 0.6 * texts.total()
    assert not any(mark in text for text in texts for mark in ("{", "}", "|"))
    states = Counter(record.state for record in records)
    assert states["closed"] > 1400
    assert states["open"] >= 10
    assert all(message.sent_at <= noon for record in records for message in record.messages)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_dialogue_begins_with_the_customer_and_knows_its_speakers(language: str) -> None:
    for dialogue in dialogues(language):
        assert dialogue.turns[0].startswith("C: ")
        assert all(turn[:3] in ("C: ", "S: ", "N: ") for turn in dialogue.turns)
        assert dialogue.severity in Conversation.Severity.values
