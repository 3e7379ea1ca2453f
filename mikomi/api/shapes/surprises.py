"""Small surprises, as the API gives and takes them."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import Amount, Id, In, Line, PersonRef, Utc, Words
from mikomi.customers.queries import Display
from mikomi.feedback.models import Surprise, SurprisePlan
from mikomi.feedback.queries.surprises import Effect


class CostsIn(In):
    """What each kind costs."""

    discount: Amount
    upgrade: Amount
    early: Amount
    note: Amount


class PlanIn(In):
    """How much may be spent in a month, and who is held out."""

    is_active: bool = True
    budget_minor: Amount
    costs: CostsIn
    holdout_share: Annotated[float, Field(ge=0.05, le=0.5)] = 0.2
    rest_days: Annotated[int, Field(ge=1, le=3_650)] = 180


class PlanOut(Schema):
    """The plan, and what is left of this month's budget."""

    is_active: bool
    budget_minor: int
    left_minor: int
    costs: dict[str, int]
    holdout_share: float
    rest_days: int

    @classmethod
    def of(cls, plan: SurprisePlan, left: int) -> PlanOut:
        """From the row."""
        return cls(
            is_active=plan.is_active,
            budget_minor=plan.budget_minor,
            left_minor=left,
            costs={kind: plan.cost_of(kind) for kind in Surprise.Kind.values},
            holdout_share=plan.holdout_share,
            rest_days=plan.rest_days,
        )


class ApproveIn(In):
    """Who carries it out; null: whoever may."""

    carrier_id: Id | None = None


class MessageIn(In):
    """The message that a surprise is."""

    subject: Annotated[Line, Field(min_length=1, max_length=500)]
    text: Annotated[Words, Field(min_length=1, max_length=10_000)]


class SurpriseOut(Schema):
    """A surprise: proposed, approved, done, dismissed, expired. `came_back`: bought again within 60 days, once seen."""

    id: int
    customer: PersonRef
    kind: str
    reason: str
    state: str
    promise_id: int | None
    cost_minor: int
    weight: float
    proposed_at: Utc
    decided_at: Utc | None
    carrier_id: int | None
    outgoing_id: int | None
    done_at: Utc | None
    came_back: bool | None

    @classmethod
    def of(cls, row: Surprise, names: dict[int, Display]) -> SurpriseOut:
        """From the row and the customer's name."""
        return cls(
            id=row.pk,
            customer=PersonRef(id=row.customer_id, name=names[row.customer_id].name),
            kind=row.kind,
            reason=row.reason,
            state=row.state,
            promise_id=row.promise_id,
            cost_minor=row.cost_minor,
            weight=row.weight,
            proposed_at=row.proposed_at,
            decided_at=row.decided_at,
            carrier_id=row.carrier_id,
            outgoing_id=row.outgoing_id,
            done_at=row.done_at,
            came_back=row.came_back,
        )


class ComparedOut(Schema):
    """Shares that bought again within 60 days; the difference with its interval at 95 %."""

    treated: int
    treated_hits: int
    held_out: int
    held_out_hits: int
    difference: float
    low: float
    high: float


class MoreOut(Schema):
    """How much more those with a surprise expect than those held out, in points of 1…7."""

    difference: float
    low: float
    high: float


class BehindOut(Schema):
    """Of those once served early: how often the next time took longer."""

    estimate: float
    low: float
    high: float


class SurpriseEffectOut(Schema):
    """What the surprises brought; null while nothing can be said."""

    came_back: ComparedOut | None
    expect_more: MoreOut | None
    fell_behind: BehindOut | None
    next_times: int
    spent_minor: int
    waiting: int

    @classmethod
    def of(cls, found: Effect) -> SurpriseEffectOut:
        """From the figures."""
        return cls.from_orm(found)
