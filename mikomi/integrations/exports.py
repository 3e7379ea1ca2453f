"""What analytics may copy of the integrations: imports and calls, as figures; no file, no row of one."""

from __future__ import annotations

from mikomi.core.exports import Export
from mikomi.integrations.models import ImportJob, ShopCall

EXPORTS = (
    Export(
        "imports",
        ImportJob,
        (
            "id",
            "content",
            "format_key",
            "source",
            "store_id",
            "backfill",
            "state",
            "rows_total",
            "rows_done",
            "created_count",
            "changed_count",
            "unchanged_count",
            "skipped_count",
            "actor_id",
            "created_at",
            "started_at",
            "finished_at",
        ),
        watermark="finished_at",  # none while it runs
    ),
    Export("shop_calls", ShopCall, ("id", "connection_id", "topic", "received_at"), watermark="id"),
)
