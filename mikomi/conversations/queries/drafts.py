"""What lies beside an answer that is being written."""

from __future__ import annotations

from mikomi.conversations.models import DraftFile
from mikomi.conversations.queries.visibility import seen_through
from mikomi.core.access.actor import Actor


def draft_files(*, actor: Actor, conversation_id: int) -> list[DraftFile]:
    """The files that this person has put beside their answer in a conversation, with their sizes; one query."""
    rows = DraftFile.objects.filter(
        seen_through(actor, "conversation__"), conversation_id=conversation_id, author_id=actor.user_id or 0
    )
    return list(rows.select_related("file").order_by("id"))
