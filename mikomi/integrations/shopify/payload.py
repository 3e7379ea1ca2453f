"""A Shopify order as its REST API and its webhooks send it (JSON) to an OrderRecord.

Signatures are checked before, on the raw body. Facts come in any order: `updated_at` tells which news is newer.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mikomi.core.money import EXPONENTS, parse_amount
from mikomi.integrations.files import cells as read
from mikomi.integrations.files.dates import parse_band, split_date_and_band
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.issues import RowIssue
from mikomi.integrations.files.names import shown_name
from mikomi.integrations.files.order_head import attribute_wishes
from mikomi.integrations.files.records import (
    AddressRecord,
    Fulfilment,
    OrderLineRecord,
    OrderRecord,
    Payment,
    PersonRecord,
    RefundRecord,
    TimeBand,
)

SOURCE = "shopify"
_PAYMENT: dict[str, Payment] = {
    "pending": "pending",
    "authorized": "pending",
    "partially_paid": "pending",
    "expired": "pending",
    "paid": "paid",
    "partially_refunded": "partly_refunded",
    "refunded": "refunded",
    "voided": "voided",
}
_FULFILMENT: dict[str, Fulfilment] = {"": "unfulfilled", "partial": "partial", "fulfilled": "shipped"}
Json = Mapping[str, Any]


class BadPayloadError(ValueError):
    """The payload is not an order. `field` is what is missing or can't be read."""

    def __init__(self, field: str) -> None:
        super().__init__(f"the Shopify order's {field} is missing or can't be read")
        self.field = field


def read_orders(body: bytes) -> Iterator[OrderRecord | RowIssue]:
    """The orders of a body: one order, {"order": …}, {"orders": […]} or a list; issues for those that are none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        yield RowIssue(0, "JSON", "bad_payload")
        return
    if isinstance(found, dict):
        found = found.get("orders", found.get("order", found))
    for number, one in enumerate(found if isinstance(found, list) else [found], 1):
        try:
            yield parse_order(one)
        except BadPayloadError as problem:
            yield RowIssue(number, problem.field, "bad_payload")


def parse_order(payload: object) -> OrderRecord:
    """One order of the webhooks orders/create, updated, paid, cancelled, fulfilled… Raises BadPayloadError."""
    if not isinstance(payload, dict):
        raise BadPayloadError("order")
    money = _Money(payload)
    customer = _customer(payload)
    status, sent = _text(payload, "financial_status"), _text(payload, "fulfillment_status")
    shipments = [one for one in _list(payload, "fulfillments") if one.get("status") != "cancelled"]
    refunds = _refunds(payload, money)
    wish, band = _wish(payload)
    return OrderRecord(
        source=SOURCE,
        external_id=_id(payload),
        number=_text(payload, "name") or _text(payload, "order_number") or _id(payload),
        customer=customer,
        currency=money.currency,
        ordered_at=_moment(payload, "processed_at")
        if "created_at" not in payload
        else _moment(payload, "created_at"),
        updated_at=_moment(payload, "updated_at"),
        subtotal_minor=money.of(payload, "subtotal_price"),
        shipping_minor=_shipping(payload, money),
        tax_minor=money.of(payload, "total_tax"),
        discount_minor=money.of(payload, "total_discounts"),
        total_minor=money.of(payload, "total_price"),
        refunded_minor=sum(one.amount_minor for one in refunds),
        payment=_PAYMENT.get(status, ""),
        payment_text=status,
        fulfilment=_fulfilment(sent, shipments),
        fulfilment_text=sent,
        paid_at=_paid_at(payload, status),
        shipped_at=_latest(shipments, "created_at") if sent == "fulfilled" else None,
        delivered_at=_delivered_at(sent, shipments),
        expected_at=_latest(shipments, "estimated_delivery_at"),
        cancelled=payload.get("cancelled_at") is not None,
        cancelled_at=_moment(payload, "cancelled_at"),
        ship_by=_earliest(_list(payload, "fulfillment_orders"), "fulfill_by"),
        requested_date=wish,
        requested_time=band,
        destination=_address(_dict(payload, "shipping_address")) or customer.address,
        carrier=_last(shipments, "tracking_company"),
        tracking_number=_last(shipments, "tracking_number"),
        payment_method=", ".join(str(one) for one in payload.get("payment_gateway_names") or []),
        note=_text(payload, "note"),
        tags=tuple(read.several(_text(payload, "tags"))),
        store=_text(payload, "location_id"),
        channel=_text(payload, "source_name"),
        lines=tuple(_line(one, money) for one in _list(payload, "line_items")),
        refunds=tuple(refunds),
    )


def parse_refund(payload: object) -> tuple[str, str, RefundRecord | None]:
    """A refund as `refunds/create` sends it: the order's id, the currency ("" where nothing was paid back), the refund.

    Raises BadPayloadError.
    """
    if not isinstance(payload, dict):
        raise BadPayloadError("refund")
    order_id = _text(payload, "order_id")
    if not order_id:
        raise BadPayloadError("order_id")
    currency = next((_text(one, "currency") for one in _list(payload, "transactions")), "")
    if not currency:
        return order_id, "", None
    found = _refunds({"refunds": [payload]}, _Money({"currency": currency}))
    return order_id, currency.upper(), found[0] if found else None


class _Money:
    """Amounts of one payload: decimal texts in the shop's currency."""

    def __init__(self, payload: Json) -> None:
        self.currency = _text(payload, "currency").upper()
        if self.currency not in EXPONENTS:
            raise BadPayloadError("currency")

    def of(self, holder: Json, name: str) -> int | None:
        """Minor units; None where it isn't given."""
        value = holder.get(name)
        if value is None or value == "":
            return None
        try:
            return parse_amount(str(value), self.currency, decimal=".").minor
        except ValueError:
            raise BadPayloadError(name) from None


def _customer(payload: Json) -> PersonRecord:
    customer, billing = _dict(payload, "customer"), _dict(payload, "billing_address")
    shipping, home = _dict(payload, "shipping_address"), _dict(customer, "default_address")
    named = next(
        (one for one in (customer, billing, shipping) if one.get("last_name") or one.get("first_name")), {}
    )
    family, given = _text(named, "last_name"), _text(named, "first_name")
    phones = [_text(one, "phone") for one in (payload, customer, billing, shipping, home)]
    emails = [
        read.email(_text(one, name)) for one in (payload, customer) for name in ("email", "contact_email")
    ]
    identity = _text(customer, "id")
    return PersonRecord(
        source=SOURCE,
        external_ids=((SOURCE, identity),) if identity else (),
        name=shown_name(family, given) or _text(billing, "name") or _text(shipping, "name"),
        family_name=family,
        given_name=given,
        emails=tuple(dict.fromkeys(address for address in emails if address)),
        phones=tuple(dict.fromkeys(number for number in phones if number and read.is_phone(number))),
        company=_text(billing, "company") or _text(home, "company"),
        address=_address(billing) or _address(home) or _address(shipping),
        language=_text(payload, "customer_locale"),
        tags=tuple(read.several(_text(customer, "tags"))),
        consent_email=_consent(customer, "email_marketing_consent", payload.get("buyer_accepts_marketing")),
        consent_sms=_consent(customer, "sms_marketing_consent", None),
        note=_text(customer, "note"),
    )


def _consent(customer: Json, name: str, otherwise: object) -> bool | None:
    state = _text(_dict(customer, name), "state")
    if state in ("subscribed", "unsubscribed", "not_subscribed"):
        return state == "subscribed"
    return otherwise if isinstance(otherwise, bool) else None


def _address(held: Json) -> AddressRecord:
    lines = tuple(text for name in ("address1", "address2") if (text := _text(held, name)))
    return AddressRecord(
        country=_text(held, "country_code") or _text(held, "country"),
        province=_text(held, "province"),
        city=_text(held, "city"),
        postal_code=_text(held, "zip"),
        lines=lines,
        name=_text(held, "name"),
        company=_text(held, "company"),
        phone=_text(held, "phone"),
    )


def _line(held: Json, money: _Money) -> OrderLineRecord:
    quantity = held.get("quantity")
    if not isinstance(quantity, int):
        raise BadPayloadError("line_items.quantity")
    allocated = [money.of(one, "amount") or 0 for one in _list(held, "discount_allocations")]
    return OrderLineRecord(
        key=_id(held),
        sku=_text(held, "sku"),
        product_id=_text(held, "product_id"),
        name=_text(held, "title") or _text(held, "name"),
        variant=_text(held, "variant_title"),
        quantity=quantity,
        unit_price_minor=money.of(held, "price"),
        discount_minor=sum(allocated) or money.of(held, "total_discount") or 0,
    )


def _shipping(payload: Json, money: _Money) -> int | None:
    whole = _dict(_dict(payload, "total_shipping_price_set"), "shop_money")
    if whole:
        return money.of(whole, "amount")
    lines = _list(payload, "shipping_lines")
    return sum(money.of(one, "price") or 0 for one in lines) if "shipping_lines" in payload else None


def _refunds(payload: Json, money: _Money) -> list[RefundRecord]:
    """What was paid back; refunds of goods without a payment (restocked only) count nothing."""
    found = []
    for one in _list(payload, "refunds"):
        paid_back = [
            money.of(each, "amount") or 0
            for each in _list(one, "transactions")
            if each.get("kind") in ("refund", "void") and each.get("status") in ("success", None)
        ]
        at = _moment(one, "processed_at") or _moment(one, "created_at")
        if sum(paid_back) and at is not None:
            found.append(RefundRecord(_id(one), sum(paid_back), at, _text(one, "note")))
    return found


def _fulfilment(sent: str, shipments: list[Json]) -> Fulfilment:
    if (
        sent == "fulfilled"
        and shipments
        and all(one.get("shipment_status") == "delivered" for one in shipments)
    ):
        return "delivered"
    return _FULFILMENT.get(sent, "")


def _delivered_at(sent: str, shipments: list[Json]) -> datetime | None:
    if _fulfilment(sent, shipments) != "delivered":
        return None
    return _latest(shipments, "updated_at")


def _paid_at(payload: Json, status: str) -> datetime | None:
    """Shopify names no time of payment; of an order paid at once it is the time it was processed."""
    return _moment(payload, "processed_at") if status in ("paid", "partially_refunded", "refunded") else None


def _wish(payload: Json) -> tuple[date | None, TimeBand | None]:
    attributes = [(_text(one, "name"), _text(one, "value")) for one in _list(payload, "note_attributes")]
    wishes = attribute_wishes(attributes)
    day, inside = split_date_and_band(wishes.get(Field.REQUESTED_DATE, ""), ZoneInfo("UTC"))
    return day, parse_band(wishes.get(Field.REQUESTED_TIME, "")) or inside


def _moments(held: list[Json], name: str) -> list[datetime]:
    return [moment for one in held if (moment := _moment(one, name)) is not None]


def _latest(held: list[Json], name: str) -> datetime | None:
    return max(_moments(held, name), default=None)


def _earliest(held: list[Json], name: str) -> datetime | None:
    return min(_moments(held, name), default=None)


def _last(held: list[Json], name: str) -> str:
    return next((text for one in reversed(held) if (text := _text(one, name))), "")


def _id(held: Json) -> str:
    found = _text(held, "id")
    if not found:
        raise BadPayloadError("id")
    return found


def _text(held: Json, name: str) -> str:
    value = held.get(name)
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _dict(held: Json, name: str) -> Json:
    value = held.get(name)
    return value if isinstance(value, dict) else {}


def _list(held: Json, name: str) -> list[Json]:
    value = held.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _moment(held: Json, name: str) -> datetime | None:
    """An ISO time with its offset. Raises BadPayloadError."""
    text = _text(held, name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadPayloadError(name) from None
    if found.tzinfo is None:
        raise BadPayloadError(name)
    return found
