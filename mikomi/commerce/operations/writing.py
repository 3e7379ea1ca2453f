"""Writing orders with their lines, milestones and refunds, their events and their entry in the search index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter

from mikomi.commerce import events
from mikomi.commerce.models import Milestone, Order, OrderLine, Product, Refund
from mikomi.commerce.operations.known import COLUMNS, Stored
from mikomi.commerce.operations.shop import ShopView
from mikomi.commerce.rules.deciding import Change, Outcome
from mikomi.commerce.rules.reading import LineFacts, OrderFacts
from mikomi.core import bulk
from mikomi.core.access.actor import Actor
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record_many
from mikomi.core.rows import build
from mikomi.core.search.operations import Entry, index
from mikomi.customers import operations as customers

SEARCH_KIND = "order"
_BOOKKEEPING = ("updated_at", "content_hash", "parts", "run", "source_updated_at", "store_id", "customer_id")
_LINE = (
    "product_id",
    "sku",
    "name",
    "variant",
    "quantity",
    "unit_price_minor",
    "discount_minor",
    "updated_at",
)
_MILESTONES = {
    "ordered_at": Milestone.Kind.ORDERED,
    "promised_at": Milestone.Kind.PROMISED,
    "expected_at": Milestone.Kind.ESTIMATED,
    "shipped_at": Milestone.Kind.SHIPPED,
    "delivered_at": Milestone.Kind.DELIVERED,
    "cancelled_at": Milestone.Kind.CANCELLED,
}


@dataclass(slots=True)
class Writing:
    """One order on its way into the tables. `only_met`: the same as before, only the books are kept."""

    facts: OrderFacts
    change: Change
    before: Stored | None
    only_met: bool = False
    has_new_customer: bool = False
    order: Order = field(init=False)

    @property
    def is_new(self) -> bool:
        """Whether the order was not known."""
        return self.change.outcome is Outcome.CREATED


def write(actor: Actor, writings: Sequence[Writing], shop: ShopView) -> None:
    """Write the orders of a chunk; afterwards each has its `order`."""
    for writing in writings:
        writing.order = _row(writing, shop)
    real = [writing for writing in writings if not writing.only_met]
    _give_customers(actor, real, shop)
    bulk.insert([writing.order for writing in real if writing.is_new])
    bulk.update([writing.order for writing in real if not writing.is_new], (*COLUMNS, *_BOOKKEEPING))
    bulk.update([writing.order for writing in writings if writing.only_met], _BOOKKEEPING)
    _write_lines(real, shop)
    bulk.insert([row for writing in real for row in _milestones(writing, shop)])
    bulk.insert([row for writing in real for row in _refunds(writing)])
    record_many([event for writing in real for event in _happenings(writing, shop, actor)])
    index([_entry(writing) for writing in real if writing.is_new or _is_found_differently(writing)])


def _row(writing: Writing, shop: ShopView) -> Order:
    facts, change = writing.facts, writing.change
    if writing.before:
        row = writing.before.row
        for name, value in (change.values or {}).items():
            setattr(row, name, value)
    else:
        row = build(
            Order,
            source=facts.source,
            external_id=facts.external_id,
            recorded_at=shop.now,
            backfill=shop.backfill,
            **(change.values or {}),
        )
    row.run = shop.run
    row.updated_at = shop.now
    if writing.only_met and not change.is_quiet:
        return row
    row.content_hash = facts.content_hash if not change.is_part else row.content_hash
    row.parts = list(change.parts)
    row.source_updated_at = facts.updated_at or row.source_updated_at
    store = shop.store_of(facts)
    row.store_id = store.pk if store else row.store_id
    return row


def _give_customers(actor: Actor, writings: Sequence[Writing], shop: ShopView) -> None:
    """Find or make the customers of orders that have none yet. An order without any name or address is an
    anonymous sale, until its source says whose it is."""
    named = [w for w in writings if w.order.customer_id is None and w.facts.names_somebody]
    found = customers.identify_many(
        actor=actor,
        people=[writing.facts.record.customer for writing in named],
        seen_at=[writing.order.ordered_at for writing in named],
        source=shop.source,
        backfill=shop.backfill,
    )
    for writing, customer in zip(named, found, strict=True):
        writing.order.customer_id = customer.pk
        writing.has_new_customer = True


# Lines and products


def _write_lines(writings: Sequence[Writing], shop: ShopView) -> None:
    lines = [(writing, line) for writing in writings for line in writing.change.lines]
    products = _products([line for _writing, line in lines])
    now = shop.now
    fresh, changed = [], []
    for writing, line in lines:
        row = writing.before.lines.get(line.key) if writing.before else None
        if row is None:
            fresh.append(
                _line(build(OrderLine, order_id=writing.order.pk, key=line.key), line, products, now)
            )
        else:
            changed.append(_line(row, line, products, now))
    bulk.insert(fresh)
    bulk.update(changed, _LINE)
    gone = [
        writing.before.lines[key].pk
        for writing in writings
        if writing.before
        for key in writing.change.removed
    ]
    if gone:
        OrderLine.objects.filter(pk__in=gone).delete()


def _line(row: OrderLine, line: LineFacts, products: dict[str, int], now: datetime) -> OrderLine:
    row.product_id = products.get(line.sku)
    row.sku, row.name, row.variant = line.sku, line.name, line.variant
    row.quantity, row.unit_price_minor = line.quantity, line.unit_price_minor
    row.discount_minor, row.updated_at = line.discount_minor, now
    return row


def _products(lines: Sequence[LineFacts]) -> dict[str, int]:
    """The product of each stock-keeping unit, made where it is new; lines without one have no product."""
    by_sku = {line.sku: line for line in lines if line.sku}
    if not by_sku:
        return {}
    known = dict(Product.objects.filter(sku__in=list(by_sku)).values_list("sku", "pk"))
    # In one order everywhere, so that no two wait for each other.
    new = [
        build(Product, sku=sku, name=line.name, variant=line.variant)
        for sku, line in sorted(by_sku.items(), key=itemgetter(0))
        if sku not in known
    ]
    if new:
        # Another import may be making the same products: whoever comes second takes the first one's.
        bulk.insert(new, ignore_conflicts=True)
        known.update(Product.objects.filter(sku__in=[row.sku for row in new]).values_list("sku", "pk"))
    return known


# History


def changed_columns(writing: Writing) -> dict[str, datetime]:
    """The moments in the order's life that are new or moved. What is taken along at the counter was not shipped."""
    values = writing.change.values or {}
    found = {name: values[name] for name in _MILESTONES if values.get(name) is not None}
    at_once = found.get("ordered_at")
    if at_once is not None and found.get("delivered_at") == at_once == found.get("shipped_at"):
        del found["shipped_at"], found["delivered_at"]
    return found


def _milestones(writing: Writing, shop: ShopView) -> Iterator[Milestone]:
    order = writing.order
    for name, at in changed_columns(writing).items():
        known_at = shop.now
        if shop.backfill:
            known_at = min(order.ordered_at if name in ("promised_at", "expected_at") else at, shop.now)
        yield build(
            Milestone,
            order_id=order.pk,
            kind=_MILESTONES[name].value,
            at=at,
            known_at=known_at,
            source=shop.source,
        )


def _refunds(writing: Writing) -> Iterator[Refund]:
    for refund in writing.change.refunds:
        yield build(
            Refund,
            order_id=writing.order.pk,
            external_id=refund.external_id,
            amount_minor=refund.amount_minor,
            at=refund.at,
            reason=refund.reason,
        )


def _happenings(writing: Writing, shop: ShopView, actor: Actor) -> Iterator[Happening]:
    order, moments = writing.order, changed_columns(writing)
    key, currency = order.pk, Code(order.currency)

    def happened(payload: object, at: datetime | None) -> Happening:
        return Happening(payload, order.customer_id, at, shop.backfill, actor.user_id)

    if writing.is_new:
        placed = events.OrderPlaced(key, Code(shop.source), order.total_minor, currency)
        yield happened(placed, order.ordered_at)
    elif not shop.backfill:
        yield happened(events.OrderChanged(key, Code(shop.source)), None)
    if "expected_at" in moments:
        at = order.ordered_at if shop.backfill else None
        yield happened(events.EstimateMoved(key, moments["expected_at"]), at)
    if "shipped_at" in moments:
        yield happened(events.OrderShipped(key), moments["shipped_at"])
    if "delivered_at" in moments:
        yield happened(events.OrderDelivered(key), moments["delivered_at"])
    if "cancelled_at" in moments:
        yield happened(events.OrderCancelled(key), moments["cancelled_at"])
    for refund in writing.change.refunds:
        yield happened(events.OrderRefunded(key, refund.amount_minor, currency), refund.at)


# Search


def _is_found_differently(writing: Writing) -> bool:
    values = writing.change.values or {}
    found_by = {"number", "recipient", "tracking_number"}
    return bool(writing.change.lines or writing.change.removed or found_by & values.keys())


def _entry(writing: Writing) -> Entry:
    order, facts = writing.order, writing.facts
    kept = writing.before.known.lines if writing.before and writing.change.is_part else {}
    names = dict.fromkeys(line.name for line in (*kept.values(), *facts.lines))
    words = (*names, order.recipient, order.tracking_number, order.external_id)
    return Entry(
        kind=SEARCH_KIND,
        object_id=order.pk,
        customer_id=order.customer_id,
        team_id=None,
        title=order.number,
        text="\n".join(word for word in words if word),
        moment=order.ordered_at,
    )
