"""Shopify's order payloads, as its webhooks send them."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mikomi.integrations.files.issues import RowIssue
from mikomi.integrations.files.records import OrderRecord
from mikomi.integrations.shopify.payload import BadPayloadError, parse_order, read_orders


def order(**changes: Any) -> dict[str, Any]:
    """A paid order of two lines, shipped."""
    found: dict[str, Any] = {
        "id": 820982911946154508,
        "name": "#1001",
        "email": "Jon@Example.com",
        "created_at": "2026-05-01T10:00:00+09:00",
        "updated_at": "2026-05-02T10:00:00+09:00",
        "processed_at": "2026-05-01T10:00:01+09:00",
        "cancelled_at": None,
        "currency": "JPY",
        "subtotal_price": "3000",
        "total_price": "3550",
        "total_tax": "270",
        "total_discounts": "0",
        "total_shipping_price_set": {"shop_money": {"amount": "550", "currency_code": "JPY"}},
        "financial_status": "paid",
        "fulfillment_status": "fulfilled",
        "buyer_accepts_marketing": True,
        "payment_gateway_names": ["shopify_payments"],
        "note_attributes": [
            {"name": "お届け希望日", "value": "2026-05-10"},
            {"name": "時間帯", "value": "14-16時"},
        ],
        "tags": "vip, gift",
        "customer": {
            "id": 115310627314723954,
            "first_name": "太郎",
            "last_name": "山田",
            "phone": "+819012345678",
        },
        "shipping_address": {
            "name": "山田 花子",
            "address1": "神宮前1-2-3",
            "address2": "ハイツ3",
            "city": "渋谷区",
            "province": "Tokyo",
            "zip": "150-0001",
            "country_code": "JP",
            "phone": "03-1234-5678",
        },
        "line_items": [
            {
                "id": 1,
                "sku": "A",
                "title": "煎茶",
                "variant_title": "100g",
                "quantity": 2,
                "price": "1000",
                "product_id": 9,
            },
            {
                "id": 2,
                "sku": "B",
                "title": "玉露",
                "quantity": 1,
                "price": "1000",
                "discount_allocations": [{"amount": "100"}],
            },
        ],
        "fulfillments": [
            {
                "id": 1,
                "status": "success",
                "created_at": "2026-05-02T09:00:00+09:00",
                "updated_at": "2026-05-04T12:00:00+09:00",
                "shipment_status": "in_transit",
                "tracking_company": "ヤマト運輸",
                "tracking_number": "4001",
            },
        ],
        "refunds": [],
    }
    return found | changes


def test_an_order_is_read() -> None:
    record = parse_order(order())
    assert (record.external_id, record.number) == ("820982911946154508", "#1001")
    assert (record.total_minor, record.shipping_minor, record.currency) == (3550, 550, "JPY")
    assert (record.payment, record.fulfilment, record.cancelled) == ("paid", "shipped", False)
    assert record.ordered_at == datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
    assert record.shipped_at == datetime(2026, 5, 2, 0, 0, tzinfo=UTC)
    assert record.delivered_at is None
    assert (record.requested_date, record.tags) == (date(2026, 5, 10), ("vip", "gift"))
    assert [(line.key, line.quantity, line.discount_minor) for line in record.lines] == [
        ("1", 2, 0),
        ("2", 1, 100),
    ]
    assert (record.destination.name, record.destination.lines) == ("山田 花子", ("神宮前1-2-3", "ハイツ3"))


def test_the_customer_is_read() -> None:
    person = parse_order(order()).customer
    assert person.external_ids == (("shopify", "115310627314723954"),)
    assert (person.name, person.emails) == ("山田 太郎", ("jon@example.com",))
    assert person.phones == ("+819012345678", "03-1234-5678")
    assert person.consent_email is True


def test_the_customers_own_consent_counts_more_than_the_orders() -> None:
    customer = {"id": 1, "email_marketing_consent": {"state": "unsubscribed"}}
    assert parse_order(order(customer=customer)).customer.consent_email is False


def test_a_delivered_order() -> None:
    shipped = [one | {"shipment_status": "delivered"} for one in order()["fulfillments"]]
    record = parse_order(order(fulfillments=shipped))
    assert record.fulfilment == "delivered"
    assert record.delivered_at == datetime(2026, 5, 4, 3, 0, tzinfo=UTC)


def test_a_part_shipment_is_not_shipped_yet() -> None:
    record = parse_order(order(fulfillment_status="partial"))
    assert (record.fulfilment, record.shipped_at) == ("partial", None)


def test_refunds_are_summed_by_what_was_paid_back() -> None:
    refund = {
        "id": 7,
        "created_at": "2026-05-05T10:00:00+09:00",
        "note": "傷",
        "transactions": [
            {"kind": "refund", "status": "success", "amount": "500"},
            {"kind": "refund", "status": "failure", "amount": "900"},
        ],
    }
    record = parse_order(
        order(refunds=[refund, {"id": 8, "created_at": None}], financial_status="partially_refunded")
    )
    assert (record.refunded_minor, record.payment) == (500, "partly_refunded")
    assert [(one.external_id, one.amount_minor, one.note) for one in record.refunds] == [("7", 500, "傷")]


def test_a_cancelled_order() -> None:
    record = parse_order(order(cancelled_at="2026-05-03T10:00:00+09:00", financial_status="voided"))
    assert record.cancelled
    assert (record.payment, record.cancelled_at) == ("voided", datetime(2026, 5, 3, 1, 0, tzinfo=UTC))


def test_an_order_without_customer_or_address() -> None:
    record = parse_order(order(customer=None, shipping_address=None, email=""))
    assert not record.customer.is_known
    assert not record.destination


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": None}, "id"),
        ({"currency": "???"}, "currency"),
        ({"total_price": "a lot"}, "total_price"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"created_at": "2026-05-01T10:00:00"}, "created_at"),
        ({"line_items": [{"id": 1, "quantity": "two"}]}, "line_items.quantity"),
    ],
)
def test_a_payload_that_is_no_order_names_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadPayloadError) as problem:
        parse_order(order(**changes))
    assert problem.value.field == field


@pytest.mark.parametrize("body", [order(), {"order": order()}, {"orders": [order()]}, [order()]])
def test_orders_come_alone_or_in_a_list(body: object) -> None:
    (found,) = read_orders(json.dumps(body).encode())
    assert isinstance(found, OrderRecord)


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"{}", b"null", b'"x"', b"[" * 100_000, b"\xff\xfe"])
def test_any_other_body_is_an_issue(body: bytes) -> None:
    (found,) = read_orders(body)
    assert isinstance(found, RowIssue)
    assert found.message()
