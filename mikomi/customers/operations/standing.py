"""What is known of customers' value, written in bulk by those who know it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import transaction

from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.rows import build
from mikomi.customers.models import Customer, Standing


@dataclass(frozen=True, slots=True)
class PurchaseFigures:
    """What a customer has bought: written by commerce. Amounts in minor units of `currency`."""

    customer_id: int
    currency: str
    spend_minor: int
    order_count: int
    first_order_at: datetime | None
    last_order_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of a customer: written by insights and loyalty."""

    customer_id: int
    chance_of_staying: float | None
    lifetime_value_minor: int | None
    tier: str


Recount = Callable[[Sequence[int]], None]
"""Counts the figures of these living customers anew, over all ids of each (`queries.ids_of_many`)."""

_recounts: dict[str, Recount] = {}


def register_recount(name: str, recount: Recount) -> None:
    """Let `name` be asked for new figures after a merge and its undoing, in the same transaction."""
    if _recounts.get(name, recount) is not recount:
        raise ValueError(f"Recount {name!r} is registered twice.")
    _recounts[name] = recount


def recount(customer_ids: Sequence[int]) -> None:
    """Have the figures of these living customers counted anew by whoever knows them."""
    for function in _recounts.values():
        function(customer_ids)


@transaction.atomic
def write_standing(*, actor: Actor, standings: Sequence[PurchaseFigures] | Sequence[Outlook]) -> None:
    """Write these figures, all of one class, and leave the other columns as they are. Two or three queries.

    Of several for one customer the last counts; customers that don't exist or are erased are left out.
    """
    actor.require(Permission.CUSTOMERS_EDIT)
    newest = {standing.customer_id: standing for standing in standings}
    if not newest:
        return
    now = clock.now()
    known = set(Standing.objects.filter(customer_id__in=newest).values_list("customer_id", flat=True))
    living = set(Customer.objects.filter(pk__in=newest, erased_at=None).values_list("id", flat=True))
    columns = [field.name for field in fields(next(iter(newest.values())))]
    rows = {
        customer_id: build(
            Standing, updated_at=now, **{column: getattr(standing, column) for column in columns}
        )
        for customer_id, standing in newest.items()
        if customer_id in living
    }
    bulk.insert([row for customer_id, row in rows.items() if customer_id not in known])
    changed = [row for customer_id, row in rows.items() if customer_id in known]
    bulk.update(changed, [*(column for column in columns if column != "customer_id"), "updated_at"])
