"""What was read of a page, a feed or a template: lines of text, offers of products, links. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mikomi.facts.rules.values import Price, from_json, to_json

MOST_LINES, MOST_OFFERS, MOST_LINKS = 3_000, 2_000, 1_000


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as a page's structured data, or a row of a feed, offers it. None: it doesn't say."""

    code: str
    name: str = ""
    price: Price | None = None
    in_stock: bool | None = None
    discontinued: bool | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be compared with the facts, and where it stands."""

    address: str
    title: str = ""
    lines: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    links: tuple[str, ...] = ()


# `to_data` and `from_data` are each other's inverse: keep them together.


def to_data(document: Document) -> dict[str, Any]:
    """As JSON, so that a page that has not changed need not be fetched again to be compared with new facts."""
    return {
        "title": document.title,
        "lines": list(document.lines[:MOST_LINES]),
        "offers": [_offer_data(one) for one in document.offers[:MOST_OFFERS]],
        "links": list(document.links[:MOST_LINKS]),
    }


def _offer_data(offer: Offer) -> dict[str, Any]:
    return {
        "code": offer.code,
        "name": offer.name,
        "price": to_json(offer.price) if offer.price else None,
        "in_stock": offer.in_stock,
        "discontinued": offer.discontinued,
    }


def from_data(address: str, data: Mapping[str, Any]) -> Document:
    """The document of its JSON."""
    return Document(
        address=address,
        title=str(data.get("title", "")),
        lines=tuple(data.get("lines", ())),
        offers=tuple(_offer(one) for one in data.get("offers", ())),
        links=tuple(data.get("links", ())),
    )


def _offer(data: Mapping[str, Any]) -> Offer:
    price = from_json(data["price"]) if data.get("price") else None
    return Offer(
        code=data["code"],
        name=data.get("name", ""),
        price=price if isinstance(price, Price) else None,
        in_stock=data.get("in_stock"),
        discontinued=data.get("discontinued"),
    )
