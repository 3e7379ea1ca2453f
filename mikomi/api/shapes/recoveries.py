"""Recoveries as a whole: what is being changed, what became of it, what is proposed."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import Paging, PersonRef, Share, Utc
from mikomi.conversations.models import RecoveryCase, RecoveryGuide, Remedy
from mikomi.conversations.recovery_rules import Effect
from mikomi.core.intervals import Interval
from mikomi.screens.recoveries import PreventionRow


class PreventionState(StrEnum):
    """The lists of changes."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"


class PreventionFilter(Paging):
    """Which changes."""

    state: PreventionState = PreventionState.OPEN


class PreventionOut(Schema):
    """A change. `came_back`: cases of the same cause and kind of promise opened since it was done."""

    recovery_id: int
    conversation_id: int
    customer: PersonRef
    cause: str
    prevention: str
    owner_id: int | None
    due: date | None
    is_overdue: bool
    done_at: Utc | None
    came_back: int | None

    @classmethod
    def of(cls, row: PreventionRow) -> PreventionOut:
        """From the row of the list."""
        case = row.case
        return cls(
            recovery_id=case.pk,
            conversation_id=case.conversation_id,
            customer=PersonRef(id=case.customer_id, name=row.customer.name),
            cause=case.cause,
            prevention=case.prevention,
            owner_id=case.prevention_owner_id,
            due=case.prevention_due,
            is_overdue=row.is_overdue,
            done_at=case.prevention_done_at,
            came_back=row.came_back,
        )


class EffectOut(Schema):
    """What became of the recoveries of one cause; an empty cause: not found yet. Amounts in minor units of the
    business's currency. `watched`: closed long enough ago for `came_back` and spending to be counted."""

    cause: str
    cases: int
    closed: int
    solved: Share | None
    cost_minor: int
    watched: int
    came_back: Share | None
    spent_before_minor: int
    spent_after_minor: int
    scored: int
    score: float | None

    @classmethod
    def of(cls, effect: Effect) -> EffectOut:
        """From the figures."""
        return cls(
            cause=effect.cause,
            cases=effect.cases,
            closed=effect.closed,
            solved=_share(effect.solved),
            cost_minor=effect.cost_minor,
            watched=effect.watched,
            came_back=_share(effect.came_back),
            spent_before_minor=effect.spent_before_minor,
            spent_after_minor=effect.spent_after_minor,
            scored=effect.scored,
            score=effect.score,
        )


def _share(interval: Interval | None) -> Share | None:
    if interval is None:
        return None
    return Share(share=interval.estimate, low=interval.low, high=interval.high)


class GuideShape(Schema):
    """What is proposed on a case of this cause. Nothing is granted or sent by itself."""

    cause: RecoveryCase.Cause
    remedy_kind: Literal[""] | Remedy.Kind = ""
    remedy_minor: int = Field(0, ge=0, le=10**12, description="In the business's currency.")
    follow_up_days: int = Field(3, ge=0, le=365, description="0: no follow-up.")
    prevention: Annotated[str, Field(max_length=5000)] = ""

    @classmethod
    def of(cls, row: RecoveryGuide) -> GuideShape:
        """From the row."""
        return cls(
            cause=RecoveryCase.Cause(row.cause),
            remedy_kind=Remedy.Kind(row.remedy_kind) if row.remedy_kind else "",
            remedy_minor=row.remedy_minor,
            follow_up_days=row.follow_up_days,
            prevention=row.prevention,
        )
