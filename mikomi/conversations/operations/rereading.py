"""A message read anew from its raw bytes: what was read is put right, what people did with it stays."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from mikomi.conversations import rules
from mikomi.conversations.models import Attachment, Conversation, Message
from mikomi.conversations.operations.indexing import index_messages
from mikomi.conversations.records import IncomingAttachment, IncomingMessage
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.live.operations import publish


@transaction.atomic
def correct_reading(*, actor: Actor, reading: IncomingMessage, dry_run: bool = False) -> list[str]:
    """Bring the message of an arrival to what its channel reads in it now. The names of what changed.

    Its conversation, customer, state, promises and notes are nobody's reading and stay as they are; the channel's own
    marks are replaced, others stay. Raises `Message.DoesNotExist` where the arrival has no message.
    """
    actor.require(Permission.SETTINGS_MANAGE)
    messages = Message.objects.select_for_update(of=("self",)).select_related("conversation")
    message = messages.get(intake_id=reading.intake_id)
    wanted = _wanted(message, reading)
    changed = [name for name, value in wanted.items() if getattr(message, name) != value]
    parts = _parts(message) != [_part(item) for item in reading.attachments]
    if not dry_run and (changed or parts):
        for name in changed:
            setattr(message, name, wanted[name])
        if changed:
            message.save(update_fields=changed)
        if parts:
            _replace_parts(message, reading)
        _follow(message)
    return [*changed, "attachments"] if parts else changed


def _wanted(message: Message, reading: IncomingMessage) -> dict[str, Any]:
    """As `receiving` writes a message; the two must agree."""
    name = reading.from_name or reading.person.name
    return {
        "from_name": name[:300],
        "from_address": (reading.from_address or next(iter(reading.person.emails), ""))[:320],
        "subject": reading.subject[:500],
        "text": reading.text,
        "html": reading.html,
        "sent_at": min(reading.sent_at, message.received_at),
        "is_automatic": reading.is_automatic,
        "marks": {**message.marks, **json.loads(json.dumps(reading.marks))},
    }


_Part = tuple[str, str, int, int | None, str, str]


def _part(item: IncomingAttachment) -> _Part:
    return (
        item.name[:500],
        item.content_type[:100],
        item.size,
        item.file_id,
        item.content_id[:250],
        item.refused,
    )


def _parts(message: Message) -> list[_Part]:
    columns = ("name", "content_type", "size", "file_id", "content_id", "refused")
    return list(message.attachments.order_by("pk").values_list(*columns))


def _replace_parts(message: Message, reading: IncomingMessage) -> None:
    """New rows; a file that no row points at any more stays until the sweep of unused files."""
    message.attachments.all().delete()
    Attachment.objects.bulk_create(
        Attachment(
            message=message, name=name, content_type=kind, size=size, file_id=file_id, content_id=content_id,
            refused=refused,
        )
        for name, kind, size, file_id, content_id, refused in map(_part, reading.attachments)
    )  # fmt: skip


def _follow(message: Message) -> None:
    """What was derived from the words: search, and the excerpt in the list where this is the newest message."""
    conversation = message.conversation
    if conversation.deleted_at is None:
        index_messages([(message, conversation)])
    newest = (
        conversation.messages.exclude(direction=Message.Direction.NOTE).order_by("-sent_at", "-pk").first()
    )
    if newest is not None and newest.pk == message.pk:
        Conversation.objects.filter(pk=conversation.pk).update(
            excerpt=rules.excerpt(message.text), changed_at=clock.now()
        )
    publish([f"conversation:{conversation.pk}"])
