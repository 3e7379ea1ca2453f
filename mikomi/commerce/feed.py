"""Products as a feed of facts: price, stock, and what is no longer sold."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from mikomi.commerce.models import Product
from mikomi.commerce.stock import standings
from mikomi.core.business.queries import business
from mikomi.facts.feeds import Feed
from mikomi.facts.models import Fact
from mikomi.facts.records import FedFact
from mikomi.facts.rules.keys import fitting
from mikomi.facts.rules.values import INCLUDED, Price, Value, YesNo

AT_ONCE = 1_000


def product_facts() -> Iterator[FedFact]:
    """What is known of every product whose code can be quoted: its price as the customer pays it, whether some are
    left to promise, whether it is no longer sold."""
    known = Product.objects.filter(
        Q(price_minor__isnull=False) | Q(on_hand__isnull=False) | Q(discontinued_at__isnull=False)
    ).order_by("pk")
    told = set(
        Fact.objects.filter(feed=FEED.name, kind="discontinued").values_list("product_code", flat=True)
    )
    with override(business().language):
        last = 0
        while rows := list(known.filter(pk__gt=last)[:AT_ONCE]):
            stands = standings(rows)
            for row in rows:
                if fitting(row.sku):
                    available = stands[row.pk].available if row.pk in stands else None
                    yield from _facts(row, available, was_discontinued=row.sku in told)
            last = rows[-1].pk


def _facts(row: Product, available: int | None, *, was_discontinued: bool) -> Iterator[FedFact]:
    if row.price_minor is not None:
        yield _fact(row, "price", _("Price of %(name)s"), Price(row.price_minor, row.currency, INCLUDED))
    if available is not None:
        is_there = available > 0 and row.discontinued_at is None
        yield _fact(row, "stock", _("Stock of %(name)s"), YesNo(is_there))
    if row.discontinued_at is not None or was_discontinued:
        yield _fact(
            row, "discontinued", _("%(name)s is no longer sold"), YesNo(row.discontinued_at is not None)
        )


def _fact(row: Product, kind: str, label: str, value: Value) -> FedFact:
    name = f"{row.name} {row.variant}".strip()
    return FedFact(
        key=f"{kind}.{fitting(row.sku)}",
        kind=kind,
        label=label % {"name": name},
        value=value,
        scope="product",
        product_code=row.sku,
        names=(name,),
    )


FEED = Feed("products", gettext_lazy("products and stock"), product_facts)
