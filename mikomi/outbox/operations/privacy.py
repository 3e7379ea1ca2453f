"""A customer's data in the outbox, given out or erased on request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mikomi.core import clock
from mikomi.outbox.models import OutgoingMessage

State = OutgoingMessage.State


def erase(customer_ids: Sequence[int]) -> None:
    """Cancel what has not left, and take words and addresses out of all of it; ids and states stay."""
    rows = OutgoingMessage.objects.filter(customer_id__in=customer_ids)
    now = clock.now()
    rows.filter(state__in=(State.HELD, State.WAITING, State.FAILED)).update(
        state=State.CANCELLED, reason="erased"
    )
    rows.update(
        to_address="", to_name="", subject="", text="", html="", headers={}, file_ids=[], changed_at=now
    )


def export(customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Every message that left for the customer."""
    rows = OutgoingMessage.objects.filter(
        customer_id__in=customer_ids, state=State.SENT, sent_at__isnull=False
    )
    columns = ("purpose", "channel", "to_address", "subject", "text", "sent_at")
    return [
        {**row, "sent_at": row["sent_at"].isoformat()}
        for row in rows.order_by("sent_at", "id").values(*columns)
    ]
