"""The staff answers, hands over, puts aside and closes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mikomi.conversations import fields, queries
from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation, Message
from mikomi.conversations.records import PromiseInAnswer
from mikomi.conversations.tests.scenes import arrive, at, conversation_from, events_of, mail
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.models import User
from mikomi.customers.models import Customer, Identity
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises.models import Promise

pytestmark = pytest.mark.django_db


def test_an_answer_waits_to_leave_and_keeps_the_promise(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from(message_id="q1@example.jp")
    with at(noon + timedelta(hours=1)):
        message = desk.answer(actor=agent, conversation_id=conversation.pk, text="明日お届けします。")
    outgoing = OutgoingMessage.objects.get()
    assert message.outgoing == outgoing
    assert (outgoing.state, outgoing.purpose, outgoing.to_address) == (
        "waiting",
        "answer",
        "hanako@example.jp",
    )
    assert outgoing.subject == "Re: 納期について"
    assert outgoing.headers == {"in_reply_to": "q1@example.jp", "references": "q1@example.jp"}
    assert Promise.objects.get().state == "kept"
    conversation.refresh_from_db()
    assert (conversation.waiting_since, conversation.answer_due_at) == (None, None)
    assert conversation.assignee_id == agent.user_id
    assert conversation.first_answered_at == noon + timedelta(hours=1)
    assert events_of("message") == ["message.received", "message.answered"]


def test_a_late_answer_breaks_the_promise_and_its_story_says_when_it_came(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from()
    late = noon + timedelta(days=2)
    with at(late):
        desk.answer(actor=agent, conversation_id=conversation.pk, text="お待たせしました。")
    promise = Promise.objects.get()
    assert (promise.state, promise.met_at) == ("broken", late)


def test_a_promise_in_the_answer_is_recorded(customer: Customer, agent: Actor, noon: datetime) -> None:
    conversation = conversation_from()
    due = noon + timedelta(days=1, hours=3)
    desk.answer(
        actor=agent,
        conversation_id=conversation.pk,
        text="明日15時までにお電話します。",
        promise=PromiseInAnswer("明日15時までにお電話します", due),
    )
    promise = Promise.objects.get(kind="callback")
    assert (promise.due_at, promise.source, promise.is_internal) == (due, "composer", False)
    assert promise.keeper_id == agent.user_id


@pytest.mark.parametrize("text", ["", "   \n", "お届け予定日：【新しい日】【お届け日】"])
def test_an_answer_that_is_not_ready_is_not_sent(
    customer: Customer, agent: Actor, noon: datetime, text: str
) -> None:
    conversation = conversation_from()
    label = fields.labels("ja")["promise.new_due"]
    with pytest.raises(desk.CannotAnswerError):
        desk.answer(actor=agent, conversation_id=conversation.pk, text=text and f"{text}【{label}】")
    assert not OutgoingMessage.objects.exists()
    assert Message.objects.count() == 1


def test_where_no_address_works_nothing_is_written(customer: Customer, agent: Actor, noon: datetime) -> None:
    conversation = conversation_from()
    Identity.objects.update(undeliverable_since=noon)
    with pytest.raises(desk.CannotAnswerError):
        desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。")
    assert not OutgoingMessage.objects.exists()
    assert Promise.objects.get().state == "open"


def test_an_answer_can_be_taken_back_until_it_leaves(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from()
    message = desk.answer(
        actor=agent,
        conversation_id=conversation.pk,
        text="まちがえました。",
        send_after=noon + timedelta(seconds=10),
        close_after=True,
    )
    assert outbox.claim_due(worker="w", channel="email") == []
    # when it is taken back
    assert desk.take_back(actor=agent, message_id=message.pk) == "まちがえました。"
    # then the customer waits again, as if nothing had been answered
    conversation.refresh_from_db()
    assert conversation.state == "open"
    assert conversation.waiting_since == noon
    assert Promise.objects.get().state in ("open", "at_risk")
    assert OutgoingMessage.objects.get().state == "cancelled"


def test_what_has_left_cannot_be_taken_back(customer: Customer, agent: Actor, noon: datetime) -> None:
    conversation = conversation_from()
    message = desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。")
    outbox.claim_due(worker="w", channel="email")
    with pytest.raises(outbox.OutboxError):
        desk.take_back(actor=agent, message_id=message.pk)
    assert Promise.objects.get().state == "kept"


def test_an_answer_that_came_back_is_owed_again(customer: Customer, agent: Actor, noon: datetime) -> None:
    conversation = conversation_from()
    message = desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。", close_after=True)
    assert message.outgoing is not None
    desk.answer_came_back(outgoing_id=message.outgoing.pk)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since) == ("open", noon)


def test_the_same_key_answers_once(customer: Customer, agent: Actor, noon: datetime) -> None:
    conversation = conversation_from()
    first = desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。", once_key="k1")
    again = desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。", once_key="k1")
    assert first.pk == again.pk
    assert OutgoingMessage.objects.count() == 1


def test_another_teams_conversation_does_not_exist_for_a_stranger(
    customer: Customer, agent: Actor, stranger: Actor, owner: Actor, noon: datetime
) -> None:
    conversation = conversation_from(team_id=min(agent.team_ids))
    for act in (
        lambda: queries.conversation(actor=stranger, conversation_id=conversation.pk),
        lambda: queries.messages(actor=stranger, conversation_id=conversation.pk),
        lambda: desk.answer(actor=stranger, conversation_id=conversation.pk, text="x"),
        lambda: desk.add_note(actor=stranger, conversation_id=conversation.pk, text="x"),
        lambda: desk.close(actor=stranger, conversation_id=conversation.pk),
    ):
        with pytest.raises(Conversation.DoesNotExist):
            act()
    assert queries.inbox(actor=stranger).items == []
    assert len(queries.inbox(actor=agent).items) == len(queries.inbox(actor=owner).items) == 1
    assert Message.objects.count() == 1


def test_an_analyst_may_not_look(customer: Customer, analyst: Actor, noon: datetime) -> None:
    with pytest.raises(NotAllowedError):
        queries.inbox(actor=analyst)


def test_a_note_is_for_us_only(customer: Customer, agent: Actor, noon: datetime) -> None:
    conversation = conversation_from()
    desk.add_note(actor=agent, conversation_id=conversation.pk, text="倉庫に確認中")
    conversation.refresh_from_db()
    assert conversation.waiting_since == noon
    assert not OutgoingMessage.objects.exists()
    assert "conversation.noted" in events_of("conversation")


def test_assigning_moves_it_to_a_team_and_a_colleague(
    customer: Customer, agent: Actor, stranger: Actor, noon: datetime
) -> None:
    conversation = conversation_from()
    team_id = min(agent.team_ids)
    desk.assign(actor=agent, conversation_id=conversation.pk, assignee_id=agent.user_id, team_id=team_id)
    assert len(queries.inbox(actor=agent, view="mine").items) == 1
    with pytest.raises(desk.DeskError):
        desk.assign(
            actor=agent, conversation_id=conversation.pk, assignee_id=stranger.user_id, team_id=team_id
        )
    User.objects.filter(name=agent.name).update(is_active=False)
    with pytest.raises(desk.DeskError):
        desk.assign(actor=agent, conversation_id=conversation.pk, assignee_id=agent.user_id)


def test_a_snoozed_conversation_comes_back_by_itself(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from()
    desk.snooze(actor=agent, conversation_id=conversation.pk, until=noon + timedelta(hours=3))
    assert queries.inbox(actor=agent).items == []
    assert queries.counts(actor=agent).snoozed == 1
    with at(noon + timedelta(hours=2)):
        assert desk.wake_snoozed() == 0
    with at(noon + timedelta(hours=3)):
        assert desk.wake_snoozed() == 1
        assert desk.wake_snoozed() == 0
    assert len(queries.inbox(actor=agent).items) == 1
    assert "conversation.snooze_over" in events_of("conversation")


def test_severity_moves_the_time_by_which_the_answer_is_owed(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from()
    changed = desk.set_severity(actor=agent, conversation_id=conversation.pk, severity="urgent")
    assert changed.answer_due_at == noon + timedelta(hours=1)
    promise = Promise.objects.get()
    assert (promise.due_at, promise.version_number) == (noon + timedelta(hours=1), 2)
    assert promise.first_due_at == noon + timedelta(days=1)


def test_closing_without_an_answer_withdraws_what_was_owed(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from("ありがとうございました。")
    desk.close(actor=agent, conversation_id=conversation.pk)
    assert Promise.objects.get().state == "withdrawn"
    assert queries.counts(actor=agent).all == 0


def test_a_deleted_conversation_can_be_brought_back_for_a_while(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from()
    desk.delete(actor=agent, conversation_id=conversation.pk)
    assert queries.inbox(actor=agent).items == []
    desk.restore(actor=agent, conversation_id=conversation.pk)
    assert len(queries.inbox(actor=agent).items) == 1
    desk.delete(actor=agent, conversation_id=conversation.pk)
    with at(noon + timedelta(days=31)):
        assert desk.erase_deleted() == 1
        assert desk.erase_deleted() == 0
        with pytest.raises(desk.DeskError):
            desk.restore(actor=agent, conversation_id=conversation.pk)
    assert Message.objects.get().text == ""


def test_the_inbox_pages_by_key_in_a_constant_number_of_queries(
    customer: Customer, agent: Actor, noon: datetime, django_assert_num_queries: object
) -> None:
    for number in range(7):
        with at(noon + timedelta(minutes=number)):
            arrive(mail(f"{number}", subject=f"件{number}"))
    seen = []
    cursor = None
    while True:
        with django_assert_num_queries(1):  # type: ignore[operator]
            page = queries.inbox(actor=agent, cursor=cursor, size=3)
        seen += [row.subject for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"件{number}" for number in range(6, -1, -1)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert queries.counts(actor=agent).unassigned == 7
    with pytest.raises(queries.UnknownViewError):
        queries.inbox(actor=agent, view="theirs")


def test_messages_come_in_order_of_time_with_what_became_of_them(
    customer: Customer, agent: Actor, noon: datetime, django_assert_max_num_queries: object
) -> None:
    conversation = conversation_from("一")
    with at(noon + timedelta(minutes=1)):
        desk.answer(actor=agent, conversation_id=conversation.pk, text="二")
    with at(noon + timedelta(minutes=2)):
        arrive(mail("三", conversation_id=conversation.pk))
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        page = queries.messages(actor=agent, conversation_id=conversation.pk)
        assert [row.text for row in page.items] == ["一", "二", "三"]
        assert [row.outgoing.state for row in page.items if row.outgoing] == ["waiting"]
    newest = queries.messages(actor=agent, conversation_id=conversation.pk, size=2)
    assert [row.text for row in newest.items] == ["二", "三"]
    older = queries.messages(actor=agent, conversation_id=conversation.pk, size=2, cursor=newest.next_cursor)
    assert [row.text for row in older.items] == ["一"]


def test_only_who_takes_part_is_threaded_by_message_id(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from(message_id="q1@example.jp")
    message = desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。")
    assert message.outgoing is not None
    outbox.claim_due(worker="w", channel="email")
    outbox.begin_attempt(outgoing_id=message.outgoing.pk, worker="w")
    outbox.mark_sent(message.outgoing.pk, "a1@shop.example")
    found = queries.conversation_of_message_id(message_ids=["q1@example.jp", "a1@shop.example", "", "z"])
    assert {key: row.conversation_id for key, row in found.items()} == {
        "q1@example.jp": conversation.pk,
        "a1@shop.example": conversation.pk,
    }
    assert queries.takes_part(conversation_id=conversation.pk, address="Hanako@example.jp")
    assert not queries.takes_part(conversation_id=conversation.pk, address="eve@example.com")
