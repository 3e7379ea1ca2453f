"""What shops sent becomes orders, call by call: each in one transaction with its state, so that it is applied once.

Calls come in any order and repeatedly: an order's own `updated_at` tells which news is newer (commerce decides). A
refund that comes before its order waits for it.

Each try is counted and committed before it begins, so that a call which ends the process is not tried for ever: it
comes again alone, and after the last try it is set aside as *crashed*, for a person to see.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from mikomi.commerce.models import Order
from mikomi.commerce.operations import Outcome, record_orders, record_products
from mikomi.commerce.records import OrderRecord
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM
from mikomi.core.business.queries import business
from mikomi.core.files import operations as files
from mikomi.core.files.queries import FileMissingError, read
from mikomi.customers.records import PersonRecord
from mikomi.integrations.models import ShopCall
from mikomi.integrations.shopify.payload import SOURCE, BadPayloadError, parse_order, parse_refund
from mikomi.integrations.shopify.products import TOPICS as PRODUCT_TOPICS
from mikomi.integrations.shopify.products import parse_products

AT_ONCE = 50
DELAYS = (
    timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6),
)  # fmt: skip
MOST_TRIES = len(DELAYS) + 1
AFTER_DEATH = timedelta(seconds=30)
"""How long a call at which a process may have died lets others go first."""
KEEP, KEEP_FAILED = timedelta(days=3), timedelta(days=30)
ORDER_TOPICS = frozenset(
    f"orders/{verb}"
    for verb in ("create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled")
)
REFUND_TOPIC = "refunds/create"
State = ShopCall.State
_LONGEST_ERROR = 4_000
_logger = logging.getLogger(__name__)


class OrderUnknownError(LookupError):
    """A refund of an order that has not come yet."""


def apply_due(worker: str) -> int:
    """Apply the calls that are due, the oldest first. How many came to an end or to another try."""
    ended = 0
    fresh = _due().filter(attempts=0)
    for pk in _begin(list(fresh.values_list("pk", flat=True)[:AT_ONCE]), tried=0):
        ended += _apply(pk)
    again = _due().filter(attempts__gt=0)
    for pk, tried in list(again.values_list("pk", "attempts")[:AT_ONCE]):
        ended += _set_aside(pk) if tried >= MOST_TRIES else sum(map(_apply, _begin([pk], tried=tried)))
    return ended


def _due() -> QuerySet[ShopCall]:
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=clock.now())
    return ShopCall.objects.filter(due, state=State.RECEIVED).order_by("id")


def _begin(ids: Sequence[int], *, tried: int) -> Sequence[int]:
    """Count the try of these calls, committed before it is made; those of them that may be tried.

    What has not been tried yet is counted together; if one of them ends the process, each comes again alone.
    """
    if ids:
        with transaction.atomic(durable=True):
            mine = ShopCall.objects.filter(pk__in=ids, state=State.RECEIVED, attempts=tried)
            mine.update(attempts=tried + 1, next_attempt_at=clock.now() + AFTER_DEATH)
    return ids


def _set_aside(call_id: int) -> int:
    """The last try left no word behind: the process died of it, each time."""
    words = f"The process ended {MOST_TRIES} times while it applied this call."
    mine = ShopCall.objects.filter(pk=call_id, state=State.RECEIVED, attempts__gte=MOST_TRIES)
    return mine.update(state=State.FAILED, reason="crashed", error=words, next_attempt_at=None)


def _apply(call_id: int) -> int:
    try:
        with transaction.atomic():
            call = _claim(call_id)
            if call is None:
                return 0
            call.state, call.reason = _outcome(call)
            call.error, call.next_attempt_at = "", None
            call.save(update_fields=["state", "reason", "error", "next_attempt_at"])
    except Exception as error:
        _fail(call_id, error)
    return 1


def _claim(call_id: int) -> ShopCall | None:
    skip = connection.features.has_select_for_update_skip_locked
    rows = ShopCall.objects.select_for_update(of=("self",), skip_locked=skip).select_related("connection")
    return rows.filter(pk=call_id, state=State.RECEIVED).first()


def _outcome(call: ShopCall) -> tuple[State, str]:
    """Record what the call says; its state and why nothing came of it."""
    if call.topic in PRODUCT_TOPICS:
        records = parse_products(_payload(call), business().currency)
        record_products(actor=SYSTEM, products=records, source=SOURCE)
        return State.APPLIED, ""
    if call.topic not in ORDER_TOPICS and call.topic != REFUND_TOPIC:
        return State.IGNORED, "topic"
    payload = _payload(call)
    record = _with_refund(payload) if call.topic == REFUND_TOPIC else parse_order(payload)
    result = record_orders(
        actor=SYSTEM, orders=[record], source=SOURCE, store_id=call.connection.store_id, run=""
    )[0]
    if result.outcome is Outcome.SKIPPED:
        raise BadPayloadError(result.reason)
    return State.APPLIED, result.reason


def _payload(call: ShopCall) -> Any:
    try:
        return json.loads(read(call.raw_id))
    except FileMissingError:
        raise
    except (ValueError, RecursionError):
        raise BadPayloadError("JSON") from None


def _with_refund(payload: object) -> OrderRecord:
    order_id, currency, refund = parse_refund(payload)
    order = Order.objects.filter(source=SOURCE, external_id=order_id).first()
    if order is None:
        raise OrderUnknownError(f"The order {order_id} has not come yet.")
    return OrderRecord(
        source=SOURCE, external_id=order_id, customer=PersonRecord(), number=order.number,
        currency=currency or order.currency, ordered_at=order.ordered_at, refunds=(refund,) if refund else (),
    )  # fmt: skip


def _fail(call_id: int, error: Exception) -> None:
    """Note the failure: a later try, or the end for what can't be read."""
    if isinstance(error, OrderUnknownError):
        _logger.info("a refund waits for its order", extra={"call": call_id})
    else:
        _logger.exception("a shop's call can't be applied", extra={"call": call_id})
    is_bad = isinstance(error, BadPayloadError | FileMissingError)
    reason = "bad_payload" if is_bad else "order_unknown" if isinstance(error, OrderUnknownError) else "error"
    with transaction.atomic():
        call = _claim(call_id)
        if call is None:
            return
        ends = is_bad or call.attempts >= MOST_TRIES
        call.next_attempt_at = None if ends else clock.now() + DELAYS[call.attempts - 1]
        call.state, call.reason = (State.FAILED if ends else State.RECEIVED), reason
        call.error = str(error)[:_LONGEST_ERROR] if reason != "error" else traceback.format_exc(limit=-6)
        call.error = call.error[:_LONGEST_ERROR].replace("\0", "")
        call.save(update_fields=["state", "reason", "error", "next_attempt_at"])


def prune() -> int:
    """Drop what was applied or ignored: repeats come within two days; and after a month what failed. How many calls."""
    now = clock.now()
    done = Q(state__in=[State.APPLIED, State.IGNORED], received_at__lt=now - KEEP)
    old = ShopCall.objects.filter(done | Q(state=State.FAILED, received_at__lt=now - KEEP_FAILED))
    total = 0
    while ids := list(old.values_list("pk", flat=True)[:500]):
        total += drop(ids)
    return total


@transaction.atomic
def drop(call_ids: Sequence[int]) -> int:
    """Delete these calls with their bytes; what was made of them stays. How many."""
    calls = ShopCall.objects.filter(pk__in=call_ids)
    raw_ids = list(calls.values_list("raw_id", flat=True))
    calls.delete()
    files.delete_unused(raw_ids)
    return len(raw_ids)
