"""What analytics may copy of the channels: when what arrived and what became of it; no sender, no subject."""

from __future__ import annotations

from mikomi.channels.models import Intake
from mikomi.core.exports import Export

EXPORTS = (
    Export(
        "arrivals",
        Intake,
        (
            "id",
            "channel",
            "mailbox_id",
            "raw_size",
            "received_at",
            "arrived_at",
            "state",
            "reason",
            "attempts",
            "conversation_id",
            "finished_at",
        ),
        watermark="finished_at",  # none until its end is decided: only then there is something to count
    ),
)
