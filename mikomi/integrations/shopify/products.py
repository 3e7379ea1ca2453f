"""A Shopify product as its webhooks send it (products/create, update) to product records, one per variant.

A call of products/delete names nothing but Shopify's id, which no product here carries: it is ignored. That something
is no longer sold is told by the status "archived".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mikomi.commerce.records import ProductRecord
from mikomi.core.money import EXPONENTS, parse_amount
from mikomi.integrations.shopify.payload import BadPayloadError

TOPICS = frozenset({"products/create", "products/update"})
_COUNTS = "shopify"


def parse_products(payload: object, currency: str) -> list[ProductRecord]:
    """The variants that have a SKU. The payload names no currency: prices are in the shop's. Raises BadPayloadError."""
    if not isinstance(payload, dict) or not isinstance(payload.get("variants"), list):
        raise BadPayloadError("variants")
    return list(_records(payload, currency))


def _records(payload: dict[str, Any], currency: str) -> Iterator[ProductRecord]:
    known_at, status = _moment(payload.get("updated_at")), payload.get("status")
    for variant in payload["variants"]:
        if not isinstance(variant, dict) or not str(variant.get("sku") or "").strip():
            continue
        title = str(variant.get("title") or "")
        price = _price(variant.get("price"), currency)
        yield ProductRecord(
            sku=str(variant["sku"]).strip(),
            name=str(payload.get("title") or ""),
            variant="" if title == "Default Title" else title,
            price_minor=price,
            currency=currency if price is not None else "",
            available=_available(variant),
            discontinued=status == "archived" if isinstance(status, str) else None,
            known_at=_moment(variant.get("updated_at")) or known_at,
        )


def _available(variant: dict[str, Any]) -> int | None:
    """What may still be sold, of all places; none where Shopify does not count."""
    count = variant.get("inventory_quantity")
    is_counted = variant.get("inventory_management", _COUNTS) is not None
    return count if is_counted and isinstance(count, int) and not isinstance(count, bool) else None


def _price(value: object, currency: str) -> int | None:
    if value is None or value == "" or currency not in EXPONENTS:
        return None
    try:
        return parse_amount(str(value), currency, decimal=".").minor
    except ValueError:
        raise BadPayloadError("variants.price") from None


def _moment(value: object) -> datetime | None:
    if not value:
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise BadPayloadError("updated_at") from None
    return found if found.tzinfo else None
