"""Promises to save today, each with the one act that helps most: for the page, the API and the ledger's own list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mikomi.commerce import queries as commerce
from mikomi.commerce.models import Order
from mikomi.commerce.stock import Missing
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.outbox import queries as outbox
from mikomi.promises import queries as ledger
from mikomi.promises.queries.lists import Listed
from mikomi.promises.queries.lists import ToSave as Threatened
from mikomi.promises.rules.saving import Advice, Plight, advise
from mikomi.screens import promises as promise_screens
from mikomi.screens.promises import PromiseRow

ROWS = 12


@dataclass(frozen=True, slots=True)
class ToSave:
    """A promise to save today: what helps most, why, what the customer is worth (minor units, none: not known), and
    where the act is done: the notice that waits, the order, the product that is missing."""

    row: PromiseRow
    advice: Advice
    value_minor: int | None
    held_notice_id: int | None = None
    order_id: int | None = None
    product_id: int | None = None
    missing: int = 0


def to_save(*, actor: Actor, limit: int = ROWS) -> list[ToSave]:
    """By chance of breach × customer value; a constant number of queries. Raises NotAllowedError."""
    actor.require(Permission.PROMISES_VIEW)
    found = ledger.to_save(actor=actor, limit=limit)
    if not found:
        return []
    ids = [one.listed.promise.pk for one in found]
    orders = _orders(actor, found)
    around = _Around(
        held=_held(actor, ids),
        news=ledger.what_customers_know(ids),
        orders=orders,
        lacking=commerce.missing(actor=actor, order_ids=list(orders)) if orders else {},
    )
    rows = promise_screens.rows_of([one.listed for one in found])
    return [_one(one, row, around) for one, row in zip(found, rows, strict=True)]


@dataclass(frozen=True, slots=True)
class _Around:
    """What other apps know of these promises: held notices, what customers know, orders and what they lack."""

    held: Mapping[int, int]
    news: Mapping[int, ledger.CustomerKnows]
    orders: Mapping[int, Order]
    lacking: Mapping[int, list[Missing]]


def _held(actor: Actor, promise_ids: list[int]) -> dict[int, int]:
    """The notices that wait for release, by promise."""
    if not actor.may(Permission.CONVERSATIONS_VIEW):
        return {}
    return dict(outbox.held_about(actor=actor, subject_type="promise", subject_ids=promise_ids))


def _orders(actor: Actor, found: Sequence[Threatened]) -> dict[int, Order]:
    """The orders that these promises are about, as far as the actor may see them."""
    ids = [one.listed.promise.subject_id or 0 for one in found if _is_about_order(one.listed)]
    return commerce.orders_by_id(actor=actor, ids=ids) if ids and actor.may(Permission.ORDERS_VIEW) else {}


def _is_about_order(listed: Listed) -> bool:
    return listed.promise.subject_type == commerce.KIND


def _one(one: Threatened, row: PromiseRow, around: _Around) -> ToSave:
    promise, news = one.listed.promise, around.news[row.id]
    order = around.orders.get(promise.subject_id or 0) if _is_about_order(one.listed) else None
    parts = around.lacking.get(order.pk, []) if order else []
    plight = Plight(
        kind=promise.kind,
        risk=one.listed.risk,
        now=clock.now(),
        due_at=promise.deadline,
        around=one.listed.around,
        expected_at=promise.expected_at,
        is_shipped=order.shipped_at is not None if order else None,
        has_held_notice=row.id in around.held,
        is_told=news.is_told,
        is_asked=news.is_asked,
    )
    return ToSave(
        row=row,
        advice=advise(plight),
        value_minor=one.value_minor,
        held_notice_id=around.held.get(row.id),
        order_id=order.pk if order else None,
        product_id=parts[0].product.pk if parts else None,
        missing=sum(part.pieces for part in parts),
    )
