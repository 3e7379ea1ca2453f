"""A step in an order's life, reported by a person: shipped, delivered, a new estimate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.commerce.models import Milestone, Order
from mikomi.commerce.operations.known import Stored, load
from mikomi.commerce.operations.promising import keep_promises
from mikomi.commerce.operations.shop import view_shop
from mikomi.commerce.operations.writing import Writing, write
from mikomi.commerce.records import OrderRecord
from mikomi.commerce.rules.deciding import Change, Outcome
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.customers.records import PersonRecord

SOURCE = "agent"
BY_HAND = (Milestone.Kind.SHIPPED, Milestone.Kind.DELIVERED, Milestone.Kind.ESTIMATED)


class MilestoneError(ValueError):
    """This step can't be reported. `field` names what is wrong; nothing was changed."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@transaction.atomic
def report_milestone(
    *,
    actor: Actor,
    order_id: int,
    kind: str,
    at: datetime,
    carrier: str = "",
    tracking_number: str = "",
    reason: str = "",
) -> Order:
    """Write down that an order was shipped or delivered at `at`, or is now expected then.

    It follows what follows from the shop's own news: milestone, event, evidence for the promises, search. What the
    source says later still counts. `reason`: why an estimate moved (promises.reasons). Raises `MilestoneError`,
    `Order.DoesNotExist`, `NotAllowedError`.
    """
    actor.require(Permission.ORDERS_EDIT)
    row = Order.objects.select_for_update().get(pk=order_id)
    _refuse(row, kind, at)
    shop = view_shop(source=SOURCE, store_id=row.store_id, backfill=False, run=row.run)
    record = OrderRecord(
        source=row.source,
        external_id=row.external_id,
        number=row.number,
        customer=PersonRecord(),
        currency=row.currency,
        ordered_at=row.ordered_at,
        delay_reason=reason,
    )
    stored = load([(row.source, row.external_id)])[row.source, row.external_id]
    values = {
        name: value for name, value in _values(row, kind, at, carrier, tracking_number).items() if value
    }
    writing = Writing(shop.reader.read(record), _change(stored, values), stored)
    # The right to record orders includes what follows from it in the apps below.
    acting = replace(actor, permissions=frozenset(Permission))
    write(acting, [writing], shop)
    keep_promises(acting, [writing], shop)
    return writing.order


def _refuse(row: Order, kind: str, at: datetime) -> None:
    if kind not in BY_HAND:
        raise MilestoneError("kind", _("Choose what happened."))
    if row.cancelled_at:
        raise MilestoneError("kind", _("This order is cancelled."))
    if row.delivered_at and kind != Milestone.Kind.DELIVERED:
        raise MilestoneError("kind", _("This order has been delivered already."))
    if kind != Milestone.Kind.ESTIMATED and at > clock.now():
        raise MilestoneError("at", _("This moment has not come yet."))
    if at < row.ordered_at:
        raise MilestoneError("at", _("This is before the order was placed."))


def _values(row: Order, kind: str, at: datetime, carrier: str, tracking_number: str) -> dict[str, Any]:
    """The columns that the step changes. What was delivered has been shipped: then at the latest."""
    said = {"carrier": carrier.strip()[:64], "tracking_number": tracking_number.strip()[:128]}
    if kind == Milestone.Kind.ESTIMATED:
        return {**said, "expected_at": at}
    if kind == Milestone.Kind.SHIPPED:
        return {**said, "shipped_at": at, "fulfilment": Order.Fulfilment.SHIPPED.value}
    shipped = row.shipped_at or at
    return {
        **said, "shipped_at": min(shipped, at), "delivered_at": at,
        "fulfilment": Order.Fulfilment.DELIVERED.value,
    }  # fmt: skip


def _change(stored: Stored, values: dict[str, Any]) -> Change:
    """A part of the order's news: lines stay, and so does the mark of what the source said last."""
    differing = {name: value for name, value in values.items() if stored.known.values[name] != value}
    return Change(Outcome.CHANGED, values=differing, parts=tuple(stored.row.parts), is_part=True)
