"""What can happen to an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import pgettext_lazy

from mikomi.core.events.kinds import Code, event_kind


@event_kind("order.placed", pgettext_lazy("event", "Order"), subject="order")
@dataclass(frozen=True, slots=True)
class OrderPlaced:
    order_id: int
    source: Code
    total_minor: int
    currency: Code


@event_kind("order.changed", pgettext_lazy("event", "Order changed"), subject="order", in_timeline=False)
@dataclass(frozen=True, slots=True)
class OrderChanged:
    order_id: int
    source: Code


@event_kind("order.estimate_moved", pgettext_lazy("event", "New estimate of arrival"), subject="order")
@dataclass(frozen=True, slots=True)
class EstimateMoved:
    order_id: int
    expected_at: datetime


@event_kind("order.shipped", pgettext_lazy("event", "Shipped"), subject="order")
@dataclass(frozen=True, slots=True)
class OrderShipped:
    order_id: int


@event_kind("order.delivered", pgettext_lazy("event", "Delivered"), subject="order")
@dataclass(frozen=True, slots=True)
class OrderDelivered:
    order_id: int


@event_kind("order.cancelled", pgettext_lazy("event", "Order cancelled"), subject="order")
@dataclass(frozen=True, slots=True)
class OrderCancelled:
    order_id: int


@event_kind("order.refunded", pgettext_lazy("event", "Refund"), subject="order")
@dataclass(frozen=True, slots=True)
class OrderRefunded:
    order_id: int
    amount_minor: int
    currency: Code


@event_kind(
    "product.changed", pgettext_lazy("event", "Price or stock changed"), subject="product", in_timeline=False
)
@dataclass(frozen=True, slots=True)
class ProductChanged:
    """`available`: what may still be promised; none: nobody counts it."""

    product_id: int
    source: Code
    available: int | None
