"""Asking customers how it went, and taking their answers."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction

from mikomi.conversations.models import Conversation
from mikomi.conversations.queries import policy
from mikomi.conversations.queries.visibility import locked
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.live.operations import publish
from mikomi.customers import queries as customers
from mikomi.feedback import events, rules, wording
from mikomi.feedback.models import Answer, Invitation
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage

LONGEST_COMMENT = 10_000


@transaction.atomic
def ask_csat(*, actor: Actor, conversation_id: int, recovery_id: int | None = None) -> Invitation:
    """Ask the customer of a conversation how satisfied they are.

    Not more than once in the days that the business has set; who is not asked gets an invitation that says why
    in `skipped`, and nothing is sent. Asked twice about the same closing: the invitation there is.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    conversation = locked(actor, conversation_id)
    now = clock.now()
    invitation = Invitation(
        token=secrets.token_urlsafe(16),
        customer_id=conversation.customer_id,
        conversation=conversation,
        recovery_id=recovery_id,
        asked_at=now,
    )
    invitation.skipped = _reason_not_to_ask(conversation)
    if not invitation.skipped:
        invitation.outgoing = _post(actor, conversation, invitation)
        if invitation.outgoing.state == OutgoingMessage.State.REFUSED:
            invitation.skipped = invitation.outgoing.reason
    invitation.save(force_insert=True)
    _tell(actor, invitation)
    return invitation


def _reason_not_to_ask(conversation: Conversation) -> str:
    """A code, or empty: nobody is asked too often, nor about a conversation that a machine had with itself."""
    asked = Invitation.objects.filter(
        customer_id__in=customers.ids_of(customers.living_id(conversation.customer_id)), skipped=""
    )
    last = asked.order_by("-asked_at").values_list("asked_at", flat=True).first()
    if not rules.is_rested(last, clock.now(), policy().question_every_days):
        return "asked_recently"
    return "" if conversation.first_answered_at else "never_answered"


def _post(actor: Actor, conversation: Conversation, invitation: Invitation) -> OutgoingMessage:
    letter = wording.csat_letter(conversation, invitation.token)
    message = NewMessage(
        customer_id=conversation.customer_id,
        purpose=OutgoingMessage.Purpose.SURVEY,
        channel="email",
        language=conversation.language,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        headers={"auto_submitted": "auto-generated"},
        once_key=f"csat:{invitation.token}",
        subject_type="conversation",
        subject_id=conversation.pk,
        sender_key=conversation.sender_key,
        team_id=conversation.team_id,
        not_before=clock.now() + timedelta(minutes=policy().question_after_minutes),
    )
    return outbox.post(actor=actor, message=message)


def _tell(actor: Actor, invitation: Invitation) -> None:
    kind = Code(invitation.kind)
    payload: object = events.FeedbackAsked(invitation.pk, kind)
    if invitation.skipped:
        payload = events.FeedbackSkipped(invitation.pk, kind, Code(invitation.skipped))
    record(payload, customer_id=invitation.customer_id, actor_id=actor.user_id)


@transaction.atomic
def withdraw_question(*, actor: Actor, conversation_id: int) -> int:
    """The conversation is open again: a question that has not left yet is not asked. How many there were."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    waiting = (OutgoingMessage.State.WAITING, OutgoingMessage.State.HELD)
    rows = Invitation.objects.filter(conversation_id=conversation_id, skipped="", outgoing__state__in=waiting)
    found = list(rows)
    for invitation in found:
        assert invitation.outgoing_id is not None
        outbox.cancel(actor=actor, outgoing_id=invitation.outgoing_id)
        invitation.skipped = "reopened"
        invitation.save(update_fields=["skipped"])
        _tell(actor, invitation)
    return len(found)


@transaction.atomic
def answer(*, token: str, score: int, comment: str | None = None) -> Answer:
    """Take an answer from the page behind the link. A later one changes it; none as comment leaves the words.

    The first poor answer of an invitation is reported once. Raises `Invitation.DoesNotExist`,
    `rules.InvalidScoreError`.
    """
    rules.check_score(score)
    invitation = Invitation.objects.select_for_update().get(token=token, skipped="")
    now = clock.now()
    found = Answer.objects.filter(invitation=invitation).first() or Answer(invitation=invitation)
    is_change = found.pk is None or found.score != score
    found.score, found.answered_at, found.is_poor = score, now, rules.is_poor(score)
    if comment is not None:
        found.comment = comment.strip()[:LONGEST_COMMENT]
    is_first_poor = found.is_poor and found.reported_poor_at is None
    if is_first_poor:
        found.reported_poor_at = now
    found.save()
    if is_change:
        payload = events.FeedbackAnswered(found.pk, Code(invitation.kind), score)
        record(payload, customer_id=invitation.customer_id)
    if is_first_poor:
        _report_poor(found, invitation)
    return found


def _report_poor(found: Answer, invitation: Invitation) -> None:
    payload = events.FeedbackPoor(found.pk, invitation.conversation_id, invitation.recovery_id, found.score)
    record(payload, customer_id=invitation.customer_id)
    publish(["today"])


@transaction.atomic
def mark_handled(*, actor: Actor, conversation_id: int) -> int:
    """The case that poor answers had reopened is closed: they are taken care of. How many there were."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    rows = Answer.objects.filter(
        invitation__conversation_id=conversation_id, is_poor=True, handled_at=None
    ).select_related("invitation")
    now = clock.now()
    found = list(rows)
    Answer.objects.filter(pk__in=[row.pk for row in found], handled_at=None).update(
        handled_at=now, changed_at=now
    )
    for row in found:
        record(events.FeedbackHandled(row.pk), customer_id=row.invitation.customer_id, actor_id=actor.user_id)
    return len(found)
