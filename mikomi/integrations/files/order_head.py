"""What the columns of an order say, its lines aside."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from datetime import time as time_of_day
from functools import lru_cache
from typing import Any

from mikomi.integrations.files import cells as read
from mikomi.integrations.files.addresses import NOWHERE, AddressReader
from mikomi.integrations.files.building import make_address
from mikomi.integrations.files.columns import Cells, Columns
from mikomi.integrations.files.dates import is_no_date, parse_band, parse_moment, split_date_and_band
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import Format
from mikomi.integrations.files.headers import meaning
from mikomi.integrations.files.people import PersonReader
from mikomi.integrations.files.records import AddressRecord, Moment, PersonRecord, TimeBand
from mikomi.integrations.files.settings import ParseSettings

_RANGE = re.compile(r"\s*(?:~|〜|～|から)\s*")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")


class HeadReader:
    """Reads the values of an OrderRecord that don't come from its lines."""

    def __init__(self, columns: Columns, file_format: Format, settings: ParseSettings) -> None:
        self._decimal = file_format.decimal
        self._settings = settings
        self._person = PersonReader(columns, file_format.source)
        self._texts = columns.present(
            carrier=Field.CARRIER,
            payment_method=Field.PAYMENT_METHOD,
            store=Field.STORE,
            channel=Field.CHANNEL,
        )
        self._amounts = columns.present(
            subtotal_minor=Field.SUBTOTAL, tax_minor=Field.TAX, refunded_minor=Field.REFUNDED
        )
        self._moments = columns.present(
            updated_at=Field.UPDATED_AT,
            paid_at=Field.PAID_AT,
            shipped_at=Field.SHIPPED_AT,
            delivered_at=Field.DELIVERED_AT,
        )
        self._promises = columns.present(ship_by=Field.SHIP_BY, deliver_by=Field.DELIVER_BY)
        has = columns.places.keys()
        self._has_states = bool(has & {Field.STATUS, Field.PAYMENT, Field.FULFILMENT, Field.CANCELLED_AT})
        self._has_wish = bool(has & {Field.REQUESTED_DATE, Field.REQUESTED_TIME, Field.ATTRIBUTES})
        readers = {
            "tracking_number": (Field.TRACKING, _tracking),
            "note": (Field.NOTE, _note),
            "tags": (Field.ORDER_TAGS, _tags),
        }
        self._readers = [(name, reader) for name, (field, reader) in readers.items() if field in has]
        self._recipient = AddressReader(columns, "ship")

    def read(self, cells: Cells, currency: str) -> dict[str, Any]:
        """Arguments of an OrderRecord; what can't be read is noted in `cells.issues`."""
        customer = self._person.read(cells)
        named = self._recipient.read(cells.values) if self._recipient.is_there else NOWHERE
        destination = named or _home(customer, named)
        found: dict[str, Any] = {name: cells.values[place] for name, _, place in self._texts}
        for name, field, _ in self._amounts:
            found[name] = cells.amount(field, currency, self._decimal)
        for name, field, _ in self._moments:
            found[name] = cells.moment(field)
        for name, field, _ in self._promises:
            found[name] = _last_day(cells, field, self._settings)
        if self._has_states:
            found |= _states(cells)
        if self._has_wish:
            found["requested_date"], found["requested_time"] = _wish(cells, self._settings)
        found["customer"] = _with_recipient(customer, destination)
        found["destination"] = destination
        found["ordered_at"] = _ordered_at(cells, self._settings)
        for name, reader in self._readers:
            found[name] = reader(cells)
        return found


def _tracking(cells: Cells) -> str:
    return read.spared(cells.text(Field.TRACKING))


def _note(cells: Cells) -> str:
    return "\n".join(dict.fromkeys(cells.texts(Field.NOTE)))


def _tags(cells: Cells) -> tuple[str, ...]:
    return tuple(tag for text in cells.texts(Field.ORDER_TAGS) for tag in read.several(text))


def _states(cells: Cells) -> dict[str, Any]:
    cancelled_at = cells.moment(Field.CANCELLED_AT)
    found = _states_of(cells.text(Field.STATUS), cells.text(Field.PAYMENT), cells.text(Field.FULFILMENT))
    return {
        **found,
        "cancelled_at": cancelled_at,
        "cancelled": found["cancelled"] or cancelled_at is not None,
    }


@lru_cache(maxsize=512)
def _states_of(status: str, paid: str, sent: str) -> dict[str, Any]:
    return {
        "payment": read.payment(paid, own_column=True) or read.payment(status, own_column=False),
        "payment_text": paid or status,
        "fulfilment": read.fulfilment(sent, own_column=True) or read.fulfilment(status, own_column=False),
        "fulfilment_text": sent or status,
        "cancelled": any(map(read.is_cancelled, (status, paid, sent))),
    }


def _ordered_at(cells: Cells, settings: ParseSettings) -> Moment | None:
    """Date and time of day may stand in two columns."""
    found = cells.moment(Field.ORDERED_AT)
    if found is None or isinstance(found, datetime):
        return found
    clock = _CLOCK.match(cells.text(Field.ORDERED_TIME))
    if clock is None:
        return found
    try:
        at = time_of_day(int(clock[1]), int(clock[2]), int(clock[3] or 0))
    except ValueError:
        return found
    return datetime.combine(found, at, settings.zone)


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


def _home(customer: PersonRecord, recipient: AddressRecord) -> AddressRecord:
    """The customer's own address as destination, where the file names no other."""
    home = customer.address
    return make_address(
        home.country,
        home.province,
        home.city,
        home.postal_code,
        home.lines,
        recipient.name or customer.name,
        recipient.company or customer.company,
        recipient.phone or (customer.phones[0] if customer.phones else ""),
    )


def _with_recipient(customer: PersonRecord, destination: AddressRecord) -> PersonRecord:
    """A file that names only the recipient means that he bought."""
    if customer.name or not destination.name:
        return customer
    phones = customer.phones or ((destination.phone,) if destination.phone else ())
    address = customer.address or replace(destination, name="", company="", phone="")
    return replace(customer, name=destination.name, phones=phones, address=address)
