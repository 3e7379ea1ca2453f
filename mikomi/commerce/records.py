"""What a file, a shop or a program says about an order, whoever wrote it: plain values, as given, nothing looked up.

Amounts are in minor units of the record's currency. A moment without a time of day stays a `date`.
`operations.record_orders` stores them, `operations.preview_orders` says what it would do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from mikomi.customers.records import AddressRecord, Moment, PersonRecord

Payment = Literal["", "pending", "paid", "partly_refunded", "refunded", "voided"]
Fulfilment = Literal["", "unfulfilled", "partial", "shipped", "delivered"]


@dataclass(frozen=True, slots=True)
class OrderLineRecord:
    """One line of an order. `key` tells it from the others of its order, the same in every export of the shop.

    `unit_price_minor` is rounded where the file gives only `total_minor` and it doesn't divide evenly.
    """

    key: str
    sku: str = ""
    product_id: str = ""
    name: str = ""
    variant: str = ""
    quantity: int = 1
    unit_price_minor: int | None = None
    total_minor: int | None = None
    discount_minor: int = 0
    line_number: int = 0


@dataclass(frozen=True, slots=True)
class TimeBand:
    """The part of the day the customer wishes: as given, and read where it can be."""

    text: str
    start: time | None = None
    end: time | None = None


@dataclass(frozen=True, slots=True)
class RefundRecord:
    """Money given back, where the source tells each time."""

    external_id: str
    amount_minor: int
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order as a file or a webhook gives it. None or "" where it doesn't say.

    `ship_by` and `deliver_by` are dates the shop named; `requested_date` is what the customer asked for.
    `payment_text` and `fulfilment_text` are the words of the source for `payment` and `fulfilment`.
    `expected_at` is the newest estimate of arrival, `delay_reason` a code (carrier_delay, out_of_stock…).
    """

    source: str
    external_id: str
    number: str
    customer: PersonRecord
    currency: str
    ordered_at: Moment | None = None
    updated_at: datetime | None = None
    subtotal_minor: int | None = None
    shipping_minor: int | None = None
    tax_minor: int | None = None
    discount_minor: int | None = None
    total_minor: int | None = None
    total_is_computed: bool = False
    refunded_minor: int | None = None
    payment: Payment = ""
    payment_text: str = ""
    fulfilment: Fulfilment = ""
    fulfilment_text: str = ""
    paid_at: Moment | None = None
    shipped_at: Moment | None = None
    delivered_at: Moment | None = None
    cancelled: bool = False
    cancelled_at: Moment | None = None
    ship_by: Moment | None = None
    deliver_by: Moment | None = None
    requested_date: date | None = None
    requested_time: TimeBand | None = None
    destination: AddressRecord = field(default_factory=AddressRecord)
    carrier: str = ""
    tracking_number: str = ""
    payment_method: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    store: str = ""
    channel: str = ""
    lines: tuple[OrderLineRecord, ...] = ()
    refunds: tuple[RefundRecord, ...] = ()
    line_numbers: tuple[int, ...] = ()
    expected_at: Moment | None = None
    delay_reason: str = ""


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """What a file, a shop or a person says of a product. None or "" where it doesn't say.

    `on_hand` is what lies on the shelf, ordered or not; `available` what may still be sold. One of them is enough.
    `known_at`: when it was so; older news than what is stored changes nothing.
    """

    sku: str
    name: str = ""
    variant: str = ""
    price_minor: int | None = None
    currency: str = ""
    on_hand: int | None = None
    available: int | None = None
    restock_on: date | None = None
    discontinued: bool | None = None
    known_at: datetime | None = None
    line_numbers: tuple[int, ...] = ()
