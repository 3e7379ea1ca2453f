"""All facts in the form in which texts are compared with them."""

from __future__ import annotations

from django.db.models import Prefetch

from mikomi.core import clock
from mikomi.facts.models import Fact, FactVersion
from mikomi.facts.rules import versions
from mikomi.facts.rules.known import Book, Known
from mikomi.facts.rules.values import from_json


def read_book() -> Book:
    """The facts that count now. Two queries; some ten thousand facts take a second."""
    return Book(known_facts())


def known_facts() -> list[Known]:
    """Every fact that can be compared with a text."""
    history = Prefetch("versions", FactVersion.objects.order_by("number"))
    rows = Fact.objects.filter(archived_at=None).select_related("brand", "store").prefetch_related(history)
    return [known for row in rows if (known := _known(row)) is not None]


def _known(fact: Fact) -> Known | None:
    version, _state = versions.current(list(fact.versions.all()), clock.now())
    if version is None:
        return None
    former = [
        one.value for one in fact.versions.all() if one.number < version.number and one.value != version.value
    ]
    return Known(
        id=fact.pk,
        key=fact.key,
        kind=fact.kind,
        value=from_json(version.value),
        subject=fact.subject,
        names=tuple(_names(fact)),
        labels=tuple(fact.labels),
        former=tuple(from_json(value) for value in former),
    )


def _names(fact: Fact) -> list[str]:
    """How texts name what the fact is of; the business itself needs no name."""
    own = list(fact.names)
    if fact.product_code:
        own.append(fact.product_code)
    if fact.store:
        own.append(fact.store.name)
    if fact.brand:
        own.append(fact.brand.name)
    return own if fact.subject else []
