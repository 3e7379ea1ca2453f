"""Shopify's product payloads, as its webhooks send them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mikomi.commerce.records import ProductRecord
from mikomi.integrations.shopify.payload import BadPayloadError
from mikomi.integrations.shopify.products import parse_products


def product(**changes: Any) -> dict[str, Any]:
    """A product of two variants, one of them not counted by Shopify, and one without a SKU."""
    variant = {"inventory_management": "shopify", "updated_at": "2026-05-02T10:00:00+09:00"}
    return {
        "id": 788032119674292922,
        "title": "湯のみ",
        "status": "active",
        "updated_at": "2026-05-01T10:00:00+09:00",
        "variants": [
            variant | {"sku": "CUP-01", "title": "藍", "price": "1800", "inventory_quantity": 7},
            variant | {"sku": "CUP-02", "title": "Default Title", "price": "", "inventory_management": None},
            variant | {"sku": "", "title": "白", "price": "1"},
        ],
    } | changes


def test_each_variant_with_a_sku_is_a_product() -> None:
    first, second = parse_products(product(), "JPY")
    assert first == ProductRecord(
        sku="CUP-01", name="湯のみ", variant="藍", price_minor=1800, currency="JPY", available=7, discontinued=False,
        known_at=datetime(2026, 5, 2, 1, tzinfo=UTC),
    )  # fmt: skip
    assert (second.variant, second.price_minor, second.available) == ("", None, None)


def test_what_is_archived_is_no_longer_sold() -> None:
    assert parse_products(product(status="archived"), "JPY")[0].discontinued is True


@pytest.mark.parametrize(
    "wrong",
    [[], {"title": "x"}, product(updated_at="gestern"), product(variants=[{"sku": "X", "price": "viel"}])],
)
def test_what_is_no_product_is_refused(wrong: object) -> None:
    with pytest.raises(BadPayloadError):
        parse_products(wrong, "JPY")
