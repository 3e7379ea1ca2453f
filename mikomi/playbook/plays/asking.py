"""Plays that ask the customer how it went."""

from __future__ import annotations

from mikomi.conversations.events import ConversationClosed, ConversationReopened, RecoveryClosed
from mikomi.conversations.models import Conversation, RecoveryCase
from mikomi.core.access.actor import SYSTEM
from mikomi.core.events.models import Event
from mikomi.feedback import operations as feedback
from mikomi.playbook.play import payload_of


def ask_how_it_went(event: Event) -> None:
    """Ask after a closed conversation or recovery, if it is still closed; not more often than the business wants."""
    conversation_id, recovery_id = _closed(event)
    if conversation_id is not None:
        feedback.ask_csat(actor=SYSTEM, conversation_id=conversation_id, recovery_id=recovery_id)


def withdraw_question(event: Event) -> None:
    """Opened again before the question has left: the customer is not asked about what isn't over."""
    conversation_id = payload_of(event, ConversationReopened).conversation_id
    feedback.withdraw_question(actor=SYSTEM, conversation_id=conversation_id)


def mark_poor_answer_handled(event: Event) -> None:
    """Whoever closes the case that a poor answer had reopened has taken care of it."""
    conversation_id, _recovery_id = _closed(event)
    if conversation_id is not None:
        feedback.mark_handled(actor=SYSTEM, conversation_id=conversation_id)


def _closed(event: Event) -> tuple[int | None, int | None]:
    """The conversation (and recovery) that was closed; none when it has been opened again or deleted since."""
    if event.kind == "recovery.closed":
        recovery_id = payload_of(event, RecoveryClosed).recovery_id
        cases = RecoveryCase.objects.filter(
            pk=recovery_id, state=RecoveryCase.State.CLOSED, conversation__deleted_at=None
        )
        return cases.values_list("conversation_id", flat=True).first(), recovery_id
    conversation_id = payload_of(event, ConversationClosed).conversation_id
    rows = Conversation.objects.filter(pk=conversation_id, state=Conversation.State.CLOSED, deleted_at=None)
    return rows.values_list("pk", flat=True).first(), None
