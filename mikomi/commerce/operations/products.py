"""Recording what is known of products: price, stock, when more arrive, whether they are still sold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.commerce.events import ProductChanged
from mikomi.commerce.models import Product
from mikomi.commerce.operations.writing import SEARCH_KIND
from mikomi.commerce.records import ProductRecord
from mikomi.commerce.rules.deciding import Outcome
from mikomi.commerce.rules.stock import Standing
from mikomi.commerce.stock import standings
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
    "less_orders",
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
            done, order_ids = _record_chunk(actor, products[start : start + CHUNK], source, dry_run)
        found += done
        _look_at_promises(order_ids)
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
) -> tuple[list[RecordedProduct], set[int]]:
    """What became of each, and the orders that lack more, less, or for another time than before."""
    rows = _rows(records, dry_run)
    stood, now = standings(rows.values()), clock.now()
    lacked = _lacks(rows.values(), stood)
    results: list[RecordedProduct] = []
    written: dict[int, Product] = {}
    for record in records:
        row = rows.get(_sku(record))
        if row is None:
            results.append(RecordedProduct(Outcome.SKIPPED, reason="no_sku"))
            continue
        is_new = not row.name  # whatever is recorded has one from then on
        differing, is_older = _apply(row, record, record.known_at or now)
        if differing:
            written[row.pk] = row
        results.append(_recorded(row, is_new, differing, is_older))
    if dry_run:
        return results, set()
    bulk.update(list(written.values()), _COLUMNS)
    stands = standings(rows.values())
    told = {one.product_id for one in results if one.outcome in (Outcome.CREATED, Outcome.CHANGED)}
    news = [key for key in written if key in told or stood.get(key) != stands.get(key)]
    record_many([_changed(actor, key, stands.get(key), source) for key in news])
    return results, {order for order, *_lack in lacked ^ _lacks(rows.values(), stands)}


def _recorded(row: Product, is_new: bool, differing: Collection[str], is_older: bool) -> RecordedProduct:
    """What became of the row. The same said anew, later, moves its clock and is no change."""
    changes = tuple(name for name in differing if not name.endswith("_known_at"))
    outcome = Outcome.CREATED if is_new else Outcome.CHANGED if changes else Outcome.SAME
    return RecordedProduct(outcome, row.pk, "older" if is_older and not changes else "", changes)


def _sku(record: ProductRecord) -> str:
    return record.sku.strip()[:128]


def _rows(records: Sequence[ProductRecord], dry_run: bool) -> dict[str, Product]:
    """The rows by SKU, locked; what is new is made, still without a name. Another import or an order may be making
    the same products: whoever comes second takes the first one's."""
    skus = sorted({sku for one in records if (sku := _sku(one))})
    known = _known(skus)
    new = [Product(sku=sku) for sku in skus if sku not in known]
    if dry_run:
        return known | {row.sku: row for row in new}
    if new:
        bulk.insert(new, ignore_conflicts=True)
        known |= _known([row.sku for row in new])
    return known


def _known(skus: Sequence[str]) -> dict[str, Product]:
    # No key is changed: orders with lines of these products needn't wait.
    rows = Product.objects.select_for_update(no_key=True).filter(sku__in=skus).order_by("sku")
    return {row.sku: row for row in rows}


def _lacks(rows: Iterable[Product], stands: Mapping[int, Standing]) -> set[tuple[int, int, int, date | None]]:
    """What orders go without: the order, the product, how many pieces, and when more arrive."""
    return {
        (order, row.pk, pieces, row.restock_on)
        for row in rows
        if row.pk in stands
        for order, pieces in stands[row.pk].missing.items()
    }


def _apply(row: Product, record: ProductRecord, known_at: datetime) -> tuple[list[str], bool]:
    """Set what the record says; the columns that differ, and whether some of it was older than what is known."""
    said: dict[str, Any] = {"name": record.name.strip()[:500], "variant": record.variant.strip()[:300]}
    said = {name: text for name, text in said.items() if text}
    if not row.name and "name" not in said:
        said["name"] = row.sku
    is_older = False
    if record.price_minor is not None:
        price = {"price_minor": record.price_minor, "currency": record.currency}
        is_older |= _take(row, said, "price_known_at", known_at, price)
    counted = record.on_hand if record.available is None else record.available
    if counted is not None:
        stock = {"on_hand": counted, "less_orders": record.available is not None}
        is_older |= _take(row, said, "stock_known_at", known_at, stock)
    if record.restock_on is not None:
        said["restock_on"] = record.restock_on
    if record.discontinued is not None and record.discontinued != bool(row.discontinued_at):
        said["discontinued_at"] = known_at if record.discontinued else None
    differing = [name for name, value in said.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, said[name])
    return differing, is_older


def _take(
    row: Product, said: dict[str, Any], clock_name: str, known_at: datetime, values: dict[str, Any]
) -> bool:
    """Add the values unless what is known is newer; whether it is."""
    known: datetime | None = getattr(row, clock_name)
    if known is not None and known > known_at:
        return True
    said.update(values | {clock_name: known_at})
    return False


def _changed(actor: Actor, product_id: int, stands: Standing | None, source: str) -> Happening:
    payload = ProductChanged(product_id, Code(source), stands.available if stands else None)
    return Happening(payload, None, None, False, actor.user_id)


def _look_at_promises(order_ids: Collection[int]) -> None:
    """Their goods have changed: what they were promised is judged anew at once. Not in the transaction that writes
    the stock, which would hold the lock for long; whatever a crash between leaves out is seen by `reconsider`."""
    open_ones = (Promise.State.OPEN, Promise.State.AT_RISK)
    found = promise_queries.about(SEARCH_KIND, order_ids)
    promises.look_again([one.pk for one in found if one.kind in NEEDY and one.state in open_ones])
