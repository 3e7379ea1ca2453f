"""Who is looking at a conversation now, and who is writing in it, so that two don't answer the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from mikomi.conversations.models import Message, Presence
from mikomi.conversations.queries.presence import LOOKS_FOR, WRITES_FOR
from mikomi.conversations.queries.visibility import visible
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.live.operations import publish

FORGOTTEN_AFTER = timedelta(days=1)


@transaction.atomic
def note_presence(*, actor: Actor, conversation_id: int, writes: bool = False) -> None:
    """Note that the actor has the conversation open, and whether they type. It ends by itself after a while.

    The others' pages are told only of a change. Raises `Conversation.DoesNotExist`, also for another team's.
    """
    visible(actor).only("pk").get(pk=conversation_id)
    if actor.user_id is None:
        return
    now = clock.now()
    row, is_new = Presence.objects.get_or_create(
        conversation_id=conversation_id, user_id=actor.user_id, defaults={"seen_at": now}
    )
    came = is_new or row.seen_at < now - LOOKS_FOR
    began = writes and (row.writing_at is None or row.writing_at < now - WRITES_FOR)
    Presence.objects.filter(pk=row.pk).update(
        seen_at=now,
        writing_at=now if writes else row.writing_at,
        worked_seconds=F("worked_seconds") + _open_since(row, now),
    )
    if came or began:
        publish([topic(conversation_id)])


def take_handling_time(*, actor: Actor, conversation_id: int) -> int | None:
    """How many seconds the actor had the conversation open for what they write now, their last answer in it aside;
    none where no page of theirs said so. Called as the answer is written: the time counts for one answer."""
    if actor.user_id is None:
        return None
    now = clock.now()
    rows = Presence.objects.filter(conversation_id=conversation_id, user_id=actor.user_id)
    row = rows.first()
    if row is None:
        return None
    rows.update(seen_at=now, worked_seconds=0.0)
    return round(row.worked_seconds + _open_since(row, now))


def give_back_handling_time(message: Message) -> None:
    """An answer was taken back: its time counts for the next one."""
    if message.handling_seconds is not None:
        rows = Presence.objects.filter(
            conversation_id=message.conversation_id, user_id=message.author_id or 0
        )
        rows.update(worked_seconds=F("worked_seconds") + message.handling_seconds)
        message.handling_seconds = None


def _open_since(row: Presence, now: datetime) -> float:
    """The seconds since the page was heard of last; 0 where it was gone meanwhile."""
    return (now - row.seen_at).total_seconds() if now - LOOKS_FOR <= row.seen_at <= now else 0.0


def topic(conversation_id: int) -> str:
    """What open pages of a conversation listen to."""
    return f"presence:{conversation_id}"


def forget_presence() -> int:
    """Delete who has not been there for a day. Returns how many."""
    return Presence.objects.filter(seen_at__lt=clock.now() - FORGOTTEN_AFTER).delete()[0]
