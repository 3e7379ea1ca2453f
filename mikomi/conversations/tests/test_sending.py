"""Answers that leave later, and the files that go with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from mikomi.conversations import operations as desk
from mikomi.conversations import queries, rules
from mikomi.conversations.models import Attachment, Conversation, DraftFile, Message
from mikomi.conversations.operations.drafting import forget_old_drafts
from mikomi.conversations.operations.handling import erase_words
from mikomi.conversations.tests.scenes import arrive, at, conversation_from, events_of, mail
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.events.running import run_due
from mikomi.core.files.models import StoredFile
from mikomi.customers.models import Customer
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises.models import Promise
from tests.scanner import EICAR, Scanner, scanner_running

__all__ = ["scanner_running"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in one language, whatever the test before spoke."""
    with translation.override("en"):
        yield


def leave() -> None:
    """What is due leaves, and what follows from it."""
    for row in outbox.claim_due(worker="w", channel="email"):
        outbox.begin_attempt(outgoing_id=row.pk, worker="w")
        outbox.mark_sent(row.pk, f"m{row.pk}@shop.example")
    run_due(worker="w")


class TestScheduled:
    TOMORROW = timedelta(hours=20)

    @pytest.fixture
    def conversation(self, customer: Customer, noon: datetime) -> Conversation:
        return conversation_from()

    def schedule(self, conversation: Conversation, agent: Actor, noon: datetime, **more: Any) -> Message:
        return desk.answer(
            actor=agent,
            conversation_id=conversation.pk,
            text="明日です。",
            send_after=noon + self.TOMORROW,
            **more,
        )

    def test_until_it_has_left_the_customer_waits(
        self, conversation: Conversation, agent: Actor, noon: datetime
    ) -> None:
        self.schedule(conversation, agent, noon, close_after=True)
        leave()
        conversation.refresh_from_db()
        assert OutgoingMessage.objects.get().state == "waiting"
        assert (conversation.waiting_since, conversation.state) == (noon, "open")
        assert Promise.objects.get().met_at is None
        assert events_of("message.answered") == []

        with at(noon + self.TOMORROW):
            leave()
        conversation.refresh_from_db()
        assert (conversation.waiting_since, conversation.state) == (None, "closed")
        assert Promise.objects.get().met_at == noon + self.TOMORROW
        assert Message.objects.get(direction="out").sent_at == noon + self.TOMORROW
        assert events_of("message.answered") == ["message.answered"]

    def test_it_is_no_answer_to_what_was_asked_since(
        self, conversation: Conversation, agent: Actor, noon: datetime
    ) -> None:
        self.schedule(conversation, agent, noon)
        with at(noon + timedelta(hours=1)):
            arrive(mail("もう一つ質問です。", conversation_id=conversation.pk))
        with at(noon + self.TOMORROW):
            leave()
        conversation.refresh_from_db()
        assert conversation.waiting_since == noon
        assert Promise.objects.get().met_at is None

    def test_taken_back_its_files_lie_beside_the_draft_again(
        self, conversation: Conversation, agent: Actor, noon: datetime
    ) -> None:
        row = attach(agent, conversation)
        message = self.schedule(conversation, agent, noon, draft_file_ids=[row.pk])
        assert not DraftFile.objects.exists()
        desk.take_back(actor=agent, message_id=message.pk)
        (again,) = queries.draft_files(actor=agent, conversation_id=conversation.pk)
        assert again.name == row.name
        with at(noon + self.TOMORROW):
            leave()
        assert OutgoingMessage.objects.get().state == "cancelled"
        conversation.refresh_from_db()
        assert conversation.waiting_since == noon

    def test_seconds_to_take_it_back_are_no_schedule(self, noon: datetime) -> None:
        assert not rules.is_scheduled(noon + timedelta(seconds=60), noon)
        assert not rules.is_scheduled(None, noon)
        assert rules.is_scheduled(noon + timedelta(minutes=5), noon)


def attach(
    actor: Actor,
    conversation: Conversation,
    name: str = "見積書.pdf",
    data: bytes = b"%PDF-1.7",
    size: int = 0,
) -> DraftFile:
    """Put a file beside the answer."""
    return desk.add_draft_file(
        actor=actor, conversation_id=conversation.pk, name=name, content_type="application/pdf",
        stream=BytesIO(data), size=size or len(data),
    )  # fmt: skip


class TestFiles:
    @pytest.fixture
    def conversation(self, customer: Customer, noon: datetime) -> Conversation:
        return conversation_from()

    def test_they_go_with_the_answer_under_their_names(
        self, conversation: Conversation, agent: Actor
    ) -> None:
        rows = [attach(agent, conversation), attach(agent, conversation, "同じ内容.pdf")]
        desk.answer(
            actor=agent,
            conversation_id=conversation.pk,
            text="添付します。",
            draft_file_ids=[row.pk for row in rows],
        )
        assert list(Attachment.objects.order_by("id").values_list("name", flat=True)) == [
            "見積書.pdf",
            "同じ内容.pdf",
        ]
        assert OutgoingMessage.objects.get().file_ids == [rows[0].file_id] * 2
        assert not DraftFile.objects.exists()

    def test_a_file_can_be_taken_away(self, conversation: Conversation, agent: Actor) -> None:
        row = attach(agent, conversation)
        desk.remove_draft_file(actor=agent, draft_file_id=row.pk)
        assert not DraftFile.objects.exists()
        assert not StoredFile.objects.exists()

    @pytest.mark.parametrize(("size", "words"), [(rules.LARGEST_FILES + 1, "MB"), (0, "empty")])
    def test_what_is_refused_says_why_and_nothing_is_kept(
        self, conversation: Conversation, agent: Actor, size: int, words: str
    ) -> None:
        with pytest.raises(desk.FileRefusedError, match=words):
            attach(agent, conversation, data=b"" if size == 0 else b"x", size=size)
        assert not StoredFile.objects.exists()

    def test_all_together_have_a_limit(self) -> None:
        assert rules.file_problem([9_000_000, 8_000_000], 1_000_001) == "too_large"
        assert rules.file_problem([1] * rules.MOST_FILES, 1) == "too_many"
        assert rules.file_problem([], rules.LARGEST_FILES) == ""

    def test_what_is_infected_is_refused(
        self, conversation: Conversation, agent: Actor, scanner_running: Scanner, settings: Settings
    ) -> None:
        settings.CLAMD = scanner_running.place
        with pytest.raises(desk.FileRefusedError, match="Eicar"):
            attach(agent, conversation, data=EICAR)
        settings.CLAMD = "127.0.0.1:1"
        with pytest.raises(desk.FileRefusedError, match="does not answer"):
            attach(agent, conversation)
        assert not StoredFile.objects.exists()

    def test_a_draft_is_its_writers_own(
        self,
        conversation: Conversation,
        agent: Actor,
        owner: Actor,
        stranger: Actor,
        analyst: Actor,
        team: object,
    ) -> None:
        row = attach(agent, conversation)
        assert queries.draft_files(actor=owner, conversation_id=conversation.pk) == []
        with pytest.raises(DraftFile.DoesNotExist):
            desk.remove_draft_file(actor=owner, draft_file_id=row.pk)
        with pytest.raises(desk.FileRefusedError):
            desk.answer(actor=owner, conversation_id=conversation.pk, text="x", draft_file_ids=[row.pk])
        Conversation.objects.update(team=team)
        with pytest.raises(Conversation.DoesNotExist):
            attach(stranger, conversation)
        with pytest.raises(NotAllowedError):
            attach(analyst, conversation)
        assert DraftFile.objects.count() == 1
        assert not OutgoingMessage.objects.exists()

    def test_what_nobody_sends_is_forgotten_after_two_days(
        self, conversation: Conversation, agent: Actor, noon: datetime
    ) -> None:
        attach(agent, conversation)
        assert forget_old_drafts() == 0
        with at(noon + timedelta(days=2, minutes=1)):
            assert forget_old_drafts() == 1
        assert not StoredFile.objects.exists()

    def test_erased_with_the_words(self, conversation: Conversation, agent: Actor) -> None:
        row = attach(agent, conversation)
        desk.answer(actor=agent, conversation_id=conversation.pk, text="添付", draft_file_ids=[row.pk])
        attach(agent, conversation, data=b"another")
        erase_words([conversation.pk])
        assert not StoredFile.objects.exists()


def test_the_chosen_sender_stays_with_the_conversation(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    conversation = conversation_from(sender_key="1")
    desk.answer(actor=agent, conversation_id=conversation.pk, text="はい", sender_key="s2")
    desk.answer(actor=agent, conversation_id=conversation.pk, text="もう一つ")
    assert set(OutgoingMessage.objects.values_list("sender_key", flat=True)) == {"s2"}
