"""What the desk says to the registries below it, once at start-up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from mikomi.conversations import own_texts
from mikomi.conversations.exports import EXPORTS
from mikomi.conversations.models import Attachment, DraftFile
from mikomi.conversations.operations import drafting, handling, presence, privacy, recovery
from mikomi.conversations.operations.indexing import KIND
from mikomi.core import exports
from mikomi.core.access.rules import Permission
from mikomi.core.files import references
from mikomi.core.search import kinds
from mikomi.core.work import registry
from mikomi.customers import erasure, portability
from mikomi.facts import sources


def register() -> None:
    """Called by the app's `ready`."""
    kinds.register(KIND, Permission.CONVERSATIONS_VIEW)
    exports.register(*EXPORTS)
    sources.register(own_texts.SOURCE)
    erasure.register("conversations", privacy.erase)
    portability.register("messages", privacy.export)
    references.register("conversations.attachments", files_in_use)
    registry.schedule("conversations.presence", timedelta(days=1), presence.forget_presence)
    registry.duty("conversations.wake", timedelta(seconds=20), "quick", handling.wake_snoozed)
    registry.duty("conversations.follow_ups", timedelta(seconds=60), "quick", recovery.follow_ups_due)
    registry.duty("conversations.drafts", timedelta(hours=1), "quick", drafting.forget_old_drafts)
    registry.duty("conversations.erase", timedelta(hours=1), "quick", handling.erase_deleted)


def files_in_use(file_ids: Sequence[int]) -> Iterable[int | None]:
    """The stored files that are attached to a message, or lie beside an answer not sent yet."""
    for model in (Attachment, DraftFile):
        yield from model.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True)
