"""Small surprises: the plan, proposals, decisions, and what they brought."""

from __future__ import annotations

from typing import Any

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import surprises as shapes
from mikomi.api.shapes.common import Id, ListOf
from mikomi.core.access.rules import Permission
from mikomi.customers import queries as customers
from mikomi.feedback.models import Surprise, SurprisePlan
from mikomi.feedback.operations import carrying
from mikomi.feedback.operations import surprises as operations
from mikomi.feedback.queries import surprises as queries

router = Family("surprises", sees=Permission.FEEDBACK_VIEW)
VIEW, GRANT = Permission.FEEDBACK_VIEW, Permission.RECOVERY_GRANT


@router.get("/surprises", may=VIEW, gives=ListOf[shapes.SurpriseOut])
def list_surprises(request: Call) -> Any:
    """What waits for a decision, the weightiest first."""
    return {"items": _shapes(queries.proposed(actor=request.actor))}


@router.get("/surprises/to-carry-out", may=VIEW, gives=ListOf[shapes.SurpriseOut])
def list_to_carry_out(request: Call) -> Any:
    """What was approved and waits to be carried out by the caller or by whoever may, the longest waiting first."""
    return {"items": _shapes(queries.to_carry_out(actor=request.actor))}


@router.get("/surprises/plan", may=VIEW, gives=shapes.PlanOut)
def get_plan(request: Call) -> Any:
    """The plan and what is left of this month's budget."""
    plan = queries.plan(actor=request.actor)
    if plan is None:
        raise SurprisePlan.DoesNotExist("There is no plan yet.")
    return shapes.PlanOut.of(plan, queries.left(actor=request.actor))


@router.put("/surprises/plan", may=Permission.TEMPLATES_EDIT, gives=shapes.PlanOut)
def set_plan(request: Call, given: shapes.PlanIn) -> Any:
    """Set the plan."""
    plan = operations.set_plan(
        actor=request.actor,
        budget_minor=given.budget_minor,
        costs=given.costs.model_dump(),
        holdout_share=given.holdout_share,
        rest_days=given.rest_days,
        is_active=given.is_active,
    )
    return shapes.PlanOut.of(plan, queries.left(actor=request.actor))


@router.post("/surprises/{surprise_id}/approve", may=GRANT, gives=shapes.SurpriseOut)
def approve(request: Call, surprise_id: Id, given: shapes.ApproveIn | None = None) -> Any:
    """Let a proposal be done; it stands on Today until somebody has carried it out."""
    carrier_id = given.carrier_id if given else None
    row = operations.approve(actor=request.actor, surprise_id=surprise_id, carrier_id=carrier_id)
    return _shapes([row])[0]


@router.post("/surprises/{surprise_id}/dismiss", may=GRANT, gives=shapes.SurpriseOut)
def dismiss(request: Call, surprise_id: Id) -> Any:
    """Turn a proposal down, or give up one that was approved."""
    return _shapes([operations.dismiss(actor=request.actor, surprise_id=surprise_id)])[0]


@router.post("/surprises/{surprise_id}/message", may=GRANT, gives=shapes.SurpriseOut)
def draft_message(request: Call, surprise_id: Id, given: shapes.MessageIn) -> Any:
    """Put the message that a surprise is into the outbox, where a person releases it. Needs consent to news."""
    carrying.draft_message(
        actor=request.actor, surprise_id=surprise_id, subject=given.subject, text=given.text
    )
    return _shapes([queries.surprise(actor=request.actor, surprise_id=surprise_id)])[0]


@router.post("/surprises/{surprise_id}/done", may=GRANT, gives=shapes.SurpriseOut)
def carry_out(request: Call, surprise_id: Id) -> Any:
    """Say that a surprise was carried out."""
    return _shapes([carrying.carry_out(actor=request.actor, surprise_id=surprise_id)])[0]


@router.get("/figures/surprises", may=Permission.FIGURES_VIEW, gives=shapes.SurpriseEffectOut)
def effect(request: Call) -> Any:
    """What the surprises brought against those held out, and what people expect since."""
    return shapes.SurpriseEffectOut.of(queries.effect(actor=request.actor))


def _shapes(rows: list[Surprise]) -> list[shapes.SurpriseOut]:
    names = customers.display_ids([row.customer_id for row in rows])
    return [shapes.SurpriseOut.of(row, names) for row in rows]
