"""Adapters between the product and the checkers of `../shared/corpus/check`.

Each adapter has the signature which the docstring of its checker gives, and only translates. What the
product does not do yet has no adapter here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from mikomi.core.calendars.rules import WorkingCalendar
    from mikomi.integrations.files.records import OrderRecord, PersonRecord

# Business time: check_business_time.py benchmarks.corpus:calc


def calc(
    op: str,
    calendar: Mapping[str, Any],
    start: datetime,
    n: int | None,
    unit: str | None,
    end: datetime | None,
) -> datetime | float | bool:
    from datetime import timedelta

    from mikomi.core.calendars import rules

    working = _working_calendar(calendar)
    if op == "in_hours":
        return rules.is_open(working, start)
    if op == "within" and end is not None:
        return rules.working_between(working, start, end).total_seconds()
    if n is None or unit is None or op not in ("after", "before"):
        raise NotImplementedError(op)
    if unit == "days":
        count_days = rules.add_working_days if op == "after" else rules.subtract_working_days
        return count_days(working, start, n)
    walk = rules.working_after if op == "after" else rules.working_before
    return walk(working, start, timedelta(**{unit: n}))


def _working_calendar(calendar: Mapping[str, Any]) -> WorkingCalendar:
    from datetime import date
    from zoneinfo import ZoneInfo

    from mikomi.core.calendars.rules import Spans, WorkingCalendar, parse_span, weekly_hours

    def dated(spans: Mapping[str, Sequence[tuple[str, str]]]) -> dict[date, Spans]:
        return {
            date.fromisoformat(day): tuple(parse_span(opens, closes) for opens, closes in pairs)
            for day, pairs in spans.items()
        }

    return WorkingCalendar(
        tz=ZoneInfo(calendar["tz"]),
        hours=weekly_hours(calendar["hours"]),
        holidays=frozenset(date.fromisoformat(day) for day in calendar["holidays"]),
        breaks=dated(calendar.get("breaks") or {}),
        shifts=dated(calendar.get("shifts") or {}),
    )


# Webhooks: check_webhooks.py benchmarks.corpus:verify --sign benchmarks.corpus:sign
#           --vendor benchmarks.corpus:verify_vendor


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: int) -> bool:
    from mikomi.integrations.signatures import verify_standard

    return verify_standard(secret, headers, body, now)


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    from mikomi.integrations.signatures import sign_standard

    return sign_standard(secret, message_id, timestamp, body)


def verify_vendor(
    vendor: str, secret: str, headers: Mapping[str, str], body: bytes, url: str | None, now: int
) -> bool:
    from mikomi.integrations import signatures

    match vendor:
        case "Shopify":
            return signatures.verify_shopify(secret, headers, body)
        case "Stripe":
            return signatures.verify_stripe(secret, headers, body, now)
        case "Square" if url is not None:
            return signatures.verify_square(secret, headers, body, url)
        case "LINE":
            return signatures.verify_line(secret, headers, body)
        case "GitHub":
            return signatures.verify_github(secret, headers, body)
    raise NotImplementedError(vendor)


# E-mail: check_email.py benchmarks.corpus:parse


def parse(raw: bytes) -> dict[str, Any]:
    from mikomi.channels.email.reading.message import parse_message
    from mikomi.channels.email.reading.quotes import split_reply

    message = parse_message(raw)
    people = [item.address for item in (message.sender, *message.to, *message.cc, *message.reply_to)]
    return {
        "from_email": message.sender.address,
        "from_name": message.sender.name,
        "to": [item.address for item in message.to],
        "cc": [item.address for item in message.cc],
        "reply_to": [item.address for item in message.reply_to],
        "people": [address for address in people if address],
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "attachments": [
            {"filename": part.name, "content": part.content(), "size": part.size} for part in message.parts
        ],
        "date": message.date,
        "message_id": message.message_id,
        "in_reply_to": " ".join(message.in_reply_to),
        "may_auto_reply": message.auto.may_auto_reply,
        "out_of_office": message.auto.out_of_office,
        "is_bounce": message.is_bounce,
        "bounce": [
            {"recipient": item.recipient, "status": item.status, "reason": item.reason, "hard": item.hard}
            for item in message.bounces
        ],
        "reply": split_reply(message.text).own,
    }


# Replies: check_replies.py benchmarks.corpus:strip


def strip(text: str, kind: str) -> str:
    from mikomi.channels.email.reading.html_text import html_to_text
    from mikomi.channels.email.reading.quotes import split_reply

    return split_reply(html_to_text(text) if kind == "html" else text).own


# HTML of strangers: check_html.py benchmarks.corpus:render


def render(markup: str) -> str:
    from mikomi.channels.email.reading.html import render_html

    return render_html(markup).html


# Tables: check_csv.py benchmarks.corpus:read


def read(data: bytes) -> list[list[str]]:
    from mikomi.core.tables.reading import read_bytes

    return [row.cells for row in read_bytes(data)]


# Files of orders and customers: check_import.py benchmarks.corpus:importer --dates benchmarks.corpus:parse_date


def importer(kind: str, data: bytes) -> dict[str, Any]:
    from io import BytesIO
    from zoneinfo import ZoneInfo

    from mikomi.integrations.files.reading import read_file
    from mikomi.integrations.files.settings import ParseSettings

    settings = ParseSettings(ZoneInfo("Asia/Tokyo"))
    if kind == "orders_csv" or kind == "customers_csv":
        with read_file(BytesIO(data), "orders" if kind == "orders_csv" else "customers", settings) as reading:
            return _answer([*reading.issues, *reading.records()], refused=reading.refused)
    if kind == "vcard":
        from mikomi.integrations.files.vcard import read_cards

        return _answer(list(read_cards(data, settings)))
    if kind == "shopify_orders_json":
        from mikomi.integrations.shopify.payload import read_orders

        return _answer(list(read_orders(data)))
    raise NotImplementedError(kind)


def _answer(found: Sequence[object], *, refused: bool = False) -> dict[str, Any]:
    from mikomi.integrations.files.issues import RowIssue
    from mikomi.integrations.files.people import merge_people
    from mikomi.integrations.files.records import OrderRecord, PersonRecord

    people: dict[object, PersonRecord] = {}
    for one in found:
        if isinstance(one, PersonRecord):  # as storing them would: one customer for each address
            key = one.emails[0] if one.emails else id(one)
            people[key] = merge_people(people[key], one) if key in people else one
    return {
        "orders": [_order(one) for one in found if isinstance(one, OrderRecord)],
        "customers": [_person(one) for one in people.values()],
        "issues": [
            {"line": one.line, "column": one.column, "message": one.message()}
            for one in found
            if isinstance(one, RowIssue)
        ],
        "rejected": refused,
    }


def _order(order: OrderRecord) -> dict[str, Any]:
    from mikomi.core.money import Money

    def major(minor: int | None) -> float | None:
        return None if minor is None else float(Money(minor, order.currency).major)

    place = order.destination
    japanese = not "".join((place.province, place.city, *place.lines)).isascii()
    parts = (
        (place.province, place.city, *place.lines) if japanese else (*place.lines, place.city, place.province)
    )
    return {
        "id": order.number,
        "external_id": order.external_id,
        "customer": order.customer.name,
        "email": order.customer.emails[0] if order.customer.emails else None,
        "currency": order.currency,
        "total": major(order.total_minor),
        "ordered_at": _moment(order.ordered_at),
        "requested_date": order.requested_date and order.requested_date.isoformat(),
        "promised_ship": order.ship_by and order.ship_by.isoformat(),
        "address": " ".join(filter(None, parts)),
        "financial_status": order.payment_text,
        "accepts_marketing": order.customer.consent_email,
        "cancelled": order.cancelled,
        "items": [
            {"sku": line.sku, "quantity": line.quantity, "unit_price": major(line.unit_price_minor)}
            for line in order.lines
        ],
    }


def _person(person: PersonRecord) -> dict[str, Any]:
    return {
        "email": person.emails[0] if person.emails else None,
        "emails": list(person.emails),
        "name": person.name,
        "phone": person.phones[0] if person.phones else None,
        "phones": list(person.phones),
        "zip": person.address.postal_code,
        "city": person.address.city,
        "tags": list(person.tags),
        "consent_email": person.consent_email,
        "consent_sms": person.consent_sms,
        "total_spent": person.total_spent,
        "order_count": person.order_count,
    }


def parse_date(text: str) -> datetime | None:
    from zoneinfo import ZoneInfo

    from mikomi.integrations.files.dates import AmbiguousDateError, parse_moment

    try:
        return _moment(parse_moment(text, ZoneInfo("Asia/Tokyo")))
    except AmbiguousDateError:
        return None


def _moment(value: date | None) -> datetime | None:
    """A day without a time of day begins at midnight in Japan."""
    from zoneinfo import ZoneInfo

    if value is None or isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=ZoneInfo("Asia/Tokyo"))
