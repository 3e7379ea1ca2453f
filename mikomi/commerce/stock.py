"""What is known of products on the shelf: what may still be promised, and which orders go without."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import TruncDate, TruncTime

from mikomi.commerce.models import Milestone, Order, OrderLine, Product
from mikomi.commerce.rules.reading import FUTURE
from mikomi.commerce.rules.stock import Demand, Standing, Stock, standing
from mikomi.core import clock
from mikomi.core.business import queries as business_queries
from mikomi.core.business.models import Store
from mikomi.core.kept import kept
from mikomi.promises.rules.circumstances import Shortage

_GONE = (Order.Fulfilment.SHIPPED, Order.Fulfilment.DELIVERED)
_UNSOLD = (Order.Payment.VOIDED, Order.Payment.REFUNDED)
_AT_COUNTER = Q(order__store__kind=Store.Kind.COUNTER)

_COUNTED = F("product__stock_known_at")
_ORDERED_SINCE = Q(order__ordered_at__gt=_COUNTED)
_UNMOVED = Q(order__shipped_at=None, order__delivered_at=None)
_SHIPPED_SINCE = Q(order__shipped_at__gt=_COUNTED) | Q(
    order__shipped_at=None, order__delivered_at__gt=_COUNTED
)
_NO_TIME = _UNMOVED & _ORDERED_SINCE & (Q(order__fulfilment__in=_GONE) | _AT_COUNTER)
"""Gone, nobody knows when: after the count where the order came after it."""
_GIVEN_BACK = (
    Q(product__less_orders=True, order__ordered_at__lte=_COUNTED, order__cancelled_at__gt=_COUNTED)
    & _UNMOVED
    & ~Q(order__fulfilment__in=_GONE)
)
"""An order that was taken off the count and is cancelled since."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Pieces of a product that an order does not get."""

    product: Product
    pieces: int


def owed_lines(now: datetime) -> QuerySet[OrderLine]:
    """The lines of orders that still have to be shipped. Imported history is owed to nobody, unless its date is still
    to come: then its promise is watched like any other. What is sold at a counter is taken along."""
    is_owed = Q(order__backfill=False) | Q(order__promised_at__gte=now) | Q(order__ship_by_at__gte=now)
    return OrderLine.objects.filter(
        is_owed, order__cancelled_at=None, order__shipped_at=None, order__delivered_at=None
    ).exclude(Q(order__fulfilment__in=_GONE) | Q(order__payment__in=_UNSOLD) | _AT_COUNTER)


def standings(products: Iterable[Product]) -> dict[int, Standing]:
    """How the counted ones of these products stand. One query for what is owed, one for what has left since."""
    counted = {one.pk: stock for one in products if (stock := _stock(one)) is not None}
    if not counted:
        return {}
    keys, oldest = sorted(counted), min(stock.known_at for stock in counted.values())
    owed: dict[int, list[Demand]] = {key: [] for key in keys}
    for key, *demand in _owed(product_ids=keys, now=clock.now()):
        owed[key].append(Demand(*demand))
    zone = business_queries.calendar().tz
    left = dict(_left(product_ids=keys, touched=oldest - FUTURE, zone=zone))
    return {key: standing(stock, owed[key], left.get(key, 0)) for key, stock in counted.items()}


def _stock(product: Product) -> Stock | None:
    if product.on_hand is None or product.stock_known_at is None:
        return None
    return Stock(product.on_hand, product.stock_known_at, product.less_orders)


@kept("product_ids", "now")
def _owed(*, product_ids: list[int], now: datetime) -> QuerySet[OrderLine, Any]:
    """What is owed of these products, line by line: product, order, pieces, when it was ordered."""
    lines = owed_lines(now).filter(product__id__in=product_ids).order_by()
    return lines.values_list("product_id", "order_id", "quantity", "order__ordered_at")


@kept("product_ids", "touched")
def _left(*, product_ids: list[int], touched: datetime, zone: tzinfo) -> QuerySet[OrderLine, Any]:
    """How many pieces of each have left its count since (docs/stock.md, *What has left*). `touched`: orders that were
    not written since then can't have moved after any of the counts; an index finds the others."""
    lines = OrderLine.objects.filter(order__updated_at__gt=touched, product__id__in=product_ids).alias(
        shipped_on=TruncDate("order__shipped_at", tzinfo=zone),
        shipped_time=TruncTime("order__shipped_at", tzinfo=zone),
        counted_on=TruncDate("product__stock_known_at", tzinfo=zone),
    )
    gone = Q(order__cancelled_at=None) & (_SHIPPED_SINCE | _NO_TIME | _shipped_that_day())
    gone &= Q(product__less_orders=False) | _ORDERED_SINCE
    sums = lines.filter(gone | _GIVEN_BACK).order_by().values_list("product_id")
    pieces = Case(When(order__cancelled_at=None, then=F("quantity")), default=-F("quantity"))
    return sums.annotate(pieces=Sum(pieces))


def _shipped_that_day() -> Q:
    """Shipped on the day of the count, we know no time (a day stands as its beginning, or as the moment of the
    order), and heard of it after the count only: then it lay on the shelf still."""
    told = Milestone.objects.filter(
        order_id=OuterRef("order_id"),
        kind=Milestone.Kind.SHIPPED,
        at=OuterRef("order__shipped_at"),
        known_at__gt=OuterRef("product__stock_known_at"),
    )
    is_day = Q(shipped_time=time()) | Q(order__shipped_at=F("order__ordered_at"))
    # In this order: few orders were touched since the count, the rest is dear.
    return Q(order__updated_at__gt=_COUNTED) & is_day & Q(shipped_on=F("counted_on")) & Q(Exists(told))


def missing_for(order_ids: Collection[int] | None = None) -> dict[int, list[Missing]]:
    """What orders that still have to be shipped go without; none named: every order."""
    wanted = Product.objects.filter(on_hand__isnull=False)
    if order_ids is not None:
        if not order_ids:
            return {}
        asked = _counted_goods(order_ids=sorted(order_ids), now=clock.now())
        counted = {product_id for (product_id,) in asked}
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


@kept("order_ids", "now")
def _counted_goods(*, order_ids: list[int], now: datetime) -> QuerySet[OrderLine, Any]:
    """The products of these orders whose pieces on hand are known."""
    lines = owed_lines(now).filter(order__id__in=order_ids, product__on_hand__isnull=False)
    return lines.order_by().values_list("product_id").distinct()


def shortages(order_ids: Collection[int] | None) -> dict[int, Shortage]:
    """The same as the ledger takes it: how many pieces are missing, and when the last of them arrive."""
    now, zone = clock.now(), business_queries.calendar().tz
    return {order: _shortage(parts, now, zone) for order, parts in missing_for(order_ids).items()}


def _shortage(parts: list[Missing], now: datetime, zone: tzinfo) -> Shortage:
    """What arrives on a day is there at its beginning of work, at noon at the latest; a day that has passed has
    brought nothing, or it would have been counted."""
    arrivals = [
        datetime.combine(part.product.restock_on, time(12), zone) if part.product.restock_on else None
        for part in parts
    ]
    known = [one for one in arrivals if one is not None and one > now]
    whole = len(known) == len(parts)
    return Shortage(sum(part.pieces for part in parts), max(known) if whole else None)
