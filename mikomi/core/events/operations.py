"""Recording events, in the transaction of the change they tell of, together with one delivery per consumer; and
what an operator may do with a delivery that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events import consumers
from mikomi.core.events.kinds import kind_of, to_json
from mikomi.core.events.models import Delivery, Event
from mikomi.core.rows import build

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
    events = [_row(happening, now) for happening in happenings]
    bulk.insert(events)
    bulk.insert(list(_deliveries(events, now)))
    return events


def _row(happening: Happening, now: datetime) -> Event:
    kind = kind_of(happening.payload)
    payload = to_json(happening.payload)
    return build(
        Event,
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
    fresh = [event for event in events if not event.backfill]
    names = consumers.names_for({event.kind for event in fresh}) if fresh else {}
    for event in fresh:
        for name in names[event.kind]:
            yield _delivery(event, name, trail, now)


def _delivery(event: Event, name: str, trail: tuple[str, ...], now: datetime) -> Delivery:
    """A consumer whose own work led here is not called again: that would be an endless loop."""
    is_outside = consumers.family_of(name) is not None
    looping = (name in trail or len(trail) >= LONGEST_TRAIL) and not is_outside
    return Delivery(
        event=event,
        consumer=name,
        is_outside=is_outside,
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


class DeliveryError(ValueError):
    """The delivery isn't in a state in which this can be done."""


GAVE_UP = (Delivery.State.FAILED, Delivery.State.STOPPED, Delivery.State.SKIPPED)


@transaction.atomic
def retry_delivery(*, actor: Actor, delivery_id: int) -> Delivery:
    """Try a delivery again that failed, was stopped or skipped; with all its tries. Raises `DeliveryError`."""
    actor.require(Permission.OPERATIONS_VIEW)
    if not requeue([delivery_id]):
        raise DeliveryError(_("Only what has failed or was stopped can be tried again."))
    access.log("delivery.retried", actor=actor, subject_type="delivery", subject_id=delivery_id)
    return Delivery.objects.select_related("event").get(pk=delivery_id)


@transaction.atomic
def retry_failed(*, actor: Actor, consumer: str) -> int:
    """Try everything again in which this consumer failed, at most 1,000 deliveries. Returns how many."""
    actor.require(Permission.OPERATIONS_VIEW)
    failed = Delivery.objects.filter(consumer=consumer, state=Delivery.State.FAILED).order_by("id")
    count = requeue(list(failed.values_list("id", flat=True)[:1000]))
    detail = {"consumer": consumer, "count": count}
    access.log("delivery.retried", actor=actor, subject_type="delivery", detail=detail)
    return count


@transaction.atomic
def skip_delivery(*, actor: Actor, delivery_id: int) -> Delivery:
    """Decide that a failed delivery need not run; its error stays for the record. Raises `DeliveryError`."""
    actor.require(Permission.OPERATIONS_VIEW)
    waiting = (Delivery.State.FAILED, Delivery.State.STOPPED, Delivery.State.WAITING)
    changed = Delivery.objects.filter(pk=delivery_id, state__in=waiting).update(
        state=Delivery.State.SKIPPED, done_at=clock.now(), claimed_by=""
    )
    if not changed:
        raise DeliveryError(_("Only what waits, has failed or was stopped can be skipped."))
    access.log("delivery.skipped", actor=actor, subject_type="delivery", subject_id=delivery_id)
    return Delivery.objects.select_related("event").get(pk=delivery_id)


def give_up_outside(*, why: str) -> int:
    """Don't call others for what was recorded so far; how many deliveries. Each can be tried again or replayed."""
    states = (Delivery.State.WAITING, Delivery.State.RUNNING)
    rows = Delivery.objects.filter(is_outside=True, state__in=states)
    return rows.update(state=Delivery.State.FAILED, claimed_by="", done_at=clock.now(), error=why)


def prune_done() -> int:
    """Delete the deliveries that were done `MIKOMI_KEEP_DELIVERIES_DAYS` ago; how many.

    Events stay, and so does whatever waits, failed, was stopped or skipped. An event is never delivered anew by
    itself: deliveries are written with it, or by a person who replays it to a webhook.
    """
    done = Delivery.objects.filter(
        state=Delivery.State.DONE, done_at__lt=clock.now() - settings.KEEP_DELIVERIES
    )
    return bulk.delete_in_portions(done.order_by("id"))


def requeue(delivery_ids: Sequence[int], *, also_done: bool = False) -> int:
    """Let deliveries that ended run again (`also_done`: even those that went well). Returns how many.

    For operations, which have checked the permission.
    """
    states = (*GAVE_UP, Delivery.State.DONE) if also_done else GAVE_UP
    return Delivery.objects.filter(pk__in=delivery_ids, state__in=states).update(
        state=Delivery.State.WAITING, attempts=0, due_at=clock.now(), done_at=None, error=""
    )
