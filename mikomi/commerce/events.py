"""What can happen to an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mikomi.core.events.kinds import Code, event_kind


@event_kind("order.placed", _("Order"), subject="order")
@dataclass(frozen=True, slots=True)
class OrderPlaced:
    order_id: int
    source: Code
    total_minor: int
    currency: Code


@event_kind("order.changed", _("Order changed"), subject="order", in_timeline=False)
@dataclass(frozen=True, slots=True)
class OrderChanged:
    order_id: int
    source: Code


@event_kind("order.estimate_moved", _("New estimate of arrival"), subject="order")
@dataclass(frozen=True, slots=True)
class EstimateMoved:
    order_id: int
    expected_at: datetime


@event_kind("order.shipped", _("Shipped"), subject="order")
@dataclass(frozen=True, slots=True)
class OrderShipped:
    order_id: int


@event_kind("order.delivered", _("Delivered"), subject="order")
@dataclass(frozen=True, slots=True)
class OrderDelivered:
    order_id: int


@event_kind("order.cancelled", _("Order cancelled"), subject="order")
@dataclass(frozen=True, slots=True)
class OrderCancelled:
    order_id: int


@event_kind("order.refunded", _("Refund"), subject="order")
@dataclass(frozen=True, slots=True)
class OrderRefunded:
    order_id: int
    amount_minor: int
    currency: Code
