"""What analytics may copy of questions, answers and small surprises: scores and states, never words."""

from __future__ import annotations

from mikomi.core.exports import Export
from mikomi.feedback.models import Answer, Invitation, Surprise

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
    Export(
        "surprises",
        Surprise,
        (
            "id",
            "plan_id",
            "customer_id",
            "kind",
            "reason",
            "promise_id",
            "state",
            "cost_minor",
            "weight",
            "proposed_at",
            "decided_at",
            "done_at",
            "outgoing_id",
            "measured_at",
            "came_back",
            "changed_at",
        ),
        watermark="changed_at",
    ),
)
