"""Orders and imports, as the API gives and takes them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import (
    Amount,
    Code,
    Currency,
    Day,
    Id,
    In,
    Line,
    Moment,
    Money,
    Paging,
    PersonRef,
    Utc,
    Words,
)
from mikomi.api.shapes.customers import AddressIn, PersonIn
from mikomi.commerce.models import Milestone, Order
from mikomi.commerce.operations import Recorded
from mikomi.commerce.records import OrderLineRecord, OrderRecord, RefundRecord, TimeBand
from mikomi.customers.queries import Display

Source = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$", description="Whose ids these are.")]


Column = Annotated[Line, Field(max_length=128)]


class OrderView(StrEnum):
    """The views of the orders."""

    ALL = "all"
    TO_SHIP = "to_ship"
    UNDER_WAY = "under_way"
    LATE = "late"
    CANCELLED = "cancelled"


class OrderFilter(Paging):
    """Which orders."""

    view: OrderView = OrderView.ALL
    customer_id: Id | None = None
    store_id: Id | None = None
    text: Line = ""


class LineIn(In):
    """One line of an order. `key` tells it from the others and stays the same in every call."""

    key: Annotated[Line, Field(min_length=1, max_length=128)]
    sku: Column = ""
    name: Line = ""
    variant: Annotated[Line, Field(max_length=300)] = ""
    quantity: int = Field(1, ge=-1_000_000, le=1_000_000)
    unit_price_minor: Amount | None = None
    discount_minor: Amount = 0


class RefundIn(In):
    """Money given back."""

    external_id: Annotated[Line, Field(min_length=1, max_length=128)]
    amount_minor: Amount
    at: Moment
    note: Annotated[Line, Field(max_length=300)] = ""


class OrderIn(In):
    """An order as your system knows it. What it doesn't say is left out and stays as it is.

    `deliver_by` and `ship_by` are promises: their evidence is `delivered_at` and `shipped_at`.
    """

    external_id: Annotated[Line, Field(min_length=1, max_length=128)]
    number: Annotated[Line, Field(max_length=64)] = ""
    customer: PersonIn = PersonIn.model_validate({})
    currency: Currency
    ordered_at: Moment | None = None
    updated_at: Moment | None = Field(None, description="By your clock; older news changes nothing.")
    subtotal_minor: Amount | None = None
    shipping_minor: Amount | None = None
    tax_minor: Amount | None = None
    discount_minor: Amount | None = None
    total_minor: Amount | None = None
    refunded_minor: Amount | None = None
    payment: Literal["", "pending", "paid", "partly_refunded", "refunded", "voided"] = ""
    payment_method: Annotated[Line, Field(max_length=100)] = ""
    fulfilment: Literal["", "unfulfilled", "partial", "shipped", "delivered"] = ""
    paid_at: Moment | None = None
    shipped_at: Moment | None = None
    delivered_at: Moment | None = None
    cancelled_at: Moment | None = None
    ship_by: Moment | Day | None = None
    deliver_by: Moment | Day | None = None
    expected_at: Moment | None = Field(None, description="The newest estimate of arrival.")
    delay_reason: Code = ""
    requested_date: Day | None = None
    requested_time: Annotated[Line, Field(max_length=40)] = ""
    destination: AddressIn = AddressIn()
    recipient: Annotated[Line, Field(max_length=300)] = ""
    carrier: Code = ""
    tracking_number: Column = ""
    note: Words = ""
    store: Code = Field("", description="The code of the store.")
    channel: Code = ""
    lines: list[LineIn] = Field([], max_length=500)
    refunds: list[RefundIn] = Field([], max_length=100)

    def to_record(self, source: str) -> OrderRecord:
        """As the operations take it."""
        same = {name: getattr(self, name) for name in _SAME}
        to = self.destination.to_record()
        return OrderRecord(
            source=source,
            customer=self.customer.to_record(source),
            cancelled=self.cancelled_at is not None,
            requested_time=TimeBand(self.requested_time) if self.requested_time else None,
            destination=type(to)(
                country=to.country,
                province=to.province,
                city=to.city,
                postal_code=to.postal_code,
                lines=to.lines,
                name=self.recipient,
            ),
            lines=tuple(OrderLineRecord(**line.model_dump()) for line in self.lines),
            refunds=tuple(RefundRecord(**one.model_dump()) for one in self.refunds),
            **same,
        )


_SAME = (
    "external_id", "number", "currency", "ordered_at", "updated_at", "subtotal_minor", "shipping_minor",
    "tax_minor", "discount_minor", "total_minor", "refunded_minor", "payment", "payment_method", "fulfilment",
    "paid_at", "shipped_at", "delivered_at", "cancelled_at", "ship_by", "deliver_by", "expected_at",
    "delay_reason", "requested_date", "carrier", "tracking_number", "note", "store", "channel",
)  # fmt: skip


class OrdersIn(In):
    """Orders to record. `backfill`: history; nothing follows from it."""

    source: Source = "api"
    orders: list[OrderIn] = Field(min_length=1, max_length=200)
    store_id: Id | None = None
    backfill: bool = False


class MilestoneIn(In):
    """A step in the life of an order: what happened, or for an estimate when it is expected."""

    kind: Literal["shipped", "delivered", "estimated"]
    at: Moment
    carrier: Code = ""
    tracking_number: Column = ""
    reason: Code = ""


class RecordedOut(Schema):
    """What became of one order: created, changed, same or skipped (and why)."""

    external_id: str
    outcome: str
    order_id: int | None
    reason: str
    changes: list[str]

    @classmethod
    def of(cls, given: OrderIn, done: Recorded) -> RecordedOut:
        """From the result."""
        return cls(
            external_id=given.external_id,
            outcome=done.outcome.value,
            order_id=done.order_id,
            reason=done.reason,
            changes=list(done.changes),
        )


class OrderOut(Schema):
    """An order in a list."""

    id: int
    source: str
    external_id: str
    number: str
    customer: PersonRef | None
    store_id: int | None
    channel: str
    total: Money
    refunded: Money
    payment: str
    fulfilment: str
    ordered_at: Utc
    promised_at: Utc | None
    ship_by_at: Utc | None
    expected_at: Utc | None
    shipped_at: Utc | None
    delivered_at: Utc | None
    cancelled_at: Utc | None

    @classmethod
    def of(cls, row: Order, names: dict[int, Display]) -> OrderOut:
        """From the row and the customer's name."""
        return cls(**_order(row, names))


def _order(row: Order, names: dict[int, Display]) -> dict[str, Any]:
    person = row.customer
    return {
        "id": row.pk,
        "source": row.source,
        "external_id": row.external_id,
        "number": row.number,
        "customer": PersonRef(id=person.pk, name=names[person.pk].name) if person else None,
        "store_id": row.store.pk if row.store else None,
        "channel": row.channel,
        "total": Money(minor=row.total_minor, currency=row.currency),
        "refunded": Money(minor=row.refunded_minor, currency=row.currency),
        "payment": row.payment,
        "fulfilment": row.fulfilment,
        "ordered_at": row.ordered_at,
        "promised_at": row.promised_at,
        "ship_by_at": row.ship_by_at,
        "expected_at": row.expected_at,
        "shipped_at": row.shipped_at,
        "delivered_at": row.delivered_at,
        "cancelled_at": row.cancelled_at,
    }


class LineOut(Schema):
    """One line of an order."""

    key: str
    sku: str
    name: str
    variant: str
    quantity: int
    unit_price_minor: int
    discount_minor: int


class MilestoneOut(Schema):
    """A step in the life of an order, and when we knew of it."""

    kind: str
    at: Utc
    known_at: Utc
    source: str

    @classmethod
    def of(cls, row: Milestone) -> MilestoneOut:
        """From the row."""
        return cls(kind=row.kind, at=row.at, known_at=row.known_at, source=row.source)


class RefundOut(Schema):
    """Money given back."""

    external_id: str
    amount: Money
    at: Utc
    reason: str


class DestinationOut(Schema):
    """Where it goes."""

    recipient: str
    country: str
    region: str
    city: str
    postal_code: str
    lines: str


class OrderDetail(OrderOut):
    """An order with its lines, steps and refunds."""

    subtotal: Money
    shipping: Money
    tax: Money
    discount: Money
    payment_method: str
    paid_at: Utc | None
    requested_on: date | None
    requested_band: str
    destination: DestinationOut
    carrier: str
    tracking_number: str
    note: str
    lines: list[LineOut]
    milestones: list[MilestoneOut]
    refunds: list[RefundOut]

    @classmethod
    def of(cls, row: Order, names: dict[int, Display]) -> OrderDetail:
        """From a row with its parts read."""
        return cls(
            **_order(row, names),
            subtotal=Money(minor=row.subtotal_minor, currency=row.currency),
            shipping=Money(minor=row.shipping_minor, currency=row.currency),
            tax=Money(minor=row.tax_minor, currency=row.currency),
            discount=Money(minor=row.discount_minor, currency=row.currency),
            payment_method=row.payment_method,
            paid_at=row.paid_at,
            requested_on=row.requested_on,
            requested_band=row.requested_band,
            destination=DestinationOut(
                recipient=row.recipient,
                country=row.destination_country,
                region=row.destination_region,
                city=row.destination_city,
                postal_code=row.destination_postal_code,
                lines=row.destination_lines,
            ),
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            note=row.note,
            lines=[
                LineOut(
                    key=line.key,
                    sku=line.sku,
                    name=line.name,
                    variant=line.variant,
                    quantity=line.quantity,
                    unit_price_minor=line.unit_price_minor,
                    discount_minor=line.discount_minor,
                )
                for line in row.lines.all()
            ],
            milestones=[MilestoneOut.of(one) for one in row.milestones.all()],
            refunds=[
                RefundOut(
                    external_id=one.external_id,
                    amount=Money(minor=one.amount_minor, currency=row.currency),
                    at=one.at,
                    reason=one.reason,
                )
                for one in row.refunds.all()
            ],
        )
