"""An order record made fit for the columns: moments in the business's zone, texts cut to their columns, a hash of
what it says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from mikomi.commerce.records import OrderLineRecord, OrderRecord
from mikomi.core import text
from mikomi.customers.records import Moment

LONGEST_NOTE = 20_000
LONGEST_LINES = 1_000
FUTURE = timedelta(days=1)
"""What is said to have happened later than this from now is a plan, not a fact."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line, fit for its columns."""

    key: str
    sku: str
    name: str
    variant: str
    quantity: int
    unit_price_minor: int
    discount_minor: int


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """Money given back."""

    external_id: str
    amount_minor: int
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What a record says. `values` holds only the columns of `Order` that it does say something about."""

    record: OrderRecord
    source: str
    external_id: str
    values: Mapping[str, Any]
    lines: tuple[LineFacts, ...]
    refunds: tuple[RefundFacts, ...]
    refunded_minor: int | None
    updated_at: datetime | None
    delay_reason: str
    content_hash: str

    @property
    def key(self) -> tuple[str, str]:
        """By which the same order is known again."""
        return self.source, self.external_id

    @property
    def names_somebody(self) -> bool:
        """Whether there is a customer to be found or made."""
        person = self.record.customer
        names = (person.name, person.family_name, person.given_name)
        return person.is_known or any(name.strip() for name in names)


class UnreadableOrderError(ValueError):
    """The record can't be stored. `reason` is a code: no_id, no_date."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reader:
    """How records are read: for orders without a source of their own, in this zone and currency, now."""

    source: str
    zone: ZoneInfo
    currency: str
    now: datetime

    def read(self, record: OrderRecord) -> OrderFacts:
        """The facts of a record. Raises UnreadableOrderError."""
        external_id = record.external_id.strip() or record.number.strip()
        if not external_id:
            raise UnreadableOrderError("no_id")
        ordered_at = self._first(record.ordered_at, record.paid_at, record.updated_at)
        if ordered_at is None:
            raise UnreadableOrderError("no_date")
        values = {**self._texts(record), **_amounts(record), **self._moments(record, ordered_at)}
        said = {name: value for name, value in values.items() if value is not None and value != ""}
        lines = _lines(record.lines)
        refunds = self._refunds(record)
        return OrderFacts(
            record=record,
            source=text.clean_single_line(record.source, 32) or self.source,
            external_id=_short(external_id, 128),
            values=said,
            lines=lines,
            refunds=refunds,
            refunded_minor=record.refunded_minor,
            updated_at=record.updated_at,
            delay_reason=record.delay_reason,
            content_hash=_hash(said, lines, refunds, record),
        )

    def _texts(self, record: OrderRecord) -> dict[str, Any]:
        place = record.destination
        return {
            "number": _short(record.number.strip() or record.external_id, 64),
            "currency": (record.currency or self.currency).upper()[:3],
            "channel": _line(record.channel, 64),
            "payment": record.payment,
            "payment_method": _line(record.payment_method, 100),
            "fulfilment": record.fulfilment,
            "requested_band": _line(record.requested_time.text, 40) if record.requested_time else "",
            "destination_country": place.country[:2].upper(),
            "destination_region": _line(place.province, 100),
            "destination_city": _line(place.city, 200),
            "destination_postal_code": _line(place.postal_code, 20),
            "destination_lines": "\n".join(_line(line, 300) for line in place.lines)[:LONGEST_LINES],
            "recipient": _line(place.name, 300),
            "carrier": _line(record.carrier, 64),
            "tracking_number": _line(record.tracking_number, 128),
            "note": record.note.replace("\0", "")[:LONGEST_NOTE],
        }

    def _moments(self, record: OrderRecord, ordered_at: datetime) -> dict[str, Any]:
        delivered, planned = self._happened(record.delivered_at, ordered_at)
        expected = self._end(record.expected_at)
        return {
            "ordered_at": ordered_at,
            "paid_at": self._happened(record.paid_at, ordered_at)[0],
            **self._promised(record, ordered_at),
            "requested_on": record.requested_date,
            "ship_by_at": self._end(record.ship_by),
            "expected_at": expected or planned,
            "shipped_at": self._happened(record.shipped_at, ordered_at)[0],
            "delivered_at": delivered,
            "cancelled_at": self._cancelled_at(record, ordered_at),
        }

    def _promised(self, record: OrderRecord, ordered_at: datetime) -> dict[str, Any]:
        """The delivery we owe: the date we gave, else the one that was asked for and that we took the order with.
        A day ends with the time band asked for, or at midnight. A date before the order is no promise."""
        band = record.requested_time.end if record.requested_time else None
        day = record.deliver_by or record.requested_date
        if day is None:
            return {}
        by_day = not isinstance(day, datetime) and band is None
        due = self._end(day) if isinstance(day, datetime) or band is None else self._at(day, band)
        if due is None or due < ordered_at:
            return {}
        return {"promised_at": due, "promised_by_day": by_day}

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def _cancelled_at(self, record: OrderRecord, ordered_at: datetime) -> datetime | None:
        if record.cancelled_at is not None:
            return self._happened(record.cancelled_at, ordered_at)[0]
        return max(record.updated_at or ordered_at, ordered_at) if record.cancelled else None

    def _happened(
        self, moment: Moment | None, ordered_at: datetime
    ) -> tuple[datetime | None, datetime | None]:
        """A past moment and nothing, or nothing and a moment still to come. A day counts from its beginning, but
        nothing happens before the order."""
        if moment is None:
            return None, None
        at = self._begin(moment)
        if at > self.now + FUTURE:
            return None, self._end(moment)
        return (max(at, ordered_at) if _is_day(moment) else at), None

    def _first(self, *moments: Moment | None) -> datetime | None:
        return next((self._begin(moment) for moment in moments if moment is not None), None)

    def _begin(self, moment: Moment) -> datetime:
        if isinstance(moment, datetime):
            return moment.replace(tzinfo=moment.tzinfo or self.zone).astimezone(UTC)
        return datetime.combine(moment, time(), self.zone).astimezone(UTC)

    def _end(self, moment: Moment | None) -> datetime | None:
        if moment is None or isinstance(moment, datetime):
            return None if moment is None else self._begin(moment)
        return datetime.combine(moment, time(23, 59, 59), self.zone).astimezone(UTC)

    def _refunds(self, record: OrderRecord) -> tuple[RefundFacts, ...]:
        return tuple(
            RefundFacts(
                _short(refund.external_id, 128),
                refund.amount_minor,
                self._begin(refund.at),
                _line(refund.note, 300),
            )
            for refund in record.refunds
        )


def _is_day(moment: Moment | None) -> bool:
    return isinstance(moment, date) and not isinstance(moment, datetime)


def _amounts(record: OrderRecord) -> dict[str, Any]:
    return {
        "subtotal_minor": record.subtotal_minor,
        "shipping_minor": record.shipping_minor,
        "tax_minor": record.tax_minor,
        "discount_minor": record.discount_minor,
        "total_minor": record.total_minor,
    }


def _lines(lines: tuple[OrderLineRecord, ...]) -> tuple[LineFacts, ...]:
    keys: set[str] = set()
    facts = []
    for line in lines:
        key = free_key(_short(line.key or line.sku or line.name, 120), keys)
        keys.add(key)
        facts.append(
            LineFacts(
                key=key,
                sku=_short(line.sku.strip(), 128),
                name=_line(line.name, 500) or line.sku[:500] or key,
                variant=_line(line.variant, 300),
                quantity=line.quantity,
                unit_price_minor=_unit_price(line),
                discount_minor=line.discount_minor,
            )
        )
    return tuple(facts)


def free_key(key: str, taken: set[str]) -> str:
    """`key`, or with the next number where it is taken: a, a#2, a#3."""
    if key not in taken:
        return key
    number = 2
    while f"{key}#{number}" in taken:
        number += 1
    return f"{key}#{number}"


def _unit_price(line: OrderLineRecord) -> int:
    if line.unit_price_minor is not None:
        return line.unit_price_minor
    return round(line.total_minor / line.quantity) if line.total_minor and line.quantity else 0


def _line(value: str, limit: int) -> str:
    if not value or (len(value) <= limit and value.isprintable()):
        return value.strip()  # nearly always: nothing to clean, nothing to cut
    return text.clean_single_line(value, limit)


def _short(value: str, limit: int) -> str:
    """An id: cut in the middle of nowhere two long ones could become one, so the rest is told by its hash."""
    value = value.replace("\0", "")
    if len(value) <= limit:
        return value
    return f"{value[: limit - 17]}~{blake2b(value.encode(), digest_size=8).hexdigest()}"


def _hash(
    said: Mapping[str, Any],
    lines: tuple[LineFacts, ...],
    refunds: tuple[RefundFacts, ...],
    record: OrderRecord,
) -> str:
    """Of what the record says, not of where in its file it stands or when the source said it."""
    person = record.customer
    content = (
        tuple(said.items()),
        [_plain(line) for line in lines],
        [_plain(refund) for refund in refunds],
        (record.refunded_minor, record.store, record.delay_reason),
        (
            person.external_ids,
            person.emails,
            person.phones,
            person.name,
            person.family_name,
            person.given_name,
        ),
    )
    return blake2b(repr(content).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


_line_values = attrgetter(*(field.name for field in fields(LineFacts)))
_refund_values = attrgetter(*(field.name for field in fields(RefundFacts)))


def _plain(facts: LineFacts | RefundFacts) -> tuple[Any, ...]:
    """The values alone: the repr of a dataclass takes ten times as long."""
    values: tuple[Any, ...] = (_line_values if isinstance(facts, LineFacts) else _refund_values)(facts)
    return values
