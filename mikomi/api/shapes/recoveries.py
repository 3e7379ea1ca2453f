"""Recoveries as a whole: what is being changed, what became of it, what is proposed."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import (
    Amount,
    Currency,
    Day,
    Id,
    In,
    Line,
    Moment,
    Money,
    Paging,
    PersonRef,
    Share,
    Utc,
    Words,
)
from mikomi.conversations.models import (
    RecoveryCase,
    RecoveryGuide,
    Remedy,
)
from mikomi.conversations.recovery_rules import Effect
from mikomi.core.intervals import Interval
from mikomi.customers.queries import Display
from mikomi.screens.recoveries import PreventionRow

# Recoveries


class RecoveryFilter(Paging):
    """Which cases; without a state: the open ones and those asked."""

    state: RecoveryCase.State | None = None


class OpenIn(In):
    """Of a broken promise, or of a conversation."""

    promise_id: Id | None = None
    conversation_id: Id | None = None


class CauseIn(In):
    """Why the promise was broken."""

    cause: RecoveryCase.Cause
    note: Words = ""


class ApologyIn(In):
    """The apology, sent as an answer."""

    text: Annotated[Words, Field(min_length=1)]
    subject: Line = ""


class RemedyIn(In):
    """What makes good, within what the caller's role may grant for the whole case."""

    kind: Remedy.Kind
    amount_minor: Amount
    currency: Currency
    note: Words = ""


class PreventionIn(In):
    """What is changed so that it doesn't happen again."""

    text: Words
    owner_id: Id | None = None
    due: Day | None = None
    is_done: bool = False


class FollowUpIn(In):
    """When we come back to the customer; null: not any more."""

    at: Moment | None


class AskIfSolvedIn(In):
    """Words of your own around the question; empty: the business's."""

    text: Words = ""


class ToldIn(In):
    """What the customer told a person."""

    solved: bool


class OwnerIn(In):
    """Who sees the case through."""

    owner_id: Id | None


class RemedyOut(Schema):
    """A remedy that was granted."""

    id: int
    kind: str
    cost: Money
    note: str
    granted_by_id: int
    granted_at: Utc

    @classmethod
    def of(cls, row: Remedy) -> RemedyOut:
        """From the row."""
        return cls(
            id=row.pk,
            kind=row.kind,
            cost=Money(minor=row.amount_minor, currency=row.currency),
            note=row.note,
            granted_by_id=row.granted_by_id,
            granted_at=row.granted_at,
        )


class RecoveryOut(Schema):
    """A recovery case."""

    id: int
    promise_id: int | None
    conversation_id: int
    customer: PersonRef
    state: str
    owner_id: int | None
    cause: str
    cause_note: str
    apologised_at: Utc | None
    remedies: list[RemedyOut]
    prevention: str
    prevention_owner_id: int | None
    prevention_due: date | None
    prevention_done_at: Utc | None
    follow_up_at: Utc | None
    follow_up_done_at: Utc | None
    asked_at: Utc | None
    answered_at: Utc | None
    outcome: str
    cost: Money
    opened_at: Utc
    closed_at: Utc | None
    reopened_count: int

    @classmethod
    def of(cls, row: RecoveryCase, names: dict[int, Display]) -> RecoveryOut:
        """From a row with its remedies read, and the customer's name."""
        return cls(
            id=row.pk,
            promise_id=row.promise.pk if row.promise else None,
            conversation_id=row.conversation_id,
            customer=PersonRef(id=row.customer_id, name=names[row.customer_id].name),
            state=row.state,
            owner_id=row.owner_id,
            cause=row.cause,
            cause_note=row.cause_note,
            apologised_at=row.apologised_at,
            remedies=[RemedyOut.of(one) for one in row.remedies.all()],
            prevention=row.prevention,
            prevention_owner_id=row.prevention_owner_id,
            prevention_due=row.prevention_due,
            prevention_done_at=row.prevention_done_at,
            follow_up_at=row.follow_up_at,
            follow_up_done_at=row.follow_up_done_at,
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            outcome=row.outcome,
            cost=Money(minor=row.cost_minor, currency=row.currency),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            reopened_count=row.reopened_count,
        )


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


class RecoveryEffectOut(Schema):
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
    def of(cls, effect: Effect) -> RecoveryEffectOut:
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
