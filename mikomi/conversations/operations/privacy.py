"""A customer's data, given out or erased on request. Ids and figures stay, words and addresses go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mikomi.conversations.models import Conversation, Message, RecoveryCase, Remedy
from mikomi.conversations.operations.handling import erase_words
from mikomi.conversations.operations.owing import release_answer
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM


def erase(customer_ids: Sequence[int]) -> None:
    """Take every word of and about these customers out of the desk, inside the caller's transaction."""
    rows = Conversation.objects.filter(customer_id__in=customer_ids)
    for conversation in rows.filter(waiting_since__isnull=False):
        release_answer(SYSTEM, conversation, "erased")
    ids = list(rows.values_list("pk", flat=True))
    erase_words(ids)
    now = clock.now()
    Conversation.objects.filter(pk__in=ids).update(waiting_since=None, answer_due_at=None, changed_at=now)
    cases = RecoveryCase.objects.filter(conversation_id__in=ids)
    Remedy.objects.filter(case__in=cases).update(note="", detail={})
    cases.update(cause_note="", prevention="", changed_at=now)


def export(customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Every message from and to the customer, for the copy of their data; internal notes are ours."""
    rows = Message.objects.filter(
        conversation__customer_id__in=customer_ids, conversation__deleted_at=None
    ).exclude(direction=Message.Direction.NOTE)
    columns = ("conversation_id", "direction", "channel", "from_address", "subject", "text", "sent_at")
    return [
        {**row, "sent_at": row["sent_at"].isoformat()}
        for row in rows.order_by("sent_at", "id").values(*columns)
    ]
