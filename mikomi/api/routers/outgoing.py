"""Messages on their way out that wait for a person: held, perhaps sent, failed."""

from __future__ import annotations

from typing import Any

from ninja import Query

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import outgoing as shapes
from mikomi.api.shapes.common import Id, PageOf, page
from mikomi.core.access.rules import Permission
from mikomi.outbox import operations, queries
from mikomi.outbox.models import OutgoingMessage

router = Family("outgoing", sees=Permission.CONVERSATIONS_VIEW)
VIEW, ANSWER = Permission.CONVERSATIONS_VIEW, Permission.CONVERSATIONS_ANSWER
# Notices are decided by who may release them, other messages by who may answer.
DECIDE = (Permission.PROMISES_RELEASE, ANSWER)


@router.get("/outgoing", may=VIEW, gives=PageOf[shapes.OutgoingOut])
def list_outgoing(request: Call, wanted: Query[shapes.OutgoingFilter]) -> Any:
    """Messages that wait for a person, the oldest first."""
    found = queries.needing_person(
        actor=request.actor, state=wanted.state, cursor=wanted.cursor, size=wanted.size
    )
    return page(found.map(shapes.OutgoingOut.of))


@router.get("/outgoing/{outgoing_id}", may=VIEW, gives=shapes.OutgoingOut)
def get_outgoing(request: Call, outgoing_id: Id) -> Any:
    """A message on its way out."""
    return shapes.OutgoingOut.of(_one(request, outgoing_id))


@router.put("/outgoing/{outgoing_id}", may=DECIDE, gives=shapes.OutgoingOut)
def edit_held(request: Call, outgoing_id: Id, words: shapes.HeldIn) -> Any:
    """Change the words of a held message."""
    _one(request, outgoing_id)
    operations.edit_held(actor=request.actor, outgoing_id=outgoing_id, subject=words.subject, text=words.text)
    return shapes.OutgoingOut.of(_one(request, outgoing_id))


@router.post("/outgoing/{outgoing_id}/release", may=DECIDE, gives=shapes.OutgoingOut)
def release(request: Call, outgoing_id: Id) -> Any:
    """Let a held message go."""
    _one(request, outgoing_id)
    operations.release(actor=request.actor, outgoing_id=outgoing_id)
    return shapes.OutgoingOut.of(_one(request, outgoing_id))


@router.post("/outgoing/{outgoing_id}/cancel", may=DECIDE, gives=shapes.OutgoingOut)
def cancel(request: Call, outgoing_id: Id) -> Any:
    """Take back a message that has not begun to leave, or give up one that failed."""
    _one(request, outgoing_id)
    operations.cancel(actor=request.actor, outgoing_id=outgoing_id)
    return shapes.OutgoingOut.of(_one(request, outgoing_id))


@router.post("/outgoing/{outgoing_id}/retry", may=ANSWER, gives=shapes.OutgoingOut)
def retry(request: Call, outgoing_id: Id) -> Any:
    """Try a failed message again, now."""
    _one(request, outgoing_id)
    operations.retry(actor=request.actor, outgoing_id=outgoing_id)
    return shapes.OutgoingOut.of(_one(request, outgoing_id))


@router.post("/outgoing/{outgoing_id}/decide", may=ANSWER, gives=shapes.OutgoingOut)
def decide(request: Call, outgoing_id: Id, given: shapes.SentIn) -> Any:
    """Say whether a message that perhaps left did leave; if not, it is sent again."""
    _one(request, outgoing_id)
    operations.decide_uncertain(actor=request.actor, outgoing_id=outgoing_id, was_sent=given.was_sent)
    return shapes.OutgoingOut.of(_one(request, outgoing_id))


def _one(request: Call, outgoing_id: int) -> OutgoingMessage:
    """The message. Raises `OutgoingMessage.DoesNotExist`, also for another team's."""
    return queries.outgoing(actor=request.actor, outgoing_id=outgoing_id)
