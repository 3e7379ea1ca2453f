"""What analytics may copy of the desk."""

from __future__ import annotations

from mikomi.conversations.models import Conversation, Message, RecoveryCase, Remedy
from mikomi.core.exports import Export

EXPORTS = (
    Export(
        "conversations",
        Conversation,
        (
            *("id", "customer_id", "channel", "state", "severity", "language", "brand_id", "team_id"),
            *("assignee_id", "created_at", "last_message_at", "waiting_since", "answer_due_at"),
            *("first_answered_at", "snoozed_until", "closed_at", "message_count", "deleted_at", "changed_at"),
        ),
        watermark="changed_at",
    ),
    Export(
        "messages",
        Message,
        (
            *("id", "conversation_id", "direction", "channel", "author_id", "sent_at", "received_at"),
            *("is_automatic", "template_key", "outgoing_id", "handling_seconds"),
        ),
        watermark="id",
    ),
    Export(
        "recoveries",
        RecoveryCase,
        (
            *("id", "promise_id", "conversation_id", "customer_id", "state", "owner_id", "cause"),
            *("apologised_at", "prevention_owner_id", "prevention_due", "prevention_done_at", "follow_up_at"),
            *("follow_up_done_at", "asked_at", "answered_at", "outcome", "cost_minor", "currency"),
            *("opened_at", "closed_at", "reopened_count", "changed_at"),
        ),
        watermark="changed_at",
    ),
    Export(
        "remedies",
        Remedy,
        ("id", "case_id", "kind", "amount_minor", "currency", "granted_by_id", "granted_at"),
        watermark="id",
    ),
)
