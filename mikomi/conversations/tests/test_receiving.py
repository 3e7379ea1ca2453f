"""Messages come in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mikomi.conversations import operations as desk
from mikomi.conversations.models import Attachment, Conversation, Message
from mikomi.conversations.records import IncomingAttachment
from mikomi.conversations.tests.scenes import arrive, at, conversation_from, events_of, mail
from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.events.models import Event
from mikomi.core.search.queries import find
from mikomi.customers.models import Customer
from mikomi.customers.records import PersonRecord
from mikomi.promises.models import Promise

pytestmark = pytest.mark.django_db


def test_a_message_opens_a_conversation_and_an_answer_is_owed(customer: Customer, noon: datetime) -> None:
    conversation = conversation_from()
    assert conversation.customer == customer
    assert (conversation.state, conversation.message_count) == ("open", 1)
    assert conversation.waiting_since == noon
    # one working day for e-mail: tomorrow at noon
    assert conversation.answer_due_at == noon + timedelta(days=1)
    promise = Promise.objects.get()
    assert (promise.kind, promise.is_internal, promise.due_at) == ("answer", True, conversation.answer_due_at)
    assert (promise.subject_type, promise.subject_id) == ("conversation", conversation.pk)
    assert events_of("conversation", "message") == ["conversation.opened", "message.received"]


def test_the_same_arrival_comes_once(customer: Customer, noon: datetime) -> None:
    message = mail()
    first = arrive(message)
    again = arrive(message, message)
    assert {row.pk for row in again} == {first[0].pk}
    assert Message.objects.count() == 1
    assert Promise.objects.count() == 1


def test_a_second_message_joins_and_owes_nothing_more(customer: Customer, noon: datetime) -> None:
    conversation = conversation_from()
    with at(noon + timedelta(hours=1)):
        (second,) = arrive(mail("まだでしょうか。", "Re: 納期について"))
    conversation.refresh_from_db()
    assert second.conversation_id == conversation.pk
    assert conversation.waiting_since == noon
    assert conversation.excerpt == "まだでしょうか。"
    assert Promise.objects.count() == 1


def test_another_matter_opens_another_conversation(customer: Customer, noon: datetime) -> None:
    first, second = arrive(mail(), mail("領収書をください。", "領収書"))
    assert first.conversation_id != second.conversation_id


def test_messages_of_one_batch_join_each_other(customer: Customer, noon: datetime) -> None:
    rows = arrive(mail("一"), mail("二"), mail("三", "Re: 納期について"))
    assert len({row.conversation_id for row in rows}) == 1
    assert Conversation.objects.get().message_count == 3


def test_the_channels_threading_reopens_what_was_closed(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    # given a conversation that was answered and closed
    conversation = conversation_from()
    desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。", close_after=True)
    # when the customer writes to it again
    with at(noon + timedelta(hours=2)):
        arrive(mail("届きませんでした。", conversation_id=conversation.pk))
    # then it is open, and another answer is owed
    conversation.refresh_from_db()
    assert conversation.state == "open"
    assert conversation.waiting_since == noon + timedelta(hours=2)
    assert Promise.objects.filter(kind="answer").count() == 2
    assert "conversation.reopened" in events_of("conversation")


def test_a_closed_conversation_is_not_joined_by_its_subject(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from()
    desk.close(actor=agent, conversation_id=conversation.pk)
    (message,) = arrive(mail())
    assert message.conversation_id != conversation.pk


def test_a_machines_message_neither_reopens_nor_owes(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from()
    desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。", close_after=True)
    arrive(mail("不在にしております。", is_automatic=True, conversation_id=conversation.pk))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since) == ("closed", None)
    assert conversation.message_count == 3


def test_history_is_no_work(customer: Customer, noon: datetime) -> None:
    conversation = conversation_from(backfill=True, sent_at=noon - timedelta(days=400))
    assert conversation.state == "closed"
    assert conversation.created_at == noon - timedelta(days=400)
    assert not Promise.objects.exists()
    assert set(Event.objects.filter(kind__startswith="conversation").values_list("backfill", flat=True)) == {
        True
    }


def ours(noon: datetime, **values: Any) -> Any:
    """An answer of ours, from a file of old mail."""
    old: dict[str, Any] = {"is_ours": True, "backfill": True, "sent_at": noon - timedelta(days=1500)}
    return mail("明日お送りします。", **(old | values))


def test_history_leaves_what_waits_now_alone(customer: Customer, agent: Actor, noon: datetime) -> None:
    # given a customer who waits
    conversation = conversation_from()
    # when a file holds an answer of years ago with the same subject, and an old mail without one
    answer, nameless = arrive(
        ours(noon), mail("ありがとう。", "", backfill=True, sent_at=noon - timedelta(days=3))
    )
    # then they are history of their own, and our answer of today is the first
    assert conversation.pk not in (answer.conversation_id, nameless.conversation_id)
    assert set(Conversation.objects.exclude(pk=conversation.pk).values_list("state", flat=True)) == {"closed"}
    conversation.refresh_from_db()
    assert (conversation.created_at, conversation.first_answered_at) == (noon, None)
    desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。")
    assert Event.objects.get(kind="message.answered", backfill=False).payload["is_first"] is True


def test_history_of_these_days_joins_a_living_conversation_and_changes_no_times(
    customer: Customer, noon: datetime
) -> None:
    conversation = conversation_from()
    (answer,) = arrive(ours(noon, sent_at=noon - timedelta(days=20)))
    assert answer.conversation_id == conversation.pk
    conversation.refresh_from_db()
    assert (conversation.created_at, conversation.first_answered_at) == (noon, None)
    assert (conversation.state, conversation.waiting_since, conversation.message_count) == ("open", noon, 2)


def test_history_goes_where_its_conversation_was_joined(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    first, second = arrive(
        *(mail(subject, subject, backfill=True, sent_at=noon - timedelta(days=400)) for subject in "一二")
    )
    desk.join(actor=agent, conversation_id=second.conversation_id, into_id=first.conversation_id)
    (answer,) = arrive(ours(noon, subject="Re: 二", sent_at=noon - timedelta(days=399)))
    assert answer.conversation_id == first.conversation_id


def test_an_old_message_reads_few_conversations_however_many_there_are(
    customer: Customer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a customer with a conversation each day for years
    days = [noon - timedelta(days=number) for number in range(100, 2000)]
    Conversation.objects.bulk_create(
        Conversation(
            customer=customer, subject="x", channel="email", state="closed", created_at=day, closed_at=day,
            last_message_at=day, changed_at=noon,
        )
        for day in days
    )  # fmt: skip
    # when an old message of theirs comes in
    read: list[Conversation] = []
    from_db = Conversation.from_db

    def counted(*given: Any) -> Conversation:
        read.append(from_db(*given))
        return read[-1]

    monkeypatch.setattr(Conversation, "from_db", counted)
    with CaptureQueriesContext(connection) as caught:
        arrive(mail("昔", "昔", backfill=True, sent_at=noon - timedelta(days=1000)))
    # then those of two months are looked at, and no table is read whole
    assert 55 <= len(read) <= 65
    if connection.vendor == "sqlite":
        asked = [one["sql"] for one in caught if one["sql"].startswith("SELECT")]
        plans = [str(connection.cursor().execute("EXPLAIN QUERY PLAN " + sql).fetchall()) for sql in asked]
        assert not [plan for plan in plans if "SCAN conversations_conversation" in plan]


def test_a_message_read_late_was_waited_for_since_it_was_sent(customer: Customer, noon: datetime) -> None:
    conversation = conversation_from(sent_at=noon - timedelta(hours=30))
    assert conversation.waiting_since == noon - timedelta(hours=30)


def test_a_deleted_conversation_does_not_come_back(customer: Customer, agent: Actor, noon: datetime) -> None:
    message = mail()
    arrive(message)
    desk.delete(actor=agent, conversation_id=Conversation.objects.get().pk)
    # when the next poll brings the same arrival, and then a reply to it
    arrive(message)
    assert not Conversation.objects.filter(deleted_at=None).exists()
    (reply,) = arrive(mail(conversation_id=Conversation.objects.get().pk))
    assert Conversation.objects.filter(deleted_at=None).get().pk == reply.conversation_id


def test_every_part_is_listed_also_a_refused_one(customer: Customer, noon: datetime) -> None:
    parts = (
        IncomingAttachment("写真.jpg", "image/jpeg", 120_000),
        IncomingAttachment("virus.exe", "application/x-dosexec", 9, refused="kind"),
    )
    arrive(mail(attachments=parts))
    assert list(Attachment.objects.order_by("id").values_list("name", "refused")) == [
        ("写真.jpg", ""),
        ("virus.exe", "kind"),
    ]


def test_search_finds_a_message_for_those_who_see_it(
    customer: Customer, agent: Actor, stranger: Actor, noon: datetime
) -> None:
    conversation = conversation_from("有田焼の飯碗は届きますか。", team_id=min(agent.team_ids))
    hits = find(actor=agent, text="飯碗")
    assert [hit.kind for hit in hits] == ["message"]
    assert find(actor=stranger, text="飯碗") == []
    desk.delete(actor=agent, conversation_id=conversation.pk)
    assert find(actor=agent, text="飯碗") == []


def test_who_may_not_answer_may_not_bring_messages_in(analyst: Actor, noon: datetime) -> None:
    with pytest.raises(NotAllowedError):
        desk.receive_messages(actor=analyst, messages=[mail()])
    assert not Message.objects.exists()


def test_strange_texts_are_stored_as_they_came(business: Any, noon: datetime) -> None:
    person = PersonRecord(name="😀" * 5_000, emails=("x@example.jp",))
    (row,) = arrive(mail("😀" * 20_000, "あ" * 10_000, person=person))
    row.refresh_from_db()
    assert len(row.text) == 20_000
    assert len(row.subject) == 500


def test_a_hundred_messages_take_as_many_queries_as_ten(
    business: Any, noon: datetime, django_assert_max_num_queries: Any
) -> None:
    def some(count: int, prefix: str) -> list[Any]:
        return [
            mail(f"{number}", person=PersonRecord(emails=(f"{prefix}{number}@example.jp",)))
            for number in range(count)
        ]

    arrive(*some(2, "warm"))
    for count, prefix in ((10, "a"), (100, "b")):
        with django_assert_max_num_queries(50):
            desk.receive_messages(actor=SYSTEM, messages=some(count, prefix))
    assert Conversation.objects.count() == 112
