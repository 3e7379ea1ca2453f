"""Plays that keep those informed who asked for news of a promise on its page."""

from __future__ import annotations

from mikomi.core.events.models import Event
from mikomi.promises import operations as promises

_CHANGES = {
    "promise.changed": "terms",
    "promise.kept": "kept",
    "promise.broken": "broken",
    "promise.withdrawn": "withdrawn",
}
NEWS = tuple(_CHANGES)


def concerns_customers(event: Event) -> bool:
    """Response standards of our own have no page."""
    return not event.payload.get("is_internal", False)


def tell_subscribers(event: Event) -> None:
    """Whoever subscribed to a promise hears what changed, once for each event."""
    promises.tell_subscribers(
        promise_id=event.payload["promise_id"], change=_CHANGES[event.kind], key=f"event:{event.pk}"
    )
