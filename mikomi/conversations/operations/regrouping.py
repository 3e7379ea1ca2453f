"""A person splits a conversation or joins two. It stays so: what comes later follows the decision.

Messages move with their outgoing mails and arrivals, so that replies find them (`queries/places.py`). Every act is a
`Regrouping` row, an event, a line in the access log, and can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.conversations import events, places, rules
from mikomi.conversations.models import Conversation, DraftFile, Message, RecoveryCase, Regrouping
from mikomi.conversations.operations.handling import DeskError
from mikomi.conversations.operations.indexing import index_messages
from mikomi.conversations.operations.owing import SUBJECT, Owed, answer_promise, owe_answers, release_answer
from mikomi.conversations.queries.visibility import locked, seen_through, visible
from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.operations import record
from mikomi.core.live.operations import publish
from mikomi.outbox import operations as outbox

State = Conversation.State
Direction = Message.Direction
Kind = Regrouping.Kind


@transaction.atomic
def split(*, actor: Actor, message_id: int, with_later: bool = True, subject: str = "") -> Regrouping:
    """Move a message, with those after it or alone, into a conversation of its own.

    `subject` empty: that of the message. Raises `DeskError`, `Message.DoesNotExist`.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    first = Message.objects.filter(seen_through(actor, "conversation__")).get(pk=message_id)
    source = locked(actor, first.conversation_id)
    everything = list(source.messages.order_by("sent_at", "id"))
    place = [row.pk for row in everything].index(first.pk)
    moving = everything[place:] if with_later else [first]
    if len(moving) == len(everything):
        raise DeskError(_("Nothing would be left of this conversation. Choose a later message."))
    target = Conversation.objects.create(**_like(source, first, subject))
    return _regroup(actor, Kind.SPLIT, source, target, moving)


def _like(source: Conversation, first: Message, subject: str) -> dict[str, object]:
    """The columns of a conversation that is split off with `first` as its beginning."""
    return {
        "customer_id": source.customer_id,
        "subject": (subject.strip() or first.subject or source.subject)[:500],
        "channel": source.channel if first.direction == Direction.NOTE else first.channel,
        "severity": source.severity,
        "language": source.language,
        "brand_id": source.brand_id,
        "team_id": source.team_id,
        "assignee_id": source.assignee_id,
        "sender_key": source.sender_key,
        "created_at": first.sent_at,
        "last_message_at": first.sent_at,
    }


@transaction.atomic
def join(*, actor: Actor, conversation_id: int, into_id: int) -> Regrouping:
    """Join a conversation into another one of the same customer; it lives on there.

    Raises `DeskError`, `Conversation.DoesNotExist`.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    if conversation_id == into_id:
        raise DeskError(_("A conversation can't be joined with itself."))
    source, target = _both(actor, conversation_id, into_id)
    if _person(source) != _person(target):
        raise DeskError(
            _("These are conversations of two customers. If they are one person, merge the customers first.")
        )
    if target.state == State.CLOSED and source.state != State.CLOSED:
        target.state, target.closed_at = State.OPEN, None
        target.save(update_fields=["state", "closed_at"])
    return _regroup(actor, Kind.JOINED, source, target, list(source.messages.order_by("sent_at", "id")))


def _both(actor: Actor, first: int, second: int) -> tuple[Conversation, Conversation]:
    """Both conversations, locked in the order of their ids so that two people never wait for each other."""
    rows = {pk: locked(actor, pk) for pk in sorted((first, second))}
    return rows[first], rows[second]


def _person(conversation: Conversation) -> int:
    return conversation.customer.merged_into_id or conversation.customer_id


def _regroup(
    actor: Actor, kind: Kind, source: Conversation, target: Conversation, moving: Sequence[Message]
) -> Regrouping:
    row = Regrouping.objects.create(
        kind=kind,
        source=source,
        target=target,
        message_ids=[message.pk for message in moving],
        actor_id=actor.user_id,
        at=clock.now(),
    )
    if kind == Kind.JOINED:
        row.detail = {
            "recovery_ids": list(source.recoveries.values_list("pk", flat=True)),
            "state": source.state,
        }
        row.save(update_fields=["detail"])
    _move(actor, moving, source, target, whole=kind == Kind.JOINED)
    made = events.ConversationSplit if kind == Kind.SPLIT else events.ConversationsJoined
    _note(actor, row, made(source.pk, target.pk, len(moving)), f"conversation.{kind.value}")
    return row


@transaction.atomic
def undo(*, actor: Actor, regrouping_id: int) -> Regrouping:
    """Undo a split (all of it goes back) or a join (what was joined goes back; what came since stays).

    Raises `DeskError` when it was undone or changed since, `Regrouping.DoesNotExist`.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    row = Regrouping.objects.get(pk=regrouping_id)
    _refuse_unseen(actor, row)
    if not Regrouping.objects.filter(pk=row.pk, undone_at=None).update(undone_at=clock.now()):
        raise DeskError(_("This was undone already."))
    if row.kind == Kind.SPLIT:
        _undo_split(actor, row)
    else:
        _undo_join(actor, row)
    told = events.RegroupingUndone(row.source_id, row.target_id)
    _note(actor, row, told, "conversation.regrouping_undone")
    row.refresh_from_db()
    return row


def _refuse_unseen(actor: Actor, row: Regrouping) -> None:
    """Where the messages go back to (a split), or where they are (a join), must be there for this person."""
    home, other = row.source_id, row.target_id
    if row.kind == Kind.JOINED:
        home, other = other, home
    seen = set(visible(actor).filter(pk__in=(home, other)).values_list("pk", flat=True))
    if not seen:
        raise Regrouping.DoesNotExist
    if home not in seen:
        raise DeskError(_("The conversation that it came from was deleted or joined into another since."))


def _undo_split(actor: Actor, row: Regrouping) -> None:
    source, target = _both(actor, row.source_id, row.target_id)
    _move(actor, list(target.messages.all()), target, source, whole=True)


def _undo_join(actor: Actor, row: Regrouping) -> None:
    target = locked(actor, row.target_id)
    source = Conversation.objects.select_for_update().get(pk=row.source_id)
    if source.joined_into_id != target.pk:
        raise DeskError(_("The conversation was changed since; this can't be undone any more."))
    source.deleted_at, source.joined_into = None, None
    source.state = str(row.detail.get("state", State.OPEN))
    source.save(update_fields=["deleted_at", "joined_into", "state"])
    RecoveryCase.objects.filter(pk__in=row.detail.get("recovery_ids", [])).update(
        conversation=source, changed_at=clock.now()
    )
    moving = list(target.messages.filter(pk__in=row.message_ids))
    _move(actor, moving, target, source, whole=False)


def _move(
    actor: Actor, moving: Sequence[Message], source: Conversation, target: Conversation, *, whole: bool
) -> None:
    """Put messages with all that hangs on them into another conversation. `whole`: nothing is left of the source."""
    ids = [message.pk for message in moving]
    Message.objects.filter(pk__in=ids).update(conversation=target)
    sent = list(
        Message.objects.filter(pk__in=ids, outgoing__isnull=False).values_list("outgoing_id", flat=True)
    )
    outbox.change_subject(
        outgoing_ids=[pk for pk in sent if pk is not None], subject_type=SUBJECT, subject_id=target.pk
    )
    places.tell([row.intake_id for row in moving if row.intake_id is not None], target.pk)
    if whole:
        _empty(actor, source, target)
    else:
        _settle(actor, source)
    _settle(actor, target)
    index_messages([(message, target) for message in moving])
    publish(["inbox", f"conversation:{source.pk}", f"conversation:{target.pk}"])


def _empty(actor: Actor, source: Conversation, target: Conversation) -> None:
    """What is left of a conversation that went into another: a pointer. Its recoveries and drafts go along."""
    release_answer(actor, source, "joined")
    source.recoveries.update(conversation=target, changed_at=clock.now())
    DraftFile.objects.filter(conversation=source).update(conversation=target)
    source.deleted_at, source.joined_into = clock.now(), target
    source.waiting_since = source.answer_due_at = None
    source.message_count = 0
    source.save()


def _settle(actor: Actor, conversation: Conversation) -> None:
    """Make the columns of a conversation agree with the messages in it: who waits, what is owed, the newest words."""
    rows = list(conversation.messages.order_by("sent_at", "id"))
    answers = [row for row in rows if row.direction == Direction.OUT and not row.marks.get("scheduled")]
    conversation.message_count = len(rows)
    conversation.first_answered_at = answers[0].sent_at if answers else None
    if rows:
        conversation.last_message_at = rows[-1].sent_at
        conversation.excerpt = rules.excerpt(rows[-1].text)
    _settle_waiting(actor, conversation, rows, answers)
    conversation.save()


def _settle_waiting(
    actor: Actor, conversation: Conversation, rows: list[Message], answers: list[Message]
) -> None:
    last = answers[-1] if answers else None
    asked = (row for row in rows if row.direction == Direction.IN and not row.is_automatic)
    open_questions = (row for row in asked if last is None or (row.sent_at, row.pk) > (last.sent_at, last.pk))
    question = next(open_questions, None) if conversation.state != State.CLOSED else None
    promise = answer_promise(conversation.pk)
    if question is None:
        if promise is not None:
            release_answer(actor, conversation, "regrouped")
        conversation.waiting_since = conversation.answer_due_at = None
        return
    conversation.waiting_since = rules.waiting_since(question.sent_at, question.received_at)
    if promise is not None:
        conversation.answer_due_at = promise.due_at
    else:
        owe_answers([Owed(conversation, question.channel, conversation.waiting_since)])


def _note(actor: Actor, row: Regrouping, payload: object, action: str) -> None:
    record(payload, customer_id=row.target.customer_id, actor_id=actor.user_id)
    detail = {"into": row.target_id, "messages": len(row.message_ids), "regrouping": row.pk}
    access.log(action, actor=actor, subject_type=SUBJECT, subject_id=row.source_id, detail=detail)
