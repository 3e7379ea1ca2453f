"""What analytics may copy of the outbox."""

from __future__ import annotations

from mikomi.core.exports import Export
from mikomi.outbox.models import OutgoingMessage

EXPORTS = (
    Export(
        "outgoing",
        OutgoingMessage,
        (
            *("id", "customer_id", "purpose", "channel", "language", "subject_type", "subject_id", "state"),
            *("reason", "created_at", "not_before", "attempts", "sent_at", "actor_id", "changed_at"),
        ),
        watermark="changed_at",
        public_names=("subject_type", "subject_id"),
    ),
)
