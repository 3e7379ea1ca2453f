"""Two people at one conversation: each sees the other, and none answers over the other's head."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from mikomi.conversations import operations, queries
from mikomi.conversations.models import Conversation, Message, Presence
from mikomi.conversations.tests.scenes import conversation_from
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.models import User
from mikomi.core.business.models import Business, Team
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def talk(business: Business) -> Conversation:
    operations.ensure_defaults()
    return conversation_from("急須の蓋が割れていました。")


def at(seconds: int):  # type: ignore[no-untyped-def]
    return clock.frozen(NOON + timedelta(seconds=seconds))


def test_a_colleague_is_seen_looking_then_writing_then_gone(
    manager: Actor, agent: Actor, talk: Conversation
) -> None:
    def seen() -> list[tuple[str, bool]]:
        return [(one.name, one.is_writing) for one in queries.present(actor=manager, conversation_id=talk.pk)]

    operations.note_presence(actor=manager, conversation_id=talk.pk)
    assert seen() == []  # nobody sees themselves
    operations.note_presence(actor=agent, conversation_id=talk.pk)
    assert seen() == [("Aiko", False)]
    operations.note_presence(actor=agent, conversation_id=talk.pk, writes=True)
    assert seen() == [("Aiko", True)]
    with at(20):
        assert seen() == [("Aiko", False)]
    with at(60):
        assert seen() == []
    with at(2 * 86_400):
        assert operations.forget_presence() == 2
    assert not Presence.objects.exists()


def test_another_teams_conversation_shows_nobody(stranger: Actor, talk: Conversation, team: Team) -> None:
    Conversation.objects.update(team=team)
    for call in (operations.note_presence, queries.present):
        with pytest.raises(Conversation.DoesNotExist):
            call(actor=stranger, conversation_id=talk.pk)
    assert not Presence.objects.exists()


def test_an_answer_over_a_colleagues_head_is_held_back_once(
    manager: Actor, agent: Actor, talk: Conversation
) -> None:
    seen = talk.messages.get().pk
    first = operations.answer(
        actor=manager, conversation_id=talk.pk, text="交換いたします。", seen_message_id=seen
    )
    with pytest.raises(operations.AnsweredMeanwhileError):
        operations.answer(actor=agent, conversation_id=talk.pk, text="ご返金します。", seen_message_id=seen)
    assert Message.objects.filter(direction="out").count() == 1

    operations.answer(actor=agent, conversation_id=talk.pk, text="ご返金します。", seen_message_id=first.pk)
    assert Message.objects.filter(direction="out").count() == 2


def test_ones_own_answer_holds_nobody_back(agent: Actor, talk: Conversation) -> None:
    seen = talk.messages.get().pk
    for text in ("お調べします。", "交換いたします。"):
        operations.answer(actor=agent, conversation_id=talk.pk, text=text, seen_message_id=seen)
    assert Message.objects.filter(direction="out").count() == 2


def test_the_page_says_who_is_there_and_warns_before_sending(
    owner_user: User, agent_user: User, talk: Conversation
) -> None:
    mine, hers = Client(), Client()
    mine.force_login(owner_user)
    hers.force_login(agent_user)
    seen = talk.messages.get().pk
    hers.post(f"/inbox/{talk.pk}/presence", {"writes": "1"})
    said = mine.post(f"/inbox/{talk.pk}/presence", {"seen_message": seen}).content.decode()
    assert "Aiko is writing" in said

    hers.post(f"/inbox/{talk.pk}/write", {"kind": "reply", "body": "交換いたします。", "seen_message": seen})
    said = mine.post(f"/inbox/{talk.pk}/presence", {"seen_message": seen}).content.decode()
    assert "has answered meanwhile" in said
    answer = {"kind": "reply", "body": "ご返金します。", "seen_message": seen}
    page = mine.post(f"/inbox/{talk.pk}/write", answer)
    assert page.status_code == 422
    assert "ご返金します。" in page.content.decode()
    assert Message.objects.filter(direction="out").count() == 1


def test_the_system_is_not_present(talk: Conversation) -> None:
    operations.note_presence(actor=SYSTEM, conversation_id=talk.pk)
    assert not Presence.objects.exists()


def test_an_answer_says_how_long_its_author_was_at_it(
    agent: Actor, manager: Actor, talk: Conversation
) -> None:
    def answer(actor: Actor, text: str) -> int | None:
        return operations.answer(actor=actor, conversation_id=talk.pk, text=text).handling_seconds

    # Given a page that is open for a minute, is closed for an hour, and open again for half a minute
    for seconds in (0, 20, 40, 60, 3_660, 3_680):
        with at(seconds):
            operations.note_presence(actor=agent, conversation_id=talk.pk)
    with at(3_690):
        assert answer(agent, "申し訳ございません。") == 90
    # Then the time counts once, and for its author
    with at(3_700):
        operations.note_presence(actor=agent, conversation_id=talk.pk, writes=True)
        assert answer(agent, "交換いたします。") == 10
        assert answer(manager, "私からもお詫びいたします。") is None


def test_the_time_of_an_answer_taken_back_counts_for_the_next(agent: Actor, talk: Conversation) -> None:
    for seconds in (0, 20, 40):
        with at(seconds):
            operations.note_presence(actor=agent, conversation_id=talk.pk)
    with at(40):
        first = operations.answer(
            actor=agent, conversation_id=talk.pk, text="あ", send_after=NOON + timedelta(seconds=50)
        )
        operations.take_back(actor=agent, message_id=first.pk)
    with at(45):
        again = operations.answer(actor=agent, conversation_id=talk.pk, text="申し訳ございません。")
    first.refresh_from_db()
    assert (first.handling_seconds, again.handling_seconds) == (None, 45)
