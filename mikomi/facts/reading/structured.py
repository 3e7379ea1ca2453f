"""What a page says to machines: schema.org offers, telephone and opening hours in JSON-LD, offers in microdata."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mikomi.core.money import BadAmountError, CurrencyMismatchError, UnknownCurrencyError, parse_amount
from mikomi.facts.rules.documents import MOST_OFFERS, Offer
from mikomi.facts.rules.values import EXCLUDED, INCLUDED, Price

_DEEPEST = 12
_LARGEST = 500_000
_CODES = ("sku", "mpn", "productID", "gtin13", "gtin", "gtin8", "gtin14")
_DAYS = {"Mo": "Mon", "Tu": "Tue", "We": "Wed", "Th": "Thu", "Fr": "Fri", "Sa": "Sat", "Su": "Sun"}
_STOCK = {
    "instock": True, "limitedavailability": True, "onlineonly": True, "instoreonly": True, "outofstock": False,
    "soldout": False, "discontinued": False, "backorder": False, "preorder": False, "presale": False,
}  # fmt: skip


@dataclass
class Structured:
    """Offers, and the rest as lines that a text could have."""

    offers: list[Offer] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def json_ld(tree: LexborHTMLParser) -> Structured:
    """All JSON-LD of a page; a block that can't be read is passed over, as browsers and search engines do."""
    found = Structured()
    for node in tree.css('script[type="application/ld+json"]'):
        try:
            data = json.loads((node.text() or "")[:_LARGEST], strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(data):
            _take(found, thing)
    return found


def _things(data: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for one in data[:MOST_OFFERS]:
            yield from _things(one, depth + 1)
    elif isinstance(data, dict):
        yield data
        for name, value in data.items():
            if name != "offers" and isinstance(value, dict | list):
                yield from _things(value, depth + 1)


def _take(found: Structured, thing: dict[str, Any]) -> None:
    if "Product" in _types(thing):
        found.offers.extend(_offers(thing))
    phone = thing.get("telephone")
    if isinstance(phone, str) and phone:
        found.lines.append(f"Tel: {phone[:40]}")
    found.lines.extend(_hours(thing))


def _types(thing: dict[str, Any]) -> list[str]:
    kinds = thing.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [str(kind).rpartition("/")[2] for kind in listed]


def _offers(product: dict[str, Any]) -> Iterator[Offer]:
    code = next((str(product[name]).strip() for name in _CODES if product.get(name)), "")
    name = str(product.get("name") or "")[:300]
    offers = product.get("offers")
    listed = offers if isinstance(offers, list) else [offers] if isinstance(offers, dict) else []
    for one in listed:
        if isinstance(one, dict):
            inner = one.get("offers") if "AggregateOffer" in _types(one) else None
            for offer in inner if isinstance(inner, list) else [one]:
                if isinstance(offer, dict):
                    own = next((str(offer[word]).strip() for word in _CODES if offer.get(word)), code)
                    stock, ended = availability(offer.get("availability"))
                    yield Offer(own, name, _offer_price(offer), stock, ended)


def _offer_price(offer: dict[str, Any]) -> Price | None:
    detail = offer.get("priceSpecification")
    detail = detail[0] if isinstance(detail, list) and detail else detail
    source = offer if offer.get("price") not in (None, "") else detail if isinstance(detail, dict) else {}
    amount, currency = source.get("price"), source.get("priceCurrency") or offer.get("priceCurrency")
    taxed = source.get(
        "valueAddedTaxIncluded", detail.get("valueAddedTaxIncluded") if isinstance(detail, dict) else None
    )
    tax = {True: INCLUDED, False: EXCLUDED}.get(taxed, "") if isinstance(taxed, bool) else ""
    return price(amount, str(currency or ""), tax)


def price(amount: object, currency: str, tax: str = "") -> Price | None:
    """A price as data gives it: 1980, "1,980", "1980.00"; none for what isn't one."""
    if isinstance(amount, bool) or not isinstance(amount, str | int | float):
        return None
    text = str(amount).strip()
    if currency == "JPY":
        text = text.removesuffix(".00").removesuffix(".0")
    try:
        minor = parse_amount(text, currency, decimal=".").minor
    except (BadAmountError, CurrencyMismatchError, UnknownCurrencyError):
        return None
    return Price(minor, currency, tax) if minor >= 0 else None


def availability(said: object) -> tuple[bool | None, bool | None]:
    """In stock, and discontinued, of a schema.org or feed word; none where it doesn't say."""
    word = str(said or "").rpartition("/")[2].replace("_", "").replace(" ", "").replace("-", "").lower()
    if word not in _STOCK:
        return None, None
    return _STOCK[word], True if word == "discontinued" else None


def _hours(thing: dict[str, Any]) -> Iterator[str]:
    """`Mo-Fr 10:00-19:00` and OpeningHoursSpecification as a line that says the same."""
    plain = thing.get("openingHours")
    for one in plain if isinstance(plain, list) else [plain]:
        if isinstance(one, str):
            for short, name in _DAYS.items():
                one = one.replace(short, name)  # noqa: PLW2901 - day by day
            yield f"Opening hours {one[:200]}"
    special = thing.get("openingHoursSpecification")
    for one in special if isinstance(special, list) else [special]:
        if isinstance(one, dict) and not one.get("validFrom"):
            days = one.get("dayOfWeek")
            names = [
                str(day).rpartition("/")[2][:3] for day in (days if isinstance(days, list) else [days]) if day
            ]
            opens, closes = str(one.get("opens") or "")[:5], str(one.get("closes") or "")[:5]
            if names and opens and closes:
                yield f"Opening hours {', '.join(names)} {opens}-{closes}"


def microdata(tree: LexborHTMLParser) -> Iterator[Offer]:
    """The offers of products in `itemscope` markup."""
    for product in tree.css('[itemtype*="schema.org/Product"]')[:MOST_OFFERS]:
        code = next((text for name in _CODES if (text := _property(product, name))), "")
        stock, ended = availability(_property(product, "availability"))
        amount = price(_property(product, "price"), _property(product, "priceCurrency") or "JPY")
        yield Offer(code, _property(product, "name")[:300], amount, stock, ended)


def _property(scope: LexborNode, name: str) -> str:
    node = scope.css_first(f'[itemprop="{name}"]')
    if node is None:
        return ""
    for attribute in ("content", "href", "value"):
        if value := node.attributes.get(attribute):
            return value.strip()
    return " ".join(node.text().split())
