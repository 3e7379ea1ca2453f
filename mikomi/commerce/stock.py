"""What is known of products on the shelf: what may still be promised, and which orders go without."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Q, QuerySet

from mikomi.commerce.models import Order, OrderLine, Product
from mikomi.commerce.rules.stock import Demand, Standing, Stock, standing
from mikomi.core import clock
from mikomi.core.business import queries as business_queries
from mikomi.core.kept import kept
from mikomi.promises.rules.circumstances import Shortage

_GONE = (Order.Fulfilment.SHIPPED, Order.Fulfilment.DELIVERED)
_UNSOLD = (Order.Payment.VOIDED, Order.Payment.REFUNDED)


@dataclass(frozen=True, slots=True)
class Missing:
    """Pieces of a product that an order does not get."""

    product: Product
    pieces: int


def owed_lines() -> QuerySet[OrderLine]:
    """The lines of orders that still have to be shipped. Imported history is owed to nobody, unless its date is still
    to come: then its promise is watched like any other."""
    now = clock.now()
    is_owed = Q(order__backfill=False) | Q(order__promised_at__gte=now) | Q(order__ship_by_at__gte=now)
    return OrderLine.objects.filter(
        is_owed, order__cancelled_at=None, order__shipped_at=None, order__delivered_at=None
    ).exclude(Q(order__fulfilment__in=_GONE) | Q(order__payment__in=_UNSOLD))


def standings(products: Iterable[Product]) -> dict[int, Standing]:
    """How the counted ones of these products stand. One query for what is owed, one for what has left since."""
    counted = {one.pk: stock for one in products if (stock := _stock(one)) is not None}
    if not counted:
        return {}
    demands: dict[int, list[Demand]] = {key: [] for key in counted}
    oldest = min(stock.known_at for stock in counted.values())
    for product_id, demand in _demands(list(counted), oldest):
        demands[product_id].append(demand)
    return {key: standing(stock, demands[key]) for key, stock in counted.items()}


def _stock(product: Product) -> Stock | None:
    if product.on_hand is None or product.stock_known_at is None:
        return None
    return Stock(product.on_hand, product.stock_known_at)


def _demands(product_ids: list[int], since: datetime) -> Iterable[tuple[int, Demand]]:
    columns = ("product_id", "order_id", "quantity", "order__ordered_at")
    for product_id, order_id, quantity, ordered_at in (
        owed_lines().filter(product_id__in=product_ids).values_list(*columns)
    ):
        yield product_id or 0, Demand(order_id, quantity, ordered_at)
    left = OrderLine.objects.filter(
        Q(order__shipped_at__gt=since) | Q(order__shipped_at=None, order__delivered_at__gt=since),
        product_id__in=product_ids,
        order__cancelled_at=None,
    )
    moments = ("order__shipped_at", "order__delivered_at")
    for product_id, order_id, quantity, ordered_at, shipped, delivered in left.values_list(
        *columns, *moments
    ):
        yield product_id or 0, Demand(order_id, quantity, ordered_at, shipped or delivered)


def missing_for(order_ids: Collection[int] | None = None) -> dict[int, list[Missing]]:
    """What orders that still have to be shipped go without; none named: every order."""
    wanted = Product.objects.filter(on_hand__isnull=False)
    if order_ids is not None:
        if not order_ids:
            return {}
        counted = {product_id for (product_id,) in _counted_goods(order_ids=sorted(order_ids))}
        if not counted:
            return {}
        wanted = wanted.filter(pk__in=counted)
    products = {one.pk: one for one in wanted}
    found: dict[int, list[Missing]] = {}
    for key, stands in standings(products.values()).items():
        for order_id, pieces in stands.missing.items():
            if order_ids is None or order_id in order_ids:
                found.setdefault(order_id, []).append(Missing(products[key], pieces))
    return found


@kept("order_ids")
def _counted_goods(*, order_ids: list[int]) -> QuerySet[OrderLine, Any]:
    """The products of these orders whose pieces on hand are known."""
    lines = owed_lines().filter(order__id__in=order_ids, product__on_hand__isnull=False)
    return lines.values_list("product_id").distinct()


def shortages(order_ids: Collection[int] | None) -> dict[int, Shortage]:
    """The same as the ledger takes it: how many pieces are missing, and when the last of them arrive."""
    return {order: _shortage(parts) for order, parts in missing_for(order_ids).items()}


def _shortage(parts: list[Missing]) -> Shortage:
    """What arrives on a day is there at its beginning of work, at noon at the latest; a day that has passed has
    brought nothing, or it would have been counted."""
    now, zone = clock.now(), business_queries.zone()
    arrivals = [
        datetime.combine(part.product.restock_on, time(12), zone) if part.product.restock_on else None
        for part in parts
    ]
    known = [one for one in arrivals if one is not None and one > now]
    whole = len(known) == len(parts)
    return Shortage(sum(part.pieces for part in parts), max(known) if whole else None)
