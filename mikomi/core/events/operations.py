"""Recording events: in the transaction of the change they tell of, together with one delivery per consumer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from mikomi.core import clock
from mikomi.core.events import consumers
from mikomi.core.events.kinds import kind_of, to_json
from mikomi.core.events.models import Delivery, Event

_trail: ContextVar[tuple[str, ...]] = ContextVar("mikomi_event_trail", default=())
LONGEST_TRAIL = 12


class NotInTransactionError(RuntimeError):
    """`record` was called outside a transaction: the event could outlive or miss its change."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event to be recorded. `occurred_at` none: now."""

    payload: object
    customer_id: int | None = None
    occurred_at: datetime | None = None
    backfill: bool = False
    actor_id: int | None = None


def record(
    payload: object,
    *,
    customer_id: int | None = None,
    occurred_at: datetime | None = None,
    backfill: bool = False,
    actor_id: int | None = None,
) -> Event:
    """Record one event with its deliveries. Raises `NotInTransactionError` outside a transaction."""
    return record_many([Happening(payload, customer_id, occurred_at, backfill, actor_id)])[0]


def record_many(happenings: Sequence[Happening]) -> list[Event]:
    """Record events in the order given. Backfilled ones get no deliveries: nothing follows from history."""
    if not connection.in_atomic_block:
        raise NotInTransactionError("Events are recorded inside the transaction of the change they tell of.")
    now = clock.now()
    events = Event.objects.bulk_create([_row(happening, now) for happening in happenings])
    Delivery.objects.bulk_create(list(_deliveries(events, now)))
    return events


def _row(happening: Happening, now: datetime) -> Event:
    kind = kind_of(happening.payload)
    payload = to_json(happening.payload)
    return Event(
        kind=kind.name,
        occurred_at=happening.occurred_at or now,
        recorded_at=now,
        backfill=happening.backfill,
        customer_id=happening.customer_id,
        subject_type=kind.subject,
        subject_id=payload[f"{kind.subject}_id"] if kind.subject else None,
        actor_id=happening.actor_id,
        payload=payload,
        trail=" ".join(_trail.get()),
    )


def _deliveries(events: Sequence[Event], now: datetime) -> Iterator[Delivery]:
    trail = _trail.get()
    names: dict[str, list[str]] = {}
    for event in events:
        if event.backfill:
            continue
        if event.kind not in names:
            names[event.kind] = consumers.names_for(event.kind)
        for name in names[event.kind]:
            yield _delivery(event, name, trail, now)


def _delivery(event: Event, name: str, trail: tuple[str, ...], now: datetime) -> Delivery:
    """A consumer whose own work led here is not called again: that would be an endless loop."""
    looping = (name in trail or len(trail) >= LONGEST_TRAIL) and not consumers.family_of(name)
    return Delivery(
        event=event,
        consumer=name,
        due_at=now,
        state=Delivery.State.STOPPED if looping else Delivery.State.WAITING,
        error=f"Stopped: this event came of {' → '.join(trail)}." if looping else "",
    )


@contextmanager
def caused_by(event: Event, consumer: str) -> Iterator[None]:
    """Whatever is recorded inside carries the trail of `event` and the name of the consumer at work."""
    token = _trail.set((*event.trail.split(), consumer))
    try:
        yield
    finally:
        _trail.reset(token)
