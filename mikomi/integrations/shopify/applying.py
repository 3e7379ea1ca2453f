"""What shops sent becomes orders, call by call: each in one transaction with its state, so that it is applied once.

Calls come in any order and repeatedly: an order's own `updated_at` tells which news is newer (commerce decides). A
refund that comes before its order waits for it.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from mikomi.commerce.models import Order
from mikomi.commerce.operations import Outcome, record_orders
from mikomi.commerce.records import OrderRecord
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM
from mikomi.core.files.queries import FileMissingError, read
from mikomi.customers.records import PersonRecord
from mikomi.integrations.models import ShopCall
from mikomi.integrations.shopify.payload import SOURCE, BadPayloadError, parse_order, parse_refund

AT_ONCE = 50
DELAYS = (
    timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6),
)  # fmt: skip
KEEP = timedelta(days=30)
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
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=clock.now())
    waiting = ShopCall.objects.filter(due, state=State.RECEIVED).order_by("id")
    return sum(_apply(pk) for pk in list(waiting.values_list("pk", flat=True)[:AT_ONCE]))


def _apply(call_id: int) -> int:
    try:
        with transaction.atomic():
            call = _claim(call_id)
            if call is None:
                return 0
            call.state, call.reason = _outcome(call)
            call.error, call.attempts = "", call.attempts + 1
            call.save(update_fields=["state", "reason", "error", "attempts"])
    except Exception as error:
        _fail(call_id, error)
    return 1


def _claim(call_id: int) -> ShopCall | None:
    skip = connection.features.has_select_for_update_skip_locked
    rows = ShopCall.objects.select_for_update(of=("self",), skip_locked=skip).select_related("connection")
    return rows.filter(pk=call_id, state=State.RECEIVED).first()


def _outcome(call: ShopCall) -> tuple[State, str]:
    """Record what the call says; its state and why nothing came of it."""
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
        ends = is_bad or call.attempts >= len(DELAYS)
        call.next_attempt_at = None if ends else clock.now() + DELAYS[call.attempts]
        call.state, call.reason = (State.FAILED if ends else State.RECEIVED), reason
        call.error = str(error)[:_LONGEST_ERROR] if reason != "error" else traceback.format_exc(limit=-6)
        call.error = call.error[:_LONGEST_ERROR].replace("\0", "")
        call.attempts += 1
        call.save(update_fields=["state", "reason", "error", "attempts", "next_attempt_at"])


def prune() -> int:
    """Delete what was applied or ignored a month ago: repeats come within two days. Returns how many calls."""
    old = ShopCall.objects.filter(
        state__in=[State.APPLIED, State.IGNORED], received_at__lt=clock.now() - KEEP
    )
    total = 0
    while ids := list(old.values_list("pk", flat=True)[:500]):
        total += ShopCall.objects.filter(pk__in=ids).delete()[0]
    return total
