"""A person splits a conversation or joins two: it stays so, and can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import translation

from mikomi.conversations import operations as desk
from mikomi.conversations import queries
from mikomi.conversations.models import Conversation, DraftFile, Message, Regrouping
from mikomi.conversations.operations import recovery
from mikomi.conversations.tests.scenes import arrive, at, conversation_from, events_of, mail
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.models import AccessLog
from mikomi.core.files import operations as files
from mikomi.core.search.queries import find
from mikomi.customers.models import Customer
from mikomi.customers.records import PersonRecord
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises.models import Promise

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in one language, whatever the test before spoke."""
    with translation.override("en"):
        yield


def owed(conversation: Conversation) -> bool:
    """Whether the customer waits there, and the ledger and the list say the same."""
    conversation.refresh_from_db()
    promises = Promise.objects.filter(
        subject_type="conversation", subject_id=conversation.pk, met_at=None
    ).exclude(state="withdrawn")
    assert promises.exists() == (conversation.waiting_since is not None)
    assert (conversation.answer_due_at is None) == (conversation.waiting_since is None)
    return promises.exists()


class TestSplitting:
    @pytest.fixture
    def mixed(self, customer: Customer, agent: Actor, noon: datetime) -> Conversation:
        """A question, our answer, and another matter in the same thread."""
        conversation = conversation_from(message_id="q1@example.jp")
        with at(noon + timedelta(minutes=10)):
            desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。")
        with at(noon + timedelta(minutes=20)):
            arrive(
                mail(
                    "別件ですが、急須が割れていました。",
                    conversation_id=conversation.pk,
                    message_id="q2@example.jp",
                )
            )
        return conversation

    def test_messages_move_and_both_tell_who_waits(self, mixed: Conversation, agent: Actor) -> None:
        assert owed(mixed)
        other = mixed.messages.get(message_id="q2@example.jp")

        done = desk.split(actor=agent, message_id=other.pk, subject="急須の破損")

        new = done.target
        assert list(new.messages.values_list("message_id", flat=True)) == ["q2@example.jp"]
        assert (new.subject, new.customer, new.assignee_id) == ("急須の破損", mixed.customer, agent.user_id)
        assert owed(new)
        assert not owed(mixed)
        assert (mixed.message_count, new.message_count) == (2, 1)
        assert mixed.excerpt == "明日です。"
        assert events_of("conversation.split") == ["conversation.split"]
        assert AccessLog.objects.filter(action="conversation.split", subject_id=mixed.pk).exists()

    def test_what_we_sent_goes_along(self, mixed: Conversation, agent: Actor) -> None:
        sent = Message.objects.get(outgoing__isnull=False)
        done = desk.split(actor=agent, message_id=sent.pk, with_later=False)
        assert OutgoingMessage.objects.get().subject_id == done.target.pk
        assert owed(mixed)  # the question has no answer here any more
        assert not owed(done.target)

    def test_undone_everything_is_as_before(self, mixed: Conversation, agent: Actor) -> None:
        other = mixed.messages.get(message_id="q2@example.jp")
        done = desk.split(actor=agent, message_id=other.pk)
        desk.undo(actor=agent, regrouping_id=done.pk)
        assert mixed.messages.count() == 3
        assert owed(mixed)
        assert queries.place_of(done.target.pk) == mixed.pk
        with pytest.raises(desk.DeskError):
            desk.undo(actor=agent, regrouping_id=done.pk)

    def test_the_first_message_with_all_others_is_not_split_off(
        self, mixed: Conversation, agent: Actor
    ) -> None:
        first = mixed.messages.order_by("sent_at").first()
        assert first is not None
        with pytest.raises(desk.DeskError):
            desk.split(actor=agent, message_id=first.pk)
        assert Conversation.objects.count() == 1
        assert not Regrouping.objects.exists()

    def test_the_search_leads_to_the_new_one(self, mixed: Conversation, agent: Actor) -> None:
        other = mixed.messages.get(message_id="q2@example.jp")
        done = desk.split(actor=agent, message_id=other.pk)
        hits = find(actor=agent, text="急須が割れ")
        lines = queries.message_lines(actor=agent, ids=[hit.object_id for hit in hits])
        assert {line.conversation_id for line in lines.values()} == {done.target.pk}


class TestJoining:
    @pytest.fixture
    def two(self, customer: Customer, agent: Actor, noon: datetime) -> tuple[Conversation, Conversation]:
        """Two conversations of one customer, both waiting; the second began later."""
        first = conversation_from(subject="納期について")
        with at(noon + timedelta(minutes=30)):
            second = conversation_from("もう一通です。", subject="再送")
        return first, second

    def test_one_lives_on_with_everything(self, two: tuple[Conversation, Conversation], agent: Actor) -> None:
        first, second = two
        stored = files.store(b"x", "text/plain")
        DraftFile.objects.create(
            conversation=second,
            file=stored,
            name="x",
            author_id=agent.user_id or 0,
            added_at=first.created_at,
        )
        desk.join(actor=agent, conversation_id=second.pk, into_id=first.pk)

        assert first.messages.count() == 2
        assert owed(first)
        assert first.waiting_since == two[0].created_at
        with pytest.raises(Conversation.DoesNotExist):
            queries.conversation(actor=agent, conversation_id=second.pk)
        assert queries.joined_place(actor=agent, conversation_id=second.pk) == first.pk
        assert DraftFile.objects.get().conversation == first
        assert Promise.objects.filter(subject_id=second.pk, state="withdrawn").exists()

    def test_a_later_message_about_it_goes_where_the_person_put_it(
        self, two: tuple[Conversation, Conversation], agent: Actor
    ) -> None:
        first, second = two
        desk.join(actor=agent, conversation_id=second.pk, into_id=first.pk)
        (later,) = arrive(mail("まだですか。", subject="Re: 再送"))
        assert later.conversation_id == first.pk

    def test_undone_both_are_there_again_and_what_came_since_stays(
        self, two: tuple[Conversation, Conversation], agent: Actor, noon: datetime
    ) -> None:
        first, second = two
        case = recovery.open_case(actor=agent, conversation_id=second.pk)
        done = desk.join(actor=agent, conversation_id=second.pk, into_id=first.pk)
        case.refresh_from_db()
        assert case.conversation_id == first.pk
        with at(noon + timedelta(hours=1)):
            arrive(mail("まだですか。", conversation_id=first.pk))

        desk.undo(actor=agent, regrouping_id=done.pk)

        assert (first.messages.count(), second.messages.count()) == (2, 1)
        assert owed(first)
        assert owed(second)
        case.refresh_from_db()
        assert case.conversation_id == second.pk
        assert queries.conversation(actor=agent, conversation_id=second.pk).joined_into_id is None

    def test_over_several_steps_the_last_one_is_found(
        self, two: tuple[Conversation, Conversation], agent: Actor
    ) -> None:
        first, second = two
        third = conversation_from("三通目", subject="三")
        desk.join(actor=agent, conversation_id=second.pk, into_id=first.pk)
        desk.join(actor=agent, conversation_id=first.pk, into_id=third.pk)
        assert queries.place_of(second.pk) == third.pk
        assert third.messages.count() == 3

    def test_conversations_of_two_customers_are_not_joined(self, customer: Customer, agent: Actor) -> None:
        first = conversation_from()
        other = conversation_from(
            person=PersonRecord(name="田中", emails=("tanaka@example.jp",)), from_address="tanaka@example.jp"
        )
        with pytest.raises(desk.DeskError, match="customers"):
            desk.join(actor=agent, conversation_id=other.pk, into_id=first.pk)
        assert other.messages.count() == 1

    def test_a_joined_one_is_not_brought_back_as_if_deleted(
        self, two: tuple[Conversation, Conversation], agent: Actor, owner: Actor
    ) -> None:
        desk.join(actor=agent, conversation_id=two[1].pk, into_id=two[0].pk)
        with pytest.raises(Conversation.DoesNotExist):
            desk.restore(actor=owner, conversation_id=two[1].pk)

    def test_others_conversations_do_not_exist(
        self, two: tuple[Conversation, Conversation], stranger: Actor, analyst: Actor, team: object
    ) -> None:
        first, second = two
        Conversation.objects.update(team=team)
        with pytest.raises(Conversation.DoesNotExist):
            desk.join(actor=stranger, conversation_id=second.pk, into_id=first.pk)
        message = second.messages.get()
        with pytest.raises(Message.DoesNotExist):
            desk.split(actor=stranger, message_id=message.pk)
        with pytest.raises(NotAllowedError):
            desk.join(actor=analyst, conversation_id=second.pk, into_id=first.pk)
        assert not Regrouping.objects.exists()
