"""What analytics may copy of customers: ids, moments, figures and codes; nobody can be told from it."""

from __future__ import annotations

from mikomi.core.exports import Export
from mikomi.customers.models import Consent, Customer, Membership, Standing

EXPORTS = (
    Export(
        "customers",
        Customer,
        (
            "id",
            "language",
            "came_from",
            "first_seen_at",
            "created_at",
            "updated_at",
            "merged_into_id",
            "erased_at",
        ),
        watermark="updated_at",
    ),
    Export(
        "standings",
        Standing,
        (
            "customer_id",
            "currency",
            "spend_minor",
            "order_count",
            "first_order_at",
            "last_order_at",
            "chance_of_staying",
            "lifetime_value_minor",
            "tier",
            "updated_at",
        ),
        watermark="updated_at",
    ),
    Export("consents", Consent, ("id", "customer_id", "channel", "purpose", "granted", "at"), watermark="id"),
    Export("memberships", Membership, ("id", "segment_id", "customer_id", "since"), watermark="id"),
)
