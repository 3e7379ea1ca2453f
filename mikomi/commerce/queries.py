"""Reads of orders. What a surface calls takes the actor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet

from mikomi.commerce.models import Milestone, Order, OrderLine, Product, Refund
from mikomi.commerce.rules.stock import Standing
from mikomi.commerce.stock import Missing, missing_for, standings
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.kept import kept
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


@kept("customer_ids")
def latest_orders(*, actor: Actor, customer_ids: list[int], size: int) -> QuerySet[Order]:
    """A person's newest orders in short: number, time and total."""
    actor.require(Permission.ORDERS_VIEW)
    rows = Order.objects.filter(customer__id__in=customer_ids).order_by("-ordered_at", "-id")
    return rows.only("number", "ordered_at", "total_minor", "currency")[:size]


def product_id(*, actor: Actor, sku: str) -> int | None:
    """The product with this stock-keeping unit; none where there is none."""
    actor.require(Permission.ORDERS_VIEW)
    return Product.objects.filter(sku=sku).values_list("pk", flat=True).first()


PRODUCT_VIEWS = ("all", "short", "out", "uncounted", "discontinued")


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product and how its stock stands; none: nobody counts it."""

    product: Product
    standing: Standing | None


def products(
    *, actor: Actor, view: str = "all", text: str = "", cursor: str | None = None, size: int = PAGE
) -> Page[ProductRow]:
    """Products by their SKU. `text` finds in SKU and name. Raises `UnknownViewError`, `InvalidCursorError`.

    `short`: ordered beyond what is on hand; `out`: nothing left to promise.
    """
    actor.require(Permission.ORDERS_VIEW)
    rows = _product_view(view)
    if words := text.strip():
        rows = rows.filter(Q(sku__icontains=words) | Q(name__icontains=words))
    page = keyset(rows, ["sku", "id"], cursor, size)
    stands = standings(page.items)
    return page.map(lambda row: ProductRow(row, stands.get(row.pk)))


def _product_view(view: str) -> QuerySet[Product]:
    rows = Product.objects.all()
    if view == "all":
        return rows
    if view == "uncounted":
        return rows.filter(on_hand=None, discontinued_at=None)
    if view == "discontinued":
        return rows.exclude(discontinued_at=None)
    if view not in PRODUCT_VIEWS:
        raise UnknownViewError(view)
    stands = standings(rows.filter(on_hand__isnull=False))
    kept = [key for key, one in stands.items() if (one.missing if view == "short" else one.available <= 0)]
    return rows.filter(pk__in=kept)


def product(*, actor: Actor, product_id: int) -> ProductRow:
    """One product. Raises `Product.DoesNotExist`."""
    actor.require(Permission.ORDERS_VIEW)
    row = Product.objects.get(pk=product_id)
    return ProductRow(row, standings([row]).get(row.pk))


def missing(*, actor: Actor, order_ids: Collection[int]) -> dict[int, list[Missing]]:
    """What these orders go without, by order; those that lack nothing are left out."""
    actor.require(Permission.ORDERS_VIEW)
    return missing_for(order_ids)


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
    return {row.pk: row for row in _mentioned(ids=list(ids))}


@kept("ids")
def _mentioned(*, ids: list[int]) -> QuerySet[Order]:
    return Order.objects.filter(pk__in=ids)


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
