"""Webhooks: addresses of other programs that are told of events."""

from __future__ import annotations

from typing import Any

from ninja import Query, Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import webhooks as shapes
from mikomi.api.shapes.common import CountOut, Id, ListOf, PageOf, page
from mikomi.api.shapes.events import DeliveryOut
from mikomi.core.access.rules import Permission
from mikomi.integrations.webhooks import operations, queries

router = Family("webhooks")
MANAGE = Permission.WEBHOOKS_MANAGE


@router.get("/webhooks", may=MANAGE, gives=ListOf[shapes.EndpointOut])
def list_endpoints(request: Call) -> Any:
    """Every endpoint, in the order in which they were added."""
    return {"items": [shapes.EndpointOut.of(row) for row in queries.endpoints(actor=request.actor)]}


@router.post("/webhooks", may=MANAGE, gives=shapes.NewEndpointOut, status=201)
def create_endpoint(request: Call, given: shapes.EndpointIn) -> Any:
    """Add an endpoint. Its secret is shown this once only."""
    row, secret = operations.create_endpoint(
        actor=request.actor, url=given.url, kinds=given.kinds, description=given.description
    )
    return Status(201, {"endpoint": shapes.EndpointOut.of(row), "secret": secret})


@router.get("/webhooks/{endpoint_id}", may=MANAGE, gives=shapes.EndpointOut)
def get_endpoint(request: Call, endpoint_id: Id) -> Any:
    """An endpoint."""
    return shapes.EndpointOut.of(queries.endpoint(actor=request.actor, endpoint_id=endpoint_id))


@router.put("/webhooks/{endpoint_id}", may=MANAGE, gives=shapes.EndpointOut)
def change_endpoint(request: Call, endpoint_id: Id, given: shapes.ChangedEndpointIn) -> Any:
    """Change an endpoint, or switch it on or off."""
    fields: Any = given.model_dump()
    row = operations.change_endpoint(actor=request.actor, endpoint_id=endpoint_id, **fields)
    return shapes.EndpointOut.of(row)


@router.delete("/webhooks/{endpoint_id}", may=MANAGE)
def delete_endpoint(request: Call, endpoint_id: Id) -> Any:
    """Delete an endpoint with its log."""
    operations.delete_endpoint(actor=request.actor, endpoint_id=endpoint_id)
    return Status(204, None)


@router.post("/webhooks/{endpoint_id}/secret", may=MANAGE, gives=shapes.SecretOut)
def rotate_secret(request: Call, endpoint_id: Id) -> Any:
    """Make a new secret, shown this once only. The old one signs as well for a day."""
    return {"secret": operations.rotate_secret(actor=request.actor, endpoint_id=endpoint_id)}


@router.post("/webhooks/{endpoint_id}/test", may=MANAGE, gives=shapes.AttemptOut)
def send_test(request: Call, endpoint_id: Id) -> Any:
    """Call the endpoint now with a test message; takes up to ten seconds."""
    return shapes.AttemptOut.of(operations.send_test(actor=request.actor, endpoint_id=endpoint_id))


@router.get("/webhooks/{endpoint_id}/attempts", may=MANAGE, gives=PageOf[shapes.AttemptOut])
def list_attempts(request: Call, endpoint_id: Id, wanted: Query[shapes.AttemptFilter]) -> Any:
    """The calls of an endpoint and what came back, the newest first."""
    queries.endpoint(actor=request.actor, endpoint_id=endpoint_id)
    found = queries.attempts(
        actor=request.actor,
        endpoint_id=endpoint_id,
        only_failed=wanted.only_failed,
        cursor=wanted.cursor,
        size=wanted.size,
    )
    return page(found.map(shapes.AttemptOut.of))


@router.post("/webhooks/{endpoint_id}/replay", may=MANAGE, gives=CountOut)
def replay(request: Call, endpoint_id: Id, given: shapes.ReplayIn) -> Any:
    """Send events again, those named or all recorded since a moment; says how many."""
    count = operations.replay(
        actor=request.actor, endpoint_id=endpoint_id, event_ids=given.event_ids, since=given.since
    )
    return {"count": count}


@router.post("/webhook-deliveries/{delivery_id}/retry", may=MANAGE, gives=DeliveryOut)
def retry(request: Call, delivery_id: Id) -> Any:
    """Send a failed delivery again now."""
    return DeliveryOut.of(operations.retry(actor=request.actor, delivery_id=delivery_id))
