"""Arrivals: the quarantine, whether everything is accounted for, whether the mailboxes are read."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import mail as shapes
from mikomi.api.shapes.common import CountOut, Id, ListOf, PageOf, page
from mikomi.channels import operations, queries
from mikomi.core.access.rules import Permission

router = Family("arrivals", sees=Permission.CONVERSATIONS_VIEW)
VIEW, ANSWER = Permission.CONVERSATIONS_VIEW, Permission.CONVERSATIONS_ANSWER


@router.get("/arrivals", may=VIEW, gives=PageOf[shapes.ArrivalOut])
def list_arrivals(request: Call, wanted: Query[shapes.ArrivalFilter]) -> Any:
    """Raw arrivals in one state, the newest first; without a state the quarantine."""
    found = queries.arrivals(
        actor=request.actor, state=wanted.state.value, cursor=wanted.cursor, size=wanted.size
    )
    return page(found.map(shapes.ArrivalOut.of))


@router.get("/arrivals/{arrival_id}", may=VIEW, gives=shapes.ArrivalOut)
def get_arrival(request: Call, arrival_id: Id) -> Any:
    """An arrival."""
    return shapes.ArrivalOut.of(queries.arrival(actor=request.actor, intake_id=arrival_id))


@router.get("/arrivals/{arrival_id}/raw", may=VIEW, gives=bytes)
def download_raw(request: Call, arrival_id: Id) -> Any:
    """The bytes as they arrived."""
    data = queries.raw_bytes(actor=request.actor, intake_id=arrival_id)
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="arrival-{arrival_id}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@router.post("/arrivals/{arrival_id}/retry", may=ANSWER, gives=shapes.ArrivalOut)
def retry_arrival(request: Call, arrival_id: Id) -> Any:
    """Read a quarantined arrival again, at once; what looked like a program's work is released. Twice is once."""
    return shapes.ArrivalOut.of(operations.reprocess(actor=request.actor, intake_id=arrival_id))


@router.post("/quarantine/retry", may=ANSWER, gives=CountOut)
def retry_all_arrivals(request: Call) -> Any:
    """Have the worker read the whole quarantine again, except what looked like a program's work; says how many."""
    return {"count": operations.reprocess_all(actor=request.actor)}


@router.post("/arrivals/{arrival_id}/discard", may=ANSWER, gives=shapes.ArrivalOut)
def discard_arrival(request: Call, arrival_id: Id) -> Any:
    """Put a quarantined arrival aside: it is no message of a customer. Its bytes are kept."""
    return shapes.ArrivalOut.of(operations.dismiss(actor=request.actor, intake_id=arrival_id))


@router.get("/mail-reconciliation", may=VIEW, gives=ListOf[shapes.FolderBalanceOut])
def get_reconciliation(request: Call) -> Any:
    """For each folder what the server counted, and where each of these messages is here."""
    return {"items": [shapes.FolderBalanceOut.of(one) for one in queries.reconciliation(actor=request.actor)]}


@router.get("/mail-heartbeats", may=VIEW, gives=ListOf[shapes.HeartbeatOut])
def list_heartbeats(request: Call) -> Any:
    """Whether each active mailbox is read: the last good visit, and what is wrong."""
    return {"items": [shapes.HeartbeatOut.of(one) for one in queries.heartbeats(actor=request.actor)]}
