"""Neutral values that others hand in: a fact to be written, a touchpoint, a fact from a feed, a text of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FactDraft:
    """A fact as a person or a program writes it. `value` is its JSON; `owner_ids` must name one person.

    `key` empty: made from kind, scope and aspect. `wording`: by language, with `{value}` where the value stands; for a
    free text the text itself.
    """

    kind: str
    label: str
    value: Mapping[str, Any]
    owner_ids: tuple[int, ...]
    key: str = ""
    aspect: str = ""
    scope: str = "business"
    brand_id: int | None = None
    store_id: int | None = None
    product_code: str = ""
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    wording: Mapping[str, str] = field(default_factory=dict)
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    review_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FedFact:
    """A fact as its feed knows it now."""

    key: str
    kind: str
    label: str
    value: Any
    """One of `rules.values.Value`."""
    aspect: str = ""
    scope: str = "business"
    store_id: int | None = None
    product_code: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TouchpointDraft:
    """A place to be watched."""

    label: str
    kind: str
    url: str
    brand_id: int | None = None
    store_id: int | None = None
    product_code: str = ""
    every_hours: int = 24
    max_pages: int = 200
    max_depth: int = 4
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text of our own that customers get: `path` is its address in our pages, `name` what it is called there."""

    name: str
    path: str
    title: str
    text: str
    about: tuple[str, ...] = ()
