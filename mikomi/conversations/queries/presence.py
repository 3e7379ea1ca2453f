"""Who else is at a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from mikomi.conversations.models import Message, Presence
from mikomi.conversations.queries.visibility import visible
from mikomi.core import clock
from mikomi.core.access.actor import Actor

LOOKS_FOR = timedelta(seconds=45)
"""An open page says every 20 seconds that it is open; two of these may be lost."""
WRITES_FOR = timedelta(seconds=12)
"""Who types says so every 5 seconds."""


@dataclass(frozen=True, slots=True)
class Present:
    """A colleague at the same conversation."""

    name: str
    is_writing: bool


def present(*, actor: Actor, conversation_id: int) -> list[Present]:
    """The others who have it open now, who writes first. Raises `Conversation.DoesNotExist`."""
    visible(actor).only("pk").get(pk=conversation_id)
    now = clock.now()
    rows = Presence.objects.filter(conversation_id=conversation_id, seen_at__gte=now - LOOKS_FOR)
    others = rows.exclude(user_id=actor.user_id or 0).select_related("user").order_by("user__name", "user_id")
    found = [
        Present(str(row.user), row.writing_at is not None and row.writing_at >= now - WRITES_FOR)
        for row in others
    ]
    return sorted(found, key=lambda one: not one.is_writing)


def answered_since(*, actor: Actor, conversation_id: int, seen_message_id: int) -> Message | None:
    """The newest answer of somebody else after the message that the actor has seen last."""
    visible(actor).only("pk").get(pk=conversation_id)
    later = Message.objects.filter(
        conversation_id=conversation_id, direction=Message.Direction.OUT, pk__gt=seen_message_id
    )
    return later.exclude(author_id=actor.user_id).order_by("-pk").first()
