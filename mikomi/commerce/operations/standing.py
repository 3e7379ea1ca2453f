"""What customers have bought, counted anew from the rows, so that repeats and changes can't add up wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum

from mikomi.commerce.models import Order
from mikomi.core.access.actor import SYSTEM
from mikomi.core.business import queries as business_queries
from mikomi.customers.operations.standing import PurchaseFigures, write_standing
from mikomi.customers.queries.merged import ids_of_many

COUNTED = frozenset({"currency", "total_minor", "refunded_minor", "payment", "ordered_at", "cancelled_at"})
"""The columns of an order on which the figures rest."""


def refresh_standing(customer_ids: Sequence[int]) -> None:
    """Write spend, number and dates of the orders of these persons, over all their merged records.

    Counted are orders that were neither cancelled nor voided; spend is what was paid less what was given back, of
    orders in the currency of the business. A constant number of queries.
    """
    if not customer_ids:
        return
    currency = business_queries.business().currency
    families = {ids[0]: ids for ids in ids_of_many(customer_ids).values()}
    sums = _sums([key for ids in families.values() for key in ids], currency)
    write_standing(
        actor=SYSTEM,
        standings=[
            _figures(living, [sums[key] for key in ids if key in sums], currency)
            for living, ids in sorted(families.items())
        ],
    )


def _sums(customer_ids: Sequence[int], currency: str) -> dict[int, dict[str, Any]]:
    valid = Order.objects.filter(customer_id__in=customer_ids, cancelled_at=None)
    sums = (
        valid.exclude(payment=Order.Payment.VOIDED)
        .order_by()
        .values("customer_id")
        .annotate(
            spend=Sum(F("total_minor") - F("refunded_minor"), filter=Q(currency=currency)),
            count=Count("id"),
            first=Min("ordered_at"),
            last=Max("ordered_at"),
        )
    )
    return {row["customer_id"]: dict(row) for row in sums}


def _figures(customer_id: int, rows: Sequence[dict[str, Any]], currency: str) -> PurchaseFigures:
    firsts: list[datetime] = [row["first"] for row in rows]
    lasts: list[datetime] = [row["last"] for row in rows]
    return PurchaseFigures(
        customer_id=customer_id,
        currency=currency,
        spend_minor=sum(row["spend"] or 0 for row in rows),
        order_count=sum(row["count"] for row in rows),
        first_order_at=min(firsts, default=None),
        last_order_at=max(lasts, default=None),
    )
