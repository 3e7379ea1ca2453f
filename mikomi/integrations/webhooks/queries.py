"""Reads about outgoing webhooks."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.models import Delivery
from mikomi.core.paging import Page, keyset
from mikomi.core.steady import read_steadily
from mikomi.integrations.webhooks.models import Attempt, Endpoint
from mikomi.integrations.webhooks.rules import EVERYTHING


def endpoints(*, actor: Actor) -> QuerySet[Endpoint]:
    """Every endpoint, in the order in which they were added."""
    actor.require(Permission.WEBHOOKS_MANAGE)
    return Endpoint.objects.order_by("id")


def endpoint(*, actor: Actor, endpoint_id: int) -> Endpoint:
    """One endpoint. Raises `Endpoint.DoesNotExist`."""
    return endpoints(actor=actor).get(pk=endpoint_id)


def attempts(
    *, actor: Actor, endpoint_id: int, only_failed: bool = False, cursor: str | None = None, size: int = 50
) -> Page[Attempt]:
    """The calls of an endpoint and what came back, the newest first."""
    actor.require(Permission.WEBHOOKS_MANAGE)
    rows = Attempt.objects.filter(endpoint_id=endpoint_id)
    return keyset(rows.exclude(reason="") if only_failed else rows, ["-id"], cursor, size)


def deliveries(
    *, actor: Actor, endpoint_id: int, states: Sequence[str] = (), cursor: str | None = None, size: int = 50
) -> Page[Delivery]:
    """The events for an endpoint with their state, the newest first."""
    actor.require(Permission.WEBHOOKS_MANAGE)
    rows = Delivery.objects.filter(consumer=f"webhook:{endpoint_id}").select_related("event")
    return keyset(rows.filter(state__in=states) if states else rows, ["-id"], cursor, size)


def names_for(kinds: Collection[str]) -> dict[str, list[str]]:
    """By event kind, the consumers of the active endpoints that want it. One query."""
    active = _active()
    return {
        kind: [one.consumer for one in active if EVERYTHING in one.kinds or kind in one.kinds]
        for kind in kinds
    }


@read_steadily
def _active() -> list[Endpoint]:
    return list(Endpoint.objects.filter(is_active=True).order_by("id"))
