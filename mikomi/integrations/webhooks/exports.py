"""What analytics may copy of outgoing webhooks: every attempt and its result; no address, no answer."""

from __future__ import annotations

from mikomi.core.exports import Export
from mikomi.integrations.webhooks.models import Attempt

EXPORTS = (
    Export(
        "webhook_attempts",
        Attempt,
        ("id", "endpoint_id", "event_id", "at", "duration_ms", "status", "reason"),
        watermark="id",
    ),
)
