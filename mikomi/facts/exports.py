"""What analytics may copy of the facts: the registry, its versions' times, contradictions. There is nothing personal
in them; what a fact says and the texts of pages stay here."""

from __future__ import annotations

from mikomi.core.exports import Export
from mikomi.facts.models import Check, Contradiction, Fact, FactVersion

EXPORTS = (
    Export(
        "facts",
        Fact,
        (
            *(
                "id",
                "key",
                "kind",
                "aspect",
                "scope",
                "brand_id",
                "store_id",
                "product_code",
                "owner_id",
                "feed",
            ),
            *("review_on", "version_number", "created_at", "archived_at", "changed_at"),
        ),
        watermark="changed_at",
    ),
    Export(
        "fact_versions",
        FactVersion,
        ("id", "fact_id", "number", "valid_from", "valid_until", "recorded_at", "actor_id", "source"),
        watermark="id",
    ),
    Export(
        "contradictions",
        Contradiction,
        (
            *(
                "id",
                "what",
                "severity",
                "state",
                "fact_id",
                "touchpoint_id",
                "source",
                "is_former",
                "owner_id",
            ),
            *(
                "wrong_since",
                "first_seen_at",
                "last_seen_at",
                "seen_count",
                "closed_at",
                "closed_because",
                "changed_at",
            ),
        ),
        watermark="changed_at",
    ),
    Export(
        "fact_checks",
        Check,
        (
            *(
                "id",
                "touchpoint_id",
                "state",
                "outcome",
                "started_at",
                "finished_at",
                "seconds",
                "pages_known",
            ),
            *("pages_done", "unchanged", "contradictions"),
        ),
        watermark="id",
    ),
)
