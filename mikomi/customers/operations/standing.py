"""What is known of customers' value, written by those who know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.rows import build
from mikomi.customers.models import Standing

_FIELDS = ("currency", "spend_minor", "order_count", "first_order_at", "last_order_at", "updated_at")


@dataclass(frozen=True, slots=True)
class PurchaseFigures:
    """What one customer has bought, counted anew: minor units of `currency`."""

    customer_id: int
    currency: str
    spend_minor: int
    order_count: int
    first_order_at: datetime | None
    last_order_at: datetime | None


@transaction.atomic
def write_standing(*, actor: Actor, figures: Sequence[PurchaseFigures]) -> None:
    """Write what customers have bought; the other figures of their standing stay. Three queries."""
    actor.require(Permission.CUSTOMERS_EDIT)
    now = clock.now()
    known = Standing.objects.select_for_update().in_bulk([figure.customer_id for figure in figures])
    fresh = []
    for figure in figures:
        row = known.get(figure.customer_id)
        if row is None:
            row = build(Standing, customer_id=figure.customer_id)
            fresh.append(row)
        row.currency, row.spend_minor, row.order_count = (
            figure.currency,
            figure.spend_minor,
            figure.order_count,
        )
        row.first_order_at, row.last_order_at = figure.first_order_at, figure.last_order_at
        row.updated_at = now
    bulk.insert(fresh)
    bulk.update(list(known.values()), _FIELDS)
