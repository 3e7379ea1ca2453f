"""Plays that make good what went wrong."""

from __future__ import annotations

from mikomi.conversations import operations as desk
from mikomi.conversations.events import MessageAnswered
from mikomi.conversations.models import Conversation
from mikomi.conversations.operations import recovery
from mikomi.core.access.actor import SYSTEM
from mikomi.core.events.models import Event
from mikomi.feedback.events import FeedbackPoor
from mikomi.outbox.events import OutgoingFailed, OutgoingSent
from mikomi.outbox.models import OutgoingMessage
from mikomi.playbook.play import payload_of
from mikomi.promises.events import PromiseBroken
from mikomi.promises.models import Promise


def is_public(event: Event) -> bool:
    """A promise to a customer, not a response standard of ours: that is reported by itself."""
    return not event.payload["is_internal"]


def open_recovery_case(event: Event) -> None:
    """A promise to one customer that broke opens a case, unless evidence has shown meanwhile that it was kept.

    One made to many has nobody to write to: it stands on the page of the promises that don't hold.
    """
    promise_id = payload_of(event, PromiseBroken).promise_id
    to_one = Promise.objects.filter(audience=Promise.Audience.ONE)
    if to_one.filter(pk=promise_id, state=Promise.State.BROKEN).exists():
        recovery.open_case(actor=SYSTEM, promise_id=promise_id)


def reopen_case(event: Event) -> None:
    """A poor answer opens the recovery again, or else the conversation; it is on Today until somebody closes it."""
    poor = payload_of(event, FeedbackPoor)
    if poor.conversation_id is None or not _is_there(poor.conversation_id):
        return
    if poor.recovery_id is not None:
        recovery.reopen_case(actor=SYSTEM, recovery_id=poor.recovery_id, reason="poor_answer")
    else:
        desk.reopen(actor=SYSTEM, conversation_id=poor.conversation_id, reason="poor_answer")


def _is_there(conversation_id: int) -> bool:
    return Conversation.objects.filter(pk=conversation_id, deleted_at=None).exists()


def is_answer(event: Event) -> bool:
    """Whether the message that failed was an answer to a customer."""
    return bool(event.payload["purpose"] == OutgoingMessage.Purpose.ANSWER)


def owe_answer_again(event: Event) -> None:
    """An answer could not be delivered: the customer still waits, and the conversation says so."""
    desk.answer_came_back(outgoing_id=payload_of(event, OutgoingFailed).outgoing_id)


def count_answer_that_left(event: Event) -> None:
    """A scheduled answer has left: only now is it one, and meets what was owed."""
    desk.answer_left(outgoing_id=payload_of(event, OutgoingSent).outgoing_id)


def take_care_of_question(event: Event) -> None:
    """Somebody answered: what the customer asked on the page of a promise leaves Today."""
    conversation_id = payload_of(event, MessageAnswered).conversation_id
    desk.questions_answered(conversation_id=conversation_id, at=event.occurred_at)
