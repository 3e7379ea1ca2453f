"""Orders as pages show them: the list, and one order with its promises and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mikomi.commerce import queries as commerce
from mikomi.commerce.models import Order
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.paging import Page
from mikomi.customers import queries as customers
from mikomi.customers.queries.display import Display
from mikomi.promises.queries.lists import listed
from mikomi.promises.queries.visible import visible as visible_promises
from mikomi.screens import timeline
from mikomi.screens.promises import PromiseRow, rows_of
from mikomi.screens.timeline import Entry

SUBJECT = commerce.KIND


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in a list. `state`: unfulfilled, partial, shipped, delivered or cancelled; `customer` none: a sale
    without a name; `is_late`: the promised date is over and it has not arrived."""

    order: Order
    customer: Display | None
    state: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class OrderScreen:
    """The page of one order. `promises` are those that the actor may see; `missing`: pieces that it goes without, by
    product."""

    row: OrderRow
    missing: dict[int, int]
    promises: list[PromiseRow]
    entries: list[Entry]


def orders(
    *,
    actor: Actor,
    view: str = "all",
    cursor: str | None = None,
    store_id: int | None = None,
    text: str = "",
) -> Page[OrderRow]:
    """A page of the orders; a constant number of queries. Raises `UnknownViewError`, `InvalidCursorError`."""
    page = commerce.orders(actor=actor, view=view, cursor=cursor, store_id=store_id, text=text)
    return page.with_items(rows(page.items))


def rows(found: list[Order]) -> list[OrderRow]:
    """Orders as lists show them, with their customers' names in two queries."""
    shown = customers.display_ids([row.customer_id for row in found])
    now = clock.now()
    return [
        OrderRow(row, shown.get(row.customer_id or 0), state_of(row), _is_late(row, now)) for row in found
    ]


def state_of(row: Order) -> str:
    """How an order stands, in one code."""
    if row.cancelled_at:
        return "cancelled"
    if row.delivered_at:
        return Order.Fulfilment.DELIVERED.value
    return Order.Fulfilment.SHIPPED.value if row.shipped_at else row.fulfilment


def _is_late(row: Order, now: datetime) -> bool:
    if row.cancelled_at or row.delivered_at or row.promised_at is None:
        return False
    return row.promised_at < now


def order(*, actor: Actor, order_id: int) -> OrderScreen:
    """One order; a constant number of queries. Raises `Order.DoesNotExist`."""
    row = commerce.order(actor=actor, order_id=order_id)
    owed = []
    if actor.may(Permission.PROMISES_VIEW):
        about = visible_promises(actor).filter(subject_type=SUBJECT, subject_id=order_id)
        owed = listed(list(about.select_related("customer").order_by("due_at", "id")))
    return OrderScreen(
        row=rows([row])[0],
        missing={
            part.product.pk: part.pieces
            for part in commerce.missing(actor=actor, order_ids=[order_id]).get(order_id, [])
        },
        promises=rows_of(owed),
        entries=timeline.of_subject(actor=actor, subject_type=SUBJECT, subject_id=order_id),
    )
