"""Recoveries: what is done after a promise was broken."""

from __future__ import annotations

from typing import Any

from ninja import Query, Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import recoveries as shapes
from mikomi.api.shapes.common import Id, ListOf, PageOf, page
from mikomi.conversations import operations as desk
from mikomi.conversations import queries
from mikomi.conversations.operations import recovery as operations
from mikomi.core.access.rules import Permission
from mikomi.customers import queries as customers
from mikomi.promises import queries as promises
from mikomi.screens import recoveries as screens

router = Family("recoveries", sees=Permission.CONVERSATIONS_VIEW)
VIEW, ANSWER = Permission.CONVERSATIONS_VIEW, Permission.CONVERSATIONS_ANSWER


@router.get("/recoveries", may=VIEW, gives=PageOf[shapes.RecoveryOut])
def list_recoveries(request: Call, wanted: Query[shapes.RecoveryFilter]) -> Any:
    """Recovery cases, the oldest first."""
    state = wanted.state.value if wanted.state else ""
    found = queries.recoveries(actor=request.actor, state=state, cursor=wanted.cursor, size=wanted.size)
    names = customers.display([row.customer for row in found.items])
    return page(found.map(lambda row: shapes.RecoveryOut.of(row, names)))


@router.post("/recoveries", may=ANSWER, gives=shapes.RecoveryOut, status=201)
def open_recovery(request: Call, given: shapes.OpenIn) -> Any:
    """Open the case of a broken promise, or of a conversation. A promise has one case."""
    if given.promise_id:
        promises.promise(actor=request.actor, promise_id=given.promise_id)
    row = operations.open_case(
        actor=request.actor, promise_id=given.promise_id, conversation_id=given.conversation_id
    )
    return Status(201, _one(request, row.pk))


@router.get("/preventions", may=VIEW, gives=PageOf[shapes.PreventionOut])
def list_preventions(request: Call, wanted: Query[shapes.PreventionFilter]) -> Any:
    """What is changed so that broken promises don't break again; and whether they did."""
    found = screens.preventions(actor=request.actor, state=wanted.state.value, cursor=wanted.cursor)
    return page(found.map(shapes.PreventionOut.of))


@router.get("/recovery-effects", may=Permission.FIGURES_VIEW, gives=ListOf[shapes.RecoveryEffectOut])
def list_effects(request: Call) -> Any:
    """What became of the recoveries of the last year, by cause."""
    found = screens.effects_by_cause(actor=request.actor)
    return {"items": [shapes.RecoveryEffectOut.of(one) for one in found]}


@router.get("/recovery-guides", may=VIEW, gives=ListOf[shapes.GuideShape])
def list_guides(request: Call) -> Any:
    """What is proposed on a case once its cause is known."""
    rows = queries.guides(actor=request.actor)
    return {"items": [shapes.GuideShape.of(row) for row in rows]}


@router.put("/recovery-guides", may=Permission.SETTINGS_MANAGE, gives=shapes.GuideShape)
def set_guide(request: Call, given: shapes.GuideShape) -> Any:
    """Change the guide of one cause."""
    row = desk.set_guide(
        actor=request.actor,
        cause=given.cause.value,
        remedy_kind=str(given.remedy_kind),
        remedy_minor=given.remedy_minor,
        follow_up_days=given.follow_up_days,
        prevention=given.prevention,
    )
    return shapes.GuideShape.of(row)


@router.get("/recoveries/{recovery_id}", may=VIEW, gives=shapes.RecoveryOut)
def get_recovery(request: Call, recovery_id: Id) -> Any:
    """A recovery case."""
    return _one(request, recovery_id)


@router.post("/recoveries/{recovery_id}/owner", may=ANSWER, gives=shapes.RecoveryOut)
def set_owner(request: Call, recovery_id: Id, given: shapes.OwnerIn) -> Any:
    """Say who sees the case through."""
    operations.set_owner(actor=request.actor, recovery_id=recovery_id, owner_id=given.owner_id)
    return _one(request, recovery_id)


@router.post("/recoveries/{recovery_id}/cause", may=ANSWER, gives=shapes.RecoveryOut)
def set_cause(request: Call, recovery_id: Id, given: shapes.CauseIn) -> Any:
    """Say why the promise was broken."""
    operations.set_cause(
        actor=request.actor, recovery_id=recovery_id, cause=given.cause.value, note=given.note
    )
    return _one(request, recovery_id)


@router.post("/recoveries/{recovery_id}/apology", may=ANSWER, gives=shapes.RecoveryOut)
def apologise(request: Call, recovery_id: Id, given: shapes.ApologyIn) -> Any:
    """Send the apology."""
    operations.apologise(actor=request.actor, recovery_id=recovery_id, text=given.text, subject=given.subject)
    return _one(request, recovery_id)


@router.post(
    "/recoveries/{recovery_id}/remedies",
    may=Permission.RECOVERY_GRANT,
    gives=shapes.RemedyOut,
    status=201,
)
def grant_remedy(request: Call, recovery_id: Id, given: shapes.RemedyIn) -> Any:
    """Grant something to make good."""
    row = operations.grant_remedy(
        actor=request.actor,
        recovery_id=recovery_id,
        kind=given.kind.value,
        amount_minor=given.amount_minor,
        currency=given.currency,
        note=given.note,
    )
    return Status(201, shapes.RemedyOut.of(row))


@router.post("/recoveries/{recovery_id}/prevention", may=ANSWER, gives=shapes.RecoveryOut)
def set_prevention(request: Call, recovery_id: Id, given: shapes.PreventionIn) -> Any:
    """Say what is changed so that it doesn't happen again."""
    fields: Any = given.model_dump()
    operations.set_prevention(actor=request.actor, recovery_id=recovery_id, **fields)
    return _one(request, recovery_id)


@router.post("/recoveries/{recovery_id}/follow-up", may=ANSWER, gives=shapes.RecoveryOut)
def set_follow_up(request: Call, recovery_id: Id, given: shapes.FollowUpIn) -> Any:
    """Say when we come back to the customer."""
    operations.set_follow_up(actor=request.actor, recovery_id=recovery_id, at=given.at)
    return _one(request, recovery_id)


@router.post("/recoveries/{recovery_id}/follow-up/done", may=ANSWER, gives=shapes.RecoveryOut)
def follow_up_done(request: Call, recovery_id: Id) -> Any:
    """Say that we came back to the customer."""
    operations.follow_up_done(actor=request.actor, recovery_id=recovery_id)
    return _one(request, recovery_id)


@router.post("/recoveries/{recovery_id}/ask", may=ANSWER, gives=shapes.RecoveryOut)
def ask(request: Call, recovery_id: Id, given: shapes.AskIfSolvedIn) -> Any:
    """Ask the customer whether it is solved."""
    operations.ask_if_solved(actor=request.actor, recovery_id=recovery_id, text=given.text)
    return _one(request, recovery_id)


@router.post("/recoveries/{recovery_id}/told", may=ANSWER, gives=shapes.RecoveryOut)
def told(request: Call, recovery_id: Id, given: shapes.ToldIn) -> Any:
    """Record what the customer told a person."""
    operations.record_told(actor=request.actor, recovery_id=recovery_id, solved=given.solved)
    return _one(request, recovery_id)


@router.post("/recoveries/{recovery_id}/close", may=ANSWER, gives=shapes.RecoveryOut)
def close(request: Call, recovery_id: Id) -> Any:
    """Close a case, once the customer confirmed or was asked and waited."""
    operations.close_case(actor=request.actor, recovery_id=recovery_id)
    return _one(request, recovery_id)


@router.post("/recoveries/{recovery_id}/reopen", may=ANSWER, gives=shapes.RecoveryOut)
def reopen(request: Call, recovery_id: Id) -> Any:
    """Open a closed case again."""
    operations.reopen_case(actor=request.actor, recovery_id=recovery_id)
    return _one(request, recovery_id)


def _one(request: Call, recovery_id: int) -> shapes.RecoveryOut:
    row = queries.recovery(actor=request.actor, recovery_id=recovery_id)
    return shapes.RecoveryOut.of(row, customers.display([row.customer]))
