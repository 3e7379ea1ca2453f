"""Short words for the ledger's tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mikomi.core.access.actor import SYSTEM
from mikomi.core.events.models import Event
from mikomi.promises import operations
from mikomi.promises.models import Promise
from mikomi.promises.records import NewPromise, Observation
from tests.cast import NOON

DAY = timedelta(days=1)


def new(customer_id: int, **changes: Any) -> NewPromise:
    """A delivery promised at noon for four days later."""
    values: dict[str, Any] = {
        "kind": "delivery",
        "customer_id": customer_id,
        "due_at": NOON + 4 * DAY,
        "source": "order_date",
        "made_at": NOON,
    }
    return NewPromise(**{**values, **changes})


def make(customer_id: int, **changes: Any) -> Promise:
    return operations.make(actor=SYSTEM, promise=new(customer_id, **changes))


def seen(kind: str, at: datetime, *, key: str = "", **more: Any) -> Observation:
    return Observation(
        kind=kind, occurred_at=at, once_key=key or f"{kind}:{at.isoformat()}", source="test", **more
    )


def observe(promise: Promise, kind: str, at: datetime, **more: Any) -> Promise:
    return operations.observe(actor=SYSTEM, observation=seen(kind, at, promise_id=promise.pk, **more))


def told(promise: Promise) -> list[str]:
    """The kinds of events about a promise, in the order recorded."""
    about = Event.objects.filter(subject_type="promise", subject_id=promise.pk)
    return list(about.order_by("id").values_list("kind", flat=True))
