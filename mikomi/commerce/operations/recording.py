"""Recording orders, in chunks; and saying what recording them would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from mikomi.commerce.operations.known import Key, load
from mikomi.commerce.operations.promising import keep_promises
from mikomi.commerce.operations.shop import ShopView, view_shop
from mikomi.commerce.operations.standing import COUNTED, refresh_standing
from mikomi.commerce.operations.writing import Writing, write
from mikomi.commerce.records import OrderRecord
from mikomi.commerce.rules.deciding import Change, Outcome, decide
from mikomi.commerce.rules.reading import OrderFacts, UnreadableOrderError
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission

CHUNK = 50
"""Orders per transaction in daily work: the write lock is held for some 100 ms (docs/measurements.md)."""
HISTORY_CHUNK = 100
"""Orders per transaction of imported history: faster as a whole, while others wait longer for the lock."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a record. `reason` is a code: why skipped (no_id, no_date), or `older`; `changes` names the
    columns that differ, in a dry run too."""

    outcome: Outcome
    order_id: int | None = None
    reason: str = ""
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Readable:
    """A record that could be read, and its place in the list."""

    place: int
    facts: OrderFacts


def record_orders(
    *,
    actor: Actor,
    orders: Sequence[OrderRecord],
    source: str,
    backfill: bool = False,
    store_id: int | None = None,
    run: str = "",
) -> list[Recorded]:
    """Record orders, new ones and news of known ones, in any order and however often; what became of each.

    `source` is a code for who brings them (shopify, import…), and the source of those that name none. `store_id`
    is the store of orders that name none. `run` names an import: an order that it meets in several pieces gets
    the lines of all of them. One transaction per CHUNK orders (HISTORY_CHUNK with `backfill`). Customers are found
    or made, promises posted, evidence recorded, the search index and the customers' standing brought up to date.
    `backfill`: history; it is judged at once and nothing follows from it. Raises NotAllowedError.
    """
    actor.require(Permission.ORDERS_EDIT)
    # The right to record orders includes what follows from it in the apps below.
    acting = replace(actor, permissions=frozenset(Permission), sees_all_teams=True)
    shop = view_shop(source=source, store_id=store_id, backfill=backfill, run=run)
    results, readable = _read(orders, shop)
    for chunk in _chunks(readable, HISTORY_CHUNK if backfill else CHUNK):
        with transaction.atomic():
            _record_chunk(acting, chunk, shop, results)
    return [results[place] for place in range(len(orders))]


def preview_orders(
    *, actor: Actor, orders: Sequence[OrderRecord], source: str, store_id: int | None = None
) -> list[Recorded]:
    """What `record_orders` would do, by the same decision; nothing is written."""
    actor.require(Permission.ORDERS_EDIT)
    shop = view_shop(source=source, store_id=store_id, backfill=False, run="")
    results, readable = _read(orders, shop)
    for chunk in _chunks(readable, HISTORY_CHUNK):
        with transaction.atomic():
            stored = load([item.facts.key for item in chunk])
        for item in chunk:
            before = stored.get(item.facts.key)
            change = decide(before.known if before else None, item.facts, run="", now=shop.now)
            results[item.place] = _recorded(change, before.row.pk if before else None)
    return [results[place] for place in range(len(orders))]


def _read(orders: Sequence[OrderRecord], shop: ShopView) -> tuple[dict[int, Recorded], list[_Readable]]:
    results: dict[int, Recorded] = {}
    readable = []
    for place, record in enumerate(orders):
        try:
            readable.append(_Readable(place, shop.reader.read(record)))
        except UnreadableOrderError as error:
            results[place] = Recorded(Outcome.SKIPPED, reason=error.reason)
    return results, readable


def _chunks(readable: Sequence[_Readable], size: int) -> Iterator[list[_Readable]]:
    """At most `size` at a time, and never the same order twice in one chunk: the later comes after the earlier."""
    chunk: list[_Readable] = []
    keys: set[Key] = set()
    for item in readable:
        if len(chunk) == size or item.facts.key in keys:
            yield chunk
            chunk, keys = [], set()
        chunk.append(item)
        keys.add(item.facts.key)
    if chunk:
        yield chunk


def _record_chunk(
    actor: Actor, chunk: Sequence[_Readable], shop: ShopView, results: dict[int, Recorded]
) -> None:
    stored = load([item.facts.key for item in chunk])
    writings = []
    for item in chunk:
        before = stored.get(item.facts.key)
        change = decide(before.known if before else None, item.facts, run=shop.run, now=shop.now)
        writing = Writing(item.facts, change, before)
        if change.outcome is not Outcome.SAME:
            writings.append(writing)
        elif before and (shop.run or change.is_quiet):
            writing.only_met = True
            writings.append(writing)
        results[item.place] = _recorded(change, before.row.pk if before else None)
    write(actor, writings, shop)
    real = [writing for writing in writings if not writing.only_met]
    keep_promises(actor, real, shop)
    refresh_standing(
        [writing.order.customer_id for writing in real if writing.order.customer_id and _counts(writing)]
    )
    for item in chunk:
        result = results[item.place]
        if result.outcome is Outcome.CREATED:
            created = next(writing for writing in writings if writing.facts is item.facts)
            results[item.place] = replace(result, order_id=created.order.pk)


def _counts(writing: Writing) -> bool:
    """Whether the news can change what its customer has bought."""
    return writing.has_new_customer or not COUNTED.isdisjoint(writing.change.values or ())


def _recorded(change: Change, order_id: int | None) -> Recorded:
    changes = change.fields if change.outcome is Outcome.CHANGED else ()
    return Recorded(change.outcome, order_id, change.reason, changes)
