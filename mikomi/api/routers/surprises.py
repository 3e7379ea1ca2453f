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
from mikomi.feedback.operations import surprises as operations
from mikomi.feedback.queries import surprises as queries

router = Family("surprises", sees=Permission.FEEDBACK_VIEW)
VIEW, GRANT = Permission.FEEDBACK_VIEW, Permission.RECOVERY_GRANT


@router.get("/surprises", may=VIEW, gives=ListOf[shapes.SurpriseOut])
def list_surprises(request: Call) -> Any:
    """What waits for a decision, the weightiest first."""
    return {"items": _shapes(queries.proposed(actor=request.actor))}


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
def approve(request: Call, surprise_id: Id) -> Any:
    """Let a proposal be done."""
    return _shapes([operations.approve(actor=request.actor, surprise_id=surprise_id)])[0]


@router.post("/surprises/{surprise_id}/dismiss", may=GRANT, gives=shapes.SurpriseOut)
def dismiss(request: Call, surprise_id: Id) -> Any:
    """Turn a proposal down."""
    return _shapes([operations.dismiss(actor=request.actor, surprise_id=surprise_id)])[0]


@router.get("/figures/surprises", may=Permission.FIGURES_VIEW, gives=shapes.EffectOut)
def effect(request: Call) -> Any:
    """What the surprises brought against those held out, and what people expect since."""
    return shapes.EffectOut.of(queries.effect(actor=request.actor))


def _shapes(rows: list[Surprise]) -> list[shapes.SurpriseOut]:
    names = customers.display_ids([row.customer_id for row in rows])
    return [shapes.SurpriseOut.of(row, names) for row in rows]
