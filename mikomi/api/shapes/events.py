"""The kinds of events and what became of their deliveries."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import Line, Paging, Utc
from mikomi.core.events.kinds import EventKind
from mikomi.core.events.models import Delivery

# Events


class KindOut(Schema):
    """A kind of event."""

    name: str
    label: str

    @classmethod
    def of(cls, kind: EventKind) -> KindOut:
        """From the registry."""
        return cls(name=kind.name, label=str(kind.label))


class DeliveryFilter(Paging):
    """Which deliveries; without a state: those that need a person."""

    state: Delivery.State | None = None
    consumer: Annotated[Line, Field(max_length=80)] = ""


class DeliveryOut(Schema):
    """An event on its way to a consumer: a play, a webhook."""

    id: int
    event_id: int
    event_kind: str
    consumer: str
    state: str
    attempts: int
    due_at: Utc
    error: str

    @classmethod
    def of(cls, row: Delivery) -> DeliveryOut:
        """From a row with its event read."""
        return cls(
            id=row.pk,
            event_id=row.event_id,
            event_kind=row.event.kind,
            consumer=row.consumer,
            state=row.state,
            attempts=row.attempts,
            due_at=row.due_at,
            error=row.error,
        )
