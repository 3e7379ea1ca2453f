"""Events: their kinds, and the deliveries that need a person."""

from __future__ import annotations

from typing import Any

from ninja import Query

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import events as shapes
from mikomi.api.shapes.common import Id, ListOf, PageOf, page
from mikomi.core.access.rules import Permission
from mikomi.core.events import kinds, operations, queries

router = Family("events")
OPERATE = Permission.OPERATIONS_VIEW


@router.get("/event-kinds", may=(OPERATE, Permission.WEBHOOKS_MANAGE), gives=ListOf[shapes.KindOut])
def list_kinds(request: Call) -> Any:
    """Every kind of event that a webhook can be told of."""
    return {"items": [shapes.KindOut.of(kind) for kind in kinds.all_kinds()]}


@router.get("/deliveries", may=OPERATE, gives=PageOf[shapes.DeliveryOut])
def list_deliveries(request: Call, wanted: Query[shapes.DeliveryFilter]) -> Any:
    """Deliveries of events to plays and webhooks that need a person, the newest first."""
    states = (wanted.state.value,) if wanted.state else queries.NEEDS_A_PERSON
    found = queries.deliveries(
        actor=request.actor,
        states=states,
        consumer=wanted.consumer,
        cursor=wanted.cursor,
        size=wanted.size,
    )
    return page(found.map(shapes.DeliveryOut.of))


@router.post("/deliveries/{delivery_id}/retry", may=OPERATE, gives=shapes.DeliveryOut)
def retry_delivery(request: Call, delivery_id: Id) -> Any:
    """Try a delivery again that failed, was stopped or skipped."""
    operations.retry_delivery(actor=request.actor, delivery_id=delivery_id)
    return shapes.DeliveryOut.of(queries.delivery(actor=request.actor, delivery_id=delivery_id))


@router.post("/deliveries/{delivery_id}/skip", may=OPERATE, gives=shapes.DeliveryOut)
def skip_delivery(request: Call, delivery_id: Id) -> Any:
    """Decide that a failed delivery need not run."""
    operations.skip_delivery(actor=request.actor, delivery_id=delivery_id)
    return shapes.DeliveryOut.of(queries.delivery(actor=request.actor, delivery_id=delivery_id))
