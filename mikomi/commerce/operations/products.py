"""Recording what is known of products: price, stock, when more arrive, whether they are still sold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from mikomi.commerce.events import ProductChanged
from mikomi.commerce.models import Product
from mikomi.commerce.operations.writing import SEARCH_KIND
from mikomi.commerce.records import ProductRecord
from mikomi.commerce.rules.deciding import Outcome
from mikomi.commerce.stock import owed_lines, standings
from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record_many
from mikomi.core.money import EXPONENTS, MAX_MINOR
from mikomi.promises import operations as promises
from mikomi.promises import queries as promise_queries
from mikomi.promises.goods import NEEDY
from mikomi.promises.models import Promise

CHUNK = 100
MOST_PIECES = 1_000_000_000
_COLUMNS = (
    "name",
    "variant",
    "price_minor",
    "currency",
    "price_known_at",
    "on_hand",
    "stock_known_at",
    "restock_on",
    "discontinued_at",
)


class ProductError(ValueError):
    """This can't be said of a product; the text says why, `field` which value."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class RecordedProduct:
    """What became of a record; `reason`: no_sku, older; `changes`: the columns that differ."""

    outcome: Outcome
    product_id: int | None = None
    reason: str = ""
    changes: tuple[str, ...] = ()


def record_products(
    *, actor: Actor, products: Sequence[ProductRecord], source: str, dry_run: bool = False
) -> list[RecordedProduct]:
    """Record what is known of products by their SKU, new ones and known ones; what became of each.

    One transaction per CHUNK. Promises of orders that stock now falls short of, or suffices for, are looked at.
    `dry_run`: the same decisions, nothing written. Raises `NotAllowedError`, `ProductError`.
    """
    actor.require(Permission.ORDERS_EDIT)
    for one in products:
        _refuse(one)
    found: list[RecordedProduct] = []
    for start in range(0, len(products), CHUNK):
        with transaction.atomic():
            found += _record_chunk(actor, products[start : start + CHUNK], source, dry_run)
    return found


def _refuse(one: ProductRecord) -> None:
    if one.price_minor is not None and (
        one.currency not in EXPONENTS or not 0 <= one.price_minor <= MAX_MINOR
    ):
        raise ProductError(_("A price is an amount of zero or more in a known currency."), "price")
    if one.on_hand is not None and one.available is not None:
        raise ProductError(_("Say what is on hand or what is available, not both."), "on_hand")
    if any(count is not None and abs(count) > MOST_PIECES for count in (one.on_hand, one.available)):
        raise ProductError(_("That is more than anybody can count."), "on_hand")


def _record_chunk(
    actor: Actor, records: Sequence[ProductRecord], source: str, dry_run: bool
) -> list[RecordedProduct]:
    rows = _rows(records)
    short_before, owed = _short(rows.values()), _owed(rows.values())
    now, results, touched = clock.now(), [], {}
    for record in records:
        row = rows.get(_sku(record))
        if row is None:
            results.append(RecordedProduct(Outcome.SKIPPED, reason="no_sku"))
            continue
        is_new = row._state.adding and row.sku not in touched
        changes, is_older = _apply(row, record, owed.get(row.pk or 0, 0), record.known_at or now)
        if is_new or changes:
            touched[row.sku] = row
        outcome = Outcome.CREATED if is_new else Outcome.CHANGED if changes else Outcome.SAME
        reason = "older" if is_older and not changes else ""
        results.append(RecordedProduct(outcome, row.pk, reason, tuple(changes)))
    if not dry_run:
        _write(actor, list(touched.values()), source)
        _look_at_promises(short_before ^ _short(rows.values()))
    return [replace(one, product_id=_id(rows, record)) for one, record in zip(results, records, strict=True)]


def _sku(record: ProductRecord) -> str:
    return record.sku.strip()[:128]


def _id(rows: dict[str, Product], record: ProductRecord) -> int | None:
    row = rows.get(_sku(record))
    return row.pk if row is not None else None


def _rows(records: Sequence[ProductRecord]) -> dict[str, Product]:
    """The rows by SKU, locked; unsaved ones for what is new."""
    skus = list(dict.fromkeys(_sku(one) for one in records if _sku(one)))
    known = {row.sku: row for row in Product.objects.select_for_update().filter(sku__in=skus)}
    return {sku: known.get(sku) or Product(sku=sku) for sku in skus}


def _owed(rows: Iterable[Product]) -> dict[int, int]:
    """How many pieces of each are ordered and not shipped."""
    ids = [row.pk for row in rows if row.pk]
    found = owed_lines().filter(product_id__in=ids).order_by().values_list("product_id")
    return {key or 0: count for key, count in found.annotate(pieces=Sum("quantity"))}


def _short(rows: Iterable[Product]) -> set[int]:
    """The orders that go without some of these products."""
    return {order for one in standings(row for row in rows if row.pk).values() for order in one.missing}


def _apply(row: Product, record: ProductRecord, owed: int, known_at: datetime) -> tuple[list[str], bool]:
    """Set what the record says; the columns that differ, and whether some of it was older than what is known."""
    said: dict[str, Any] = {"name": record.name.strip()[:500], "variant": record.variant.strip()[:300]}
    said = {name: text for name, text in said.items() if text}
    if not row.name and "name" not in said:
        said["name"] = row.sku
    is_older = False
    if record.price_minor is not None:
        price = {"price_minor": record.price_minor, "currency": record.currency}
        is_older |= _take(row, said, "price_known_at", known_at, price)
    on_hand = record.on_hand if record.available is None else record.available + owed
    if on_hand is not None:
        is_older |= _take(row, said, "stock_known_at", known_at, {"on_hand": on_hand})
    if record.restock_on is not None:
        said["restock_on"] = record.restock_on
    if record.discontinued is not None and record.discontinued != bool(row.discontinued_at):
        said["discontinued_at"] = known_at if record.discontinued else None
    changes = [name for name, value in said.items() if getattr(row, name) != value]
    for name, value in said.items():
        setattr(row, name, value)
    return [name for name in changes if not name.endswith("_known_at")], is_older


def _take(
    row: Product, said: dict[str, Any], clock_name: str, known_at: datetime, values: dict[str, Any]
) -> bool:
    """Add the values unless what is known is newer; whether it is."""
    known: datetime | None = getattr(row, clock_name)
    if known is not None and known > known_at:
        return True
    said.update(values | {clock_name: known_at})
    return False


def _write(actor: Actor, rows: Sequence[Product], source: str) -> None:
    bulk.insert([row for row in rows if row.pk is None])
    bulk.update([row for row in rows if row.pk is not None], _COLUMNS)
    stands = standings(rows)
    record_many([
        Happening(
            ProductChanged(row.pk, Code(source), stands[row.pk].available if row.pk in stands else None),
            None, None, False, actor.user_id,
        )
        for row in rows
    ])  # fmt: skip


def _look_at_promises(order_ids: Collection[int]) -> None:
    """Stock falls short of other orders now: their promises are judged anew at once."""
    open_ones = (Promise.State.OPEN, Promise.State.AT_RISK)
    found = promise_queries.about(SEARCH_KIND, order_ids)
    promises.look_again([one.pk for one in found if one.kind in NEEDY and one.state in open_ones])
