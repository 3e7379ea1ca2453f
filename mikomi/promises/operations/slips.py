"""Slips, and what the customer was told of them: once for each version of a promise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.promises.events import CustomerTold
from mikomi.promises.models import Promise, Slip


@transaction.atomic
def note_slip(
    *, actor: Actor, promise_id: int, version: int, expected_at: datetime | None = None, reason: str = ""
) -> Slip | None:
    """Note that these terms won't be met; none when this slip was noted before, so nobody is told twice."""
    actor.require(Permission.PROMISES_RECORD)
    slip, is_new = Slip.objects.get_or_create(
        promise_id=promise_id,
        version_number=version,
        defaults={"noticed_at": clock.now(), "expected_at": expected_at, "reason": reason},
    )
    return slip if is_new else None


@transaction.atomic
def record_told(
    *,
    actor: Actor,
    promise_id: int,
    version: int,
    outgoing_id: int | None,
    outcome: dict[str, Any] | None = None,
) -> Slip:
    """Record what became of the notice of a slip: the outgoing message, or in `outcome` why there is none.

    The event is recorded once, when there is a message. Raises Slip.DoesNotExist, NotAllowedError.
    """
    actor.require(Permission.PROMISES_RECORD)
    slip = Slip.objects.select_for_update().get(promise_id=promise_id, version_number=version)
    was_told = slip.outgoing_id is not None
    slip.outgoing_id = outgoing_id if outgoing_id is not None else slip.outgoing_id
    slip.outcome = {**slip.outcome, **(outcome or {})}
    slip.save(update_fields=["outgoing", "outcome"])
    if outgoing_id is not None and not was_told:
        promise = Promise.objects.only("id", "kind", "customer_id").get(pk=promise_id)
        told = CustomerTold(promise_id, Code(promise.kind), version, outgoing_id)
        record(told, customer_id=promise.customer_id, actor_id=actor.user_id)
    return slip
