"""Reads of orders. What a surface calls takes the actor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.db.models import F, Prefetch, QuerySet

from mikomi.commerce.models import Milestone, Order, OrderLine, Product, Refund
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.paging import Page, keyset
from mikomi.core.search import queries as search

PAGE = 50
VIEWS = ("all", "to_ship", "under_way", "late", "cancelled")
KIND = "order"


class UnknownViewError(ValueError):
    """There is no such view of the orders; the names are in VIEWS."""


def orders(
    *,
    actor: Actor,
    view: str = "all",
    cursor: str | None = None,
    customer_ids: Collection[int] | None = None,
    store_id: int | None = None,
    text: str = "",
    size: int = PAGE,
) -> Page[Order]:
    """Orders, the newest first, with customer and store. Raises `UnknownViewError`, `InvalidCursorError`.

    `customer_ids`: all ids of a merged customer. `text` finds by number, product and customer.
    """
    actor.require(Permission.ORDERS_VIEW)
    rows = _view(view).select_related("customer", "store")
    if customer_ids is not None:
        rows = rows.filter(customer_id__in=list(customer_ids))
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    if text.strip():
        rows = rows.filter(pk__in=search.ids(actor=actor, text=text, kind=KIND))
    return keyset(rows, ["-ordered_at", "-id"], cursor, size)


def latest_orders(*, actor: Actor, customer_ids: Collection[int], size: int) -> list[Order]:
    """A person's newest orders in short: number, time and total."""
    actor.require(Permission.ORDERS_VIEW)
    rows = Order.objects.filter(customer_id__in=list(customer_ids)).order_by("-ordered_at", "-id")
    return list(rows.only("number", "ordered_at", "total_minor", "currency")[:size])


def product_id(*, actor: Actor, sku: str) -> int | None:
    """The product with this stock-keeping unit; none where there is none."""
    actor.require(Permission.ORDERS_VIEW)
    return Product.objects.filter(sku=sku).values_list("pk", flat=True).first()


def _view(view: str) -> QuerySet[Order]:
    rows = Order.objects.all()
    if view == "all":
        return rows
    if view == "cancelled":
        return rows.filter(cancelled_at__isnull=False)
    rows = rows.filter(cancelled_at=None, delivered_at=None)
    if view == "to_ship":
        return rows.filter(shipped_at=None)
    if view == "under_way":
        return rows.filter(shipped_at__isnull=False)
    if view == "late":
        return rows.filter(promised_at__lt=clock.now())
    raise UnknownViewError(view)


def order(*, actor: Actor, order_id: int) -> Order:
    """One order with lines, milestones and refunds. Raises `Order.DoesNotExist`."""
    actor.require(Permission.ORDERS_VIEW)
    return (
        Order.objects.select_related("customer", "store")
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.order_by("id")),
            Prefetch("milestones", Milestone.objects.order_by("at", "id")),
            Prefetch("refunds", Refund.objects.order_by("at", "id")),
        )
        .get(pk=order_id)
    )


def orders_by_id(*, actor: Actor, ids: Iterable[int]) -> dict[int, Order]:
    """Orders by id, for lists that mention them; one query."""
    actor.require(Permission.ORDERS_VIEW)
    return Order.objects.in_bulk(list(ids))


def purchases_of(customer_ids: Collection[int], since: datetime) -> Iterator[tuple[int, datetime, int]]:
    """Customer, moment and worth (minor units, less what was given back) of the orders of these customers since then
    that count, in the business's currency. For apps above: no actor."""
    rows = Order.objects.filter(
        customer_id__in=list(customer_ids),
        ordered_at__gte=since,
        cancelled_at=None,
        currency=business_queries.business().currency,
    ).exclude(payment=Order.Payment.VOIDED)
    worth = F("total_minor") - F("refunded_minor")
    yield from rows.annotate(worth=worth).values_list("customer_id", "ordered_at", "worth").iterator()
