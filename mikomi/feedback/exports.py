"""What analytics may copy of questions and answers: scores, never words."""

from __future__ import annotations

from mikomi.core.exports import Export
from mikomi.feedback.models import Answer, Invitation

EXPORTS = (
    Export(
        "invitations",
        Invitation,
        ("id", "kind", "customer_id", "conversation_id", "recovery_id", "asked_at", "skipped"),
        watermark="id",
    ),
    Export(
        "answers",
        Answer,
        ("id", "invitation_id", "score", "answered_at", "is_poor", "handled_at", "changed_at"),
        watermark="changed_at",
    ),
)
