"""Short words for the tests of commerce."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mikomi.commerce import operations
from mikomi.commerce.models import Order
from mikomi.commerce.operations import Recorded
from mikomi.commerce.records import OrderLineRecord, OrderRecord
from mikomi.core.access.actor import SYSTEM
from mikomi.customers.records import PersonRecord
from mikomi.promises.models import Promise
from tests.cast import NOON

DAY = timedelta(days=1)

HANAKO = PersonRecord(
    source="shopify",
    family_name="山田",
    given_name="花子",
    emails=("hanako@example.jp",),
    phones=("090-1234-5678",),
)
CUP = OrderLineRecord(key="1", sku="CUP-01", name="湯のみ", variant="藍", quantity=2, unit_price_minor=1800)
TRAY = OrderLineRecord(key="2", sku="TRAY-9", name="丸盆", quantity=1, unit_price_minor=4200)

ORDER = OrderRecord(
    source="shopify",
    external_id="450789469",
    number="#1001",
    customer=HANAKO,
    currency="JPY",
    ordered_at=NOON,
    updated_at=NOON,
    total_minor=7800,
    payment="paid",
    fulfilment="unfulfilled",
    lines=(CUP, TRAY),
)


def order(**changes: Any) -> OrderRecord:
    return replace(ORDER, **changes)


def later(hours: float, **changes: Any) -> OrderRecord:
    """News of the same order, some hours on."""
    return order(updated_at=NOON + timedelta(hours=hours), **changes)


def record(*orders: OrderRecord, **more: Any) -> list[Recorded]:
    return operations.record_orders(actor=SYSTEM, orders=orders, **{"source": "shopify", **more})


def record_one(one: OrderRecord, **more: Any) -> Recorded:
    return record(one, **more)[0]


def the_order() -> Order:
    return Order.objects.get()


def promises() -> list[tuple[str, str]]:
    """Kind and state of every promise."""
    return list(Promise.objects.order_by("id").values_list("kind", "state"))


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)
