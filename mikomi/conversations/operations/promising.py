"""Promises found in what was written, confirmed by the one who wrote it; what customers write on a promise's page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.conversations.models import Message
from mikomi.conversations.operations.owing import SUBJECT
from mikomi.conversations.operations.placing import conversation_about
from mikomi.conversations.operations.receiving import append_from_customer
from mikomi.conversations.queries.visibility import locked
from mikomi.conversations.records import PromiseInAnswer
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.rules import Permission
from mikomi.core.live.operations import publish
from mikomi.promises import operations as promises
from mikomi.promises.models import Promise, Renegotiation
from mikomi.promises.records import NewPromise

SOURCE = "capture"


@transaction.atomic
def record_promises(*, actor: Actor, conversation_id: int, found: Sequence[PromiseInAnswer]) -> list[Promise]:
    """Record promises that stand in an answer of this conversation; the same words with the same date once.

    Raises `Conversation.DoesNotExist`, `promises.PromiseError`, NotAllowedError.
    """
    actor.require(Permission.PROMISES_RECORD)
    if not found:
        return []
    conversation = locked(actor, conversation_id)
    known = set(
        Promise.objects.filter(subject_type=SUBJECT, subject_id=conversation.pk, is_internal=False)
        .exclude(state=Promise.State.WITHDRAWN)
        .values_list("statement", flat=True)
    )
    new = [
        NewPromise(
            kind=one.kind,
            customer_id=conversation.customer_id,
            due_at=one.due_at,
            source=SOURCE,
            statement=one.statement,
            subject_type=SUBJECT,
            subject_id=conversation.pk,
            keeper_id=conversation.assignee_id or actor.user_id,
            team_id=conversation.team_id,
        )
        for one in found
        if one.statement not in known
    ]
    made = promises.make_many(actor=actor, promises=new)
    publish([f"conversation:{conversation.pk}", "today"])
    return made


@transaction.atomic
def answer_new_terms(
    *, token: str, renegotiation_id: int, answer: str, words: str = ""
) -> Renegotiation | None:
    """Take the customer's answer to new terms from the promise's page. What they write with it is a message of theirs
    about the promise, and an answer is owed. None, and no message, for the same question once more.
    Raises as `promises.answer_new_terms`, which also where too much came from this page."""
    asked = promises.answer_new_terms(
        token=token, renegotiation_id=renegotiation_id, answer=answer, words=words
    )
    if asked is not None and words.strip():
        _refuse_flood(asked.promise_id)
        conversation = conversation_about(asked.promise)
        append_from_customer(conversation, text=words.strip(), channel="webform", promise_id=asked.promise_id)
        publish(["inbox", f"conversation:{conversation.pk}"])
    return asked


def _refuse_flood(promise_id: int) -> None:
    hour_ago = clock.now() - timedelta(hours=1)
    written = Message.objects.filter(promise_id=promise_id, direction=Message.Direction.IN)
    if written.filter(received_at__gt=hour_ago).count() >= promises.MOST_IN_AN_HOUR:
        raise promises.RenegotiationError(
            _("Too many messages came from this page just now. Please try again in an hour.")
        )


@transaction.atomic
def questions_answered(*, conversation_id: int, at: datetime) -> int:
    """We have answered at this moment: what had been asked on pages of promises by then, and came here, is taken care
    of. How many questions."""
    about = Message.objects.filter(conversation_id=conversation_id, promise__isnull=False)
    return promises.take_care_of_questions(
        actor=SYSTEM, promise_ids=list(about.values_list("promise_id", flat=True).distinct()), until=at
    )
