"""What the staff does with a conversation besides answering: note, assign, close, reopen, snooze, delete."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.conversations import events, rules
from mikomi.conversations.models import Attachment, Conversation, DraftFile, Message, RecoveryCase
from mikomi.conversations.operations.indexing import (
    forget_conversation,
    index_messages,
    move_to_team,
    reindex_conversation,
)
from mikomi.conversations.operations.owing import change_answer_terms, release_answer
from mikomi.conversations.queries.visibility import locked
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Permission
from mikomi.core.business.models import Team
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.files import operations as files
from mikomi.core.live.operations import publish

State = Conversation.State
KEPT_DELETED = timedelta(days=30)
"""So long a deleted conversation can be brought back; then its words are erased and the tombstone stays."""
SWEPT_AT_ONCE = 100


class DeskError(ValueError):
    """The conversation can't do this; the text says why. Nothing was changed."""


def _published(conversation: Conversation) -> Conversation:
    publish(["inbox", f"conversation:{conversation.pk}"])
    return conversation


@transaction.atomic
def add_note(*, actor: Actor, conversation_id: int, text: str) -> Message:
    """Write an internal note; the customer never sees it."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    conversation = locked(actor, conversation_id)
    if not text.strip():
        raise DeskError(_("Write something first."))
    now = clock.now()
    message = Message.objects.create(
        conversation=conversation,
        direction=Message.Direction.NOTE,
        channel="note",
        author_id=actor.user_id,
        from_name=actor.name[:300],
        text=text,
        sent_at=now,
        received_at=now,
    )
    conversation.message_count += 1
    conversation.last_message_at = now
    conversation.excerpt = rules.excerpt(text)
    conversation.save(update_fields=["message_count", "last_message_at", "excerpt"])
    payload = events.ConversationNoted(message.pk, conversation.pk)
    record(payload, customer_id=conversation.customer_id, actor_id=actor.user_id)
    index_messages([(message, conversation)])
    _published(conversation)
    return message


@transaction.atomic
def assign(
    *, actor: Actor, conversation_id: int, assignee_id: int | None, team_id: int | None = None
) -> Conversation:
    """Give a conversation to a colleague, to a team, or (both none) to nobody and everybody.

    Raises `DeskError` for a colleague or team that doesn't exist or a colleague who couldn't see it.
    """
    actor.require(Permission.CONVERSATIONS_ASSIGN)
    conversation = locked(actor, conversation_id)
    _refuse_wrong_assignee(assignee_id, team_id)
    moved = conversation.team_id != team_id
    conversation.assignee_id, conversation.team_id = assignee_id, team_id
    conversation.save(update_fields=["assignee_id", "team"])
    payload = events.ConversationAssigned(conversation.pk, assignee_id, team_id)
    record(payload, customer_id=conversation.customer_id, actor_id=actor.user_id)
    if moved:
        move_to_team(conversation)
    return _published(conversation)


def _refuse_wrong_assignee(assignee_id: int | None, team_id: int | None) -> None:
    if team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise DeskError(_("There is no such team."))
    if assignee_id is None:
        return
    user = User.objects.filter(pk=assignee_id, is_active=True).first()
    if user is None or not user.as_actor().may(Permission.CONVERSATIONS_ANSWER):
        raise DeskError(_("This colleague can't answer customers."))
    colleague = user.as_actor()
    if team_id is not None and not colleague.sees_all_teams and team_id not in colleague.team_ids:
        raise DeskError(_("This colleague is not in the team of the conversation."))


@transaction.atomic
def close(*, actor: Actor, conversation_id: int) -> Conversation:
    """Close a conversation. Refused while a recovery in it is open: the customer's word comes first."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    conversation = locked(actor, conversation_id)
    if conversation.state == State.CLOSED:
        return conversation
    close_locked(actor, conversation)
    return _published(conversation)


def has_open_recovery(conversation: Conversation) -> bool:
    """Whether something in it is still being made good."""
    return conversation.recoveries.exclude(state=RecoveryCase.State.CLOSED).exists()


def close_locked(actor: Actor, conversation: Conversation) -> None:
    """Close a conversation that the caller holds. Raises `DeskError` while a recovery is open."""
    if has_open_recovery(conversation):
        raise DeskError(
            _(
                "A recovery in this conversation is open: ask the customer whether it is solved, then close it."
            )
        )
    release_answer(actor, conversation, "closed")
    conversation.state, conversation.closed_at = State.CLOSED, clock.now()
    conversation.snoozed_until = conversation.waiting_since = conversation.answer_due_at = None
    conversation.save()
    payload = events.ConversationClosed(conversation.pk, Code(conversation.channel))
    record(payload, customer_id=conversation.customer_id, actor_id=actor.user_id)


@transaction.atomic
def reopen(*, actor: Actor, conversation_id: int, reason: str = "by_person") -> Conversation:
    """Open a closed or snoozed conversation again."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    conversation = locked(actor, conversation_id)
    if conversation.state != State.OPEN:
        reopen_locked(actor, conversation, reason)
    return _published(conversation)


def reopen_locked(actor: Actor, conversation: Conversation, reason: str) -> None:
    """Reopen a conversation that the caller holds."""
    conversation.state, conversation.closed_at, conversation.snoozed_until = State.OPEN, None, None
    conversation.save(update_fields=["state", "closed_at", "snoozed_until"])
    payload = events.ConversationReopened(conversation.pk, Code(reason))
    record(payload, customer_id=conversation.customer_id, actor_id=actor.user_id)


@transaction.atomic
def snooze(*, actor: Actor, conversation_id: int, until: datetime) -> Conversation:
    """Put a conversation aside until a moment. An answer that is owed stays owed: the customer still waits."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    conversation = locked(actor, conversation_id)
    if until <= clock.now():
        raise DeskError(_("Choose a moment that is still to come."))
    if conversation.state == State.CLOSED:
        raise DeskError(_("A closed conversation can't be put aside; reopen it first."))
    conversation.state, conversation.snoozed_until = State.SNOOZED, until
    conversation.save(update_fields=["state", "snoozed_until"])
    payload = events.ConversationSnoozed(conversation.pk)
    record(payload, customer_id=conversation.customer_id, actor_id=actor.user_id)
    return _published(conversation)


def wake_snoozed(worker: str = "") -> int:
    """The sweep: conversations whose moment has come are open again. How many there were."""
    now = clock.now()
    due = Conversation.objects.filter(state=State.SNOOZED, snoozed_until__lte=now, deleted_at=None)
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True).order_by("snoozed_until")[:SWEPT_AT_ONCE])
        Conversation.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.OPEN, snoozed_until=None, changed_at=now
        )
        for row in rows:
            record(events.SnoozeOver(row.pk), customer_id=row.customer_id)
        publish(["inbox"])
    return len(rows)


@transaction.atomic
def set_severity(*, actor: Actor, conversation_id: int, severity: str) -> Conversation:
    """Say how grave it is; when the answer is owed follows from it."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    conversation = locked(actor, conversation_id)
    if severity not in Conversation.Severity.values:
        raise DeskError(_("There is no such severity."))
    if severity != conversation.severity:
        conversation.severity = severity
        change_answer_terms(actor, conversation)
        conversation.save(update_fields=["severity", "answer_due_at"])
    return _published(conversation)


@transaction.atomic
def delete(*, actor: Actor, conversation_id: int) -> None:
    """Delete a conversation. A tombstone stays, so that the next poll doesn't bring it back."""
    actor.require(Permission.CONVERSATIONS_ASSIGN)
    conversation = locked(actor, conversation_id)
    release_answer(actor, conversation, "deleted")
    conversation.deleted_at = clock.now()
    conversation.waiting_since = conversation.answer_due_at = None
    conversation.save(update_fields=["deleted_at", "waiting_since", "answer_due_at"])
    forget_conversation(conversation)
    _published(conversation)


@transaction.atomic
def restore(*, actor: Actor, conversation_id: int) -> Conversation:
    """Bring a deleted conversation back while its words are still there. Raises `Conversation.DoesNotExist`."""
    actor.require(Permission.CONVERSATIONS_ASSIGN)
    gone = Conversation.objects.filter(deleted_at__isnull=False, joined_into=None)
    conversation = gone.select_for_update().get(pk=conversation_id)
    if conversation.deleted_at and conversation.deleted_at <= clock.now() - KEPT_DELETED:
        raise DeskError(_("The words of this conversation have been erased."))
    conversation.deleted_at = None
    conversation.save(update_fields=["deleted_at"])
    locked(actor, conversation_id)
    reindex_conversation(conversation)
    return _published(conversation)


def erase_deleted(worker: str = "") -> int:
    """The sweep: erase the words of conversations deleted long ago; ids stay as tombstones. How many there were."""
    ids = list(
        Conversation.objects.filter(deleted_at__lte=clock.now() - KEPT_DELETED, message_count__gt=0)
        .order_by("deleted_at")
        .values_list("pk", flat=True)[:SWEPT_AT_ONCE]
    )
    if ids:
        erase_words(ids)
    return len(ids)


@transaction.atomic
def erase_words(conversation_ids: list[int]) -> None:
    """Take every word, file and address out of these conversations."""
    parts = Attachment.objects.filter(message__conversation_id__in=conversation_ids)
    drafts = DraftFile.objects.filter(conversation_id__in=conversation_ids)
    file_ids = [*parts.values_list("file_id", flat=True), *drafts.values_list("file_id", flat=True)]
    parts.delete()
    drafts.delete()
    files.delete_unused([file_id for file_id in file_ids if file_id is not None])
    Message.objects.filter(conversation_id__in=conversation_ids).update(
        text="", html="", subject="", from_name="", from_address="", marks={}
    )
    Conversation.objects.filter(pk__in=conversation_ids).update(
        subject="", excerpt="", message_count=0, changed_at=clock.now()
    )
