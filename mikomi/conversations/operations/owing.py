"""The promise of an answer: posted when a customer begins to wait, met by the answer, taken back with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mikomi.conversations.models import Conversation, Message
from mikomi.conversations.queries.standards import AnswerClock
from mikomi.conversations.rules import MINUTES
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.promises import operations as promises
from mikomi.promises.models import Evidence, Promise
from mikomi.promises.records import NewPromise, Observation

SUBJECT = "conversation"


@dataclass(frozen=True, slots=True)
class Owed:
    """A customer began to wait in this conversation, over this channel."""

    conversation: Conversation
    channel: str
    since: datetime


def owe_answers(owed: Sequence[Owed]) -> None:
    """Post the promise of an answer for each, and set `answer_due_at` (the caller saves it)."""
    if not owed:
        return
    answers = AnswerClock()
    promises.make_many(actor=SYSTEM, promises=[_new_promise(item, answers) for item in owed])


def _new_promise(item: Owed, answers: AnswerClock) -> NewPromise:
    conversation = item.conversation
    due_at = answers.due(item.channel, conversation.severity, item.since)
    conversation.answer_due_at = due_at
    return NewPromise(
        kind=Promise.Kind.ANSWER,
        customer_id=conversation.customer_id,
        due_at=due_at,
        source="standard",
        made_at=item.since,
        subject_type=SUBJECT,
        subject_id=conversation.pk,
        group_key=item.channel,
        is_internal=True,
        in_working_time=answers.standard(item.channel, conversation.severity).unit != MINUTES,
        keeper_id=conversation.assignee_id,
        team_id=conversation.team_id,
    )


def answer_promise(conversation_id: int) -> Promise | None:
    """The promise of an answer that is still owed here; a broken one is owed too until the answer comes."""
    rows = Promise.objects.filter(
        subject_type=SUBJECT, subject_id=conversation_id, kind=Promise.Kind.ANSWER, met_at=None
    )
    return rows.exclude(state=Promise.State.WITHDRAWN).order_by("-id").first()


def meet_answer(actor: Actor, conversation: Conversation, message: Message) -> None:
    """The answer is the evidence that meets what was owed, also when it comes late."""
    promise = answer_promise(conversation.pk)
    if promise is not None:
        seen = Observation("answered", clock.now(), _key(message), "desk", promise_id=promise.pk)
        promises.observe(actor=actor, observation=seen)


def unmeet_answer(actor: Actor, message: Message) -> None:
    """The answer was taken back, or never reached the customer: what it met is owed again."""
    met = Evidence.objects.filter(
        promise__subject_type=SUBJECT,
        promise__subject_id=message.conversation_id,
        promise__kind=Promise.Kind.ANSWER,
        once_key=_key(message),
    ).first()
    if met is not None:
        taken_back = Observation(
            "retracted",
            clock.now(),
            f"{_key(message)}:retracted",
            "desk",
            promise_id=met.promise_id,
            retracts=_key(message),
        )
        promises.observe(actor=actor, observation=taken_back)


def _key(message: Message) -> str:
    return f"message:{message.pk}"


def release_answer(actor: Actor, conversation: Conversation, reason: str) -> None:
    """No answer is owed any more: the conversation was closed without one, or deleted."""
    promise = answer_promise(conversation.pk)
    if promise is not None:
        promises.withdraw(actor=actor, promise_id=promise.pk, reason=reason)


def change_answer_terms(actor: Actor, conversation: Conversation) -> None:
    """Compute anew when the answer is owed (after a change of severity); the caller saves the conversation."""
    promise = answer_promise(conversation.pk)
    if promise is None or conversation.waiting_since is None:
        return
    channel = promise.group_key or conversation.channel
    due_at = AnswerClock().due(channel, conversation.severity, conversation.waiting_since)
    conversation.answer_due_at = due_at
    promises.change_terms(actor=actor, promise_id=promise.pk, due_at=due_at, reason="severity")
