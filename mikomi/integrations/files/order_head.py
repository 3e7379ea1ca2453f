"""What the columns of an order say, its lines aside."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Any

from mikomi.integrations.files import cells as read
from mikomi.integrations.files.columns import Cells
from mikomi.integrations.files.dates import is_no_date, parse_band, parse_moment, split_date_and_band
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import Format
from mikomi.integrations.files.headers import meaning
from mikomi.integrations.files.people import read_person
from mikomi.integrations.files.records import AddressRecord, Moment, PersonRecord, TimeBand
from mikomi.integrations.files.settings import ParseSettings

_RANGE = re.compile(r"\s*(?:~|〜|～|から)\s*")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")


def read_head(cells: Cells, file_format: Format, currency: str, settings: ParseSettings) -> dict[str, Any]:
    """The values of an OrderRecord that don't come from its lines; what can't be read is noted in `cells.issues`."""
    decimal = file_format.decimal
    customer = read_person(cells, file_format.source)
    destination = _destination(cells, customer)
    wish, band = _wish(cells, settings)
    return {
        "customer": _with_recipient(customer, destination),
        "destination": destination,
        "ordered_at": _ordered_at(cells, settings),
        "updated_at": _moment(cells, Field.UPDATED_AT, settings),
        "subtotal_minor": cells.amount(Field.SUBTOTAL, currency, decimal),
        "tax_minor": cells.amount(Field.TAX, currency, decimal),
        "refunded_minor": cells.amount(Field.REFUNDED, currency, decimal),
        "paid_at": cells.moment(Field.PAID_AT),
        "shipped_at": cells.moment(Field.SHIPPED_AT),
        "delivered_at": cells.moment(Field.DELIVERED_AT),
        "ship_by": _last_day(cells, Field.SHIP_BY, settings),
        "deliver_by": _last_day(cells, Field.DELIVER_BY, settings),
        "requested_date": wish,
        "requested_time": band,
        "carrier": cells.text(Field.CARRIER),
        "tracking_number": read.spared(cells.text(Field.TRACKING)),
        "payment_method": cells.text(Field.PAYMENT_METHOD),
        "note": "\n".join(dict.fromkeys(cells.texts(Field.NOTE))),
        "tags": tuple(
            dict.fromkeys(tag for text in cells.texts(Field.ORDER_TAGS) for tag in read.several(text))
        ),
        "store": cells.text(Field.STORE),
        "channel": cells.text(Field.CHANNEL),
        **_states(cells),
    }


def _states(cells: Cells) -> dict[str, Any]:
    status, paid, sent = cells.text(Field.STATUS), cells.text(Field.PAYMENT), cells.text(Field.FULFILMENT)
    cancelled_at = cells.moment(Field.CANCELLED_AT)
    return {
        "payment": read.payment(paid, own_column=True) or read.payment(status, own_column=False),
        "payment_text": paid or status,
        "fulfilment": read.fulfilment(sent, own_column=True) or read.fulfilment(status, own_column=False),
        "fulfilment_text": sent or status,
        "cancelled": cancelled_at is not None or any(map(read.is_cancelled, (status, paid, sent))),
        "cancelled_at": cancelled_at,
    }


def _ordered_at(cells: Cells, settings: ParseSettings) -> Moment | None:
    """Date and time of day may stand in two columns."""
    found = cells.moment(Field.ORDERED_AT)
    clock = _CLOCK.match(cells.text(Field.ORDERED_TIME))
    if found is None or isinstance(found, datetime) or clock is None:
        return found
    try:
        at = time_of_day(int(clock[1]), int(clock[2]), int(clock[3] or 0))
    except ValueError:
        return found
    return datetime.combine(found, at, settings.zone)


def _moment(cells: Cells, field: Field, settings: ParseSettings) -> datetime | None:
    found = cells.moment(field)
    if isinstance(found, datetime) or found is None:
        return found
    return datetime.combine(found, time_of_day(), settings.zone)


def _last_day(cells: Cells, field: Field, settings: ParseSettings) -> Moment | None:
    """A date; of a range (9/5〜9/10) its end, which is what was promised."""
    text = cells.text(field)
    parts = _RANGE.split(text) if text else []
    if len(parts) == 2 and (end := parse_moment(parts[1], settings.zone, settings.day_first)) is not None:
        return end
    return cells.moment(field)


def _wish(cells: Cells, settings: ParseSettings) -> tuple[date | None, TimeBand | None]:
    """Day and part of the day the customer asked for, from one or two columns or the order's attributes."""
    details = attribute_wishes(line.partition(":")[::2] for line in cells.text(Field.ATTRIBUTES).splitlines())
    band = parse_band(cells.text(Field.REQUESTED_TIME) or details.get(Field.REQUESTED_TIME, ""))
    text = cells.text(Field.REQUESTED_DATE) or details.get(Field.REQUESTED_DATE, "")
    if not text or is_no_date(text):
        return None, band
    day, inside = split_date_and_band(text, settings.zone)
    if day is not None:
        return day, band or inside
    alone = parse_band(text)
    if alone is not None and alone.start is not None and not any(mark in text for mark in "/-年月"):
        return None, band or alone
    if details:
        return None, band
    return cells.day(Field.REQUESTED_DATE), band


def attribute_wishes(attributes: Iterable[tuple[str, str]]) -> dict[Field, str]:
    """Delivery wishes among the free attributes that shops' apps add to an order: 配送希望日: 2026-11-25."""
    found: dict[Field, str] = {}
    for name, value in attributes:
        field = meaning(name.strip())
        if field in (Field.REQUESTED_DATE, Field.REQUESTED_TIME) and value.strip():
            found.setdefault(field, value.strip())
    return found


def _destination(cells: Cells, customer: PersonRecord) -> AddressRecord:
    """Where it goes; the customer's own address where the file names no other."""
    family, given = cells.text(Field.SHIP_FAMILY), cells.text(Field.SHIP_GIVEN)
    phones = read.phones(cells.texts(Field.SHIP_PHONE))
    found = AddressRecord(
        country=cells.text(Field.SHIP_COUNTRY),
        province=cells.text(Field.SHIP_PROVINCE),
        city=cells.text(Field.SHIP_CITY),
        postal_code=read.postal_code(cells.texts(Field.SHIP_POSTAL_CODE)),
        lines=tuple(cells.texts(Field.SHIP_LINE)),
        name=cells.text(Field.SHIP_NAME) or " ".join(filter(None, (family, given))),
        company=cells.text(Field.SHIP_COMPANY),
        phone=phones[0] if phones else "",
    )
    if found:
        return found
    return replace(
        customer.address,
        name=found.name or customer.name,
        company=found.company or customer.company,
        phone=found.phone or (customer.phones[0] if customer.phones else ""),
    )


def _with_recipient(customer: PersonRecord, destination: AddressRecord) -> PersonRecord:
    """A file that names only the recipient means that he bought."""
    if customer.name or not destination.name:
        return customer
    phones = customer.phones or ((destination.phone,) if destination.phone else ())
    address = customer.address or replace(destination, name="", company="", phone="")
    return replace(customer, name=destination.name, phones=phones, address=address)
