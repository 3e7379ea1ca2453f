"""What analytics may copy of the ledger: codes, moments and figures; statements and notes stay here."""

from __future__ import annotations

from mikomi.core.exports import Export
from mikomi.promises.models import Evidence, Promise, PromiseVersion, Slip

EXPORTS = (
    Export(
        "promises",
        Promise,
        (
            "id",
            "kind",
            "expectation",
            "audience",
            "customer_id",
            "segment_id",
            "origin",
            "published_at",
            "norm_of",
            "cited_on",
            "valid_until",
            "subject_type",
            "subject_id",
            "is_internal",
            "maker_id",
            "keeper_id",
            "team_id",
            "source",
            "group_key",
            "made_at",
            "first_due_at",
            "due_at",
            "by_day",
            "in_working_time",
            "version_number",
            "expected_at",
            "state",
            "risk",
            "met_at",
            "decided_at",
            "is_exceeded",
            "renegotiated_at",
            "taken_share",
            "recovered_at",
            "backfill",
            "updated_at",
        ),
        watermark="updated_at",
        # The generic reference to what the promise is about: a kind and an id.
        public_names=("subject_type", "subject_id"),
    ),
    Export(
        "promise_versions",
        PromiseVersion,
        ("id", "promise_id", "number", "due_at", "reason", "actor_id", "at", "known_at"),
        watermark="id",
    ),
    Export(
        "promise_evidence",
        Evidence,
        (
            "id",
            "promise_id",
            "kind",
            "occurred_at",
            "known_at",
            "expected_at",
            "reading",
            "reason",
            "source",
            "actor_id",
        ),
        watermark="id",
    ),
    Export(
        "promise_slips",
        Slip,
        ("id", "promise_id", "version_number", "noticed_at", "expected_at", "reason", "outgoing_id"),
        watermark="id",
    ),
)
