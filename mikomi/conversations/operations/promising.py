"""Promises found in what was written, confirmed by the one who wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from mikomi.conversations.operations.owing import SUBJECT
from mikomi.conversations.queries.visibility import locked
from mikomi.conversations.records import PromiseInAnswer
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.live.operations import publish
from mikomi.promises import operations as promises
from mikomi.promises.models import Promise
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
