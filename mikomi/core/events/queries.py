"""Reads for operators: what waits, what failed and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.models import Delivery
from mikomi.core.paging import Page, keyset

NEEDS_A_PERSON = (Delivery.State.FAILED, Delivery.State.STOPPED)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much of a consumer is in a state, and since when the oldest of it is due."""

    consumer: str
    state: str
    count: int
    oldest_due_at: datetime


def deliveries(
    *,
    actor: Actor,
    states: Sequence[str] = NEEDS_A_PERSON,
    consumer: str = "",
    cursor: str | None = None,
    size: int = 50,
) -> Page[Delivery]:
    """Deliveries in these states with their events and errors, the newest first."""
    actor.require(Permission.OPERATIONS_VIEW)
    rows = Delivery.objects.filter(state__in=states).select_related("event")
    if consumer:
        rows = rows.filter(consumer=consumer)
    return keyset(rows, ["-id"], cursor, size)


def delivery(*, actor: Actor, delivery_id: int) -> Delivery:
    """One delivery with its event. Raises `Delivery.DoesNotExist`."""
    actor.require(Permission.OPERATIONS_VIEW)
    return Delivery.objects.select_related("event").get(pk=delivery_id)


def backlogs(*, actor: Actor) -> list[Backlog]:
    """What is not done, by consumer and state: for the operator's page and the doctor."""
    actor.require(Permission.OPERATIONS_VIEW)
    unfinished = (Delivery.State.WAITING, Delivery.State.RUNNING, *NEEDS_A_PERSON)
    rows = (
        Delivery.objects.filter(state__in=unfinished)
        .order_by("consumer", "state")
        .values_list("consumer", "state")
        .annotate(count=Count("id"), oldest=Min("due_at"))
    )
    return [Backlog(*row) for row in rows]
