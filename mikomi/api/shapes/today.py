"""Today, as the API gives it: what the page shows."""

from __future__ import annotations

from datetime import date

from ninja import Schema

from mikomi.api.shapes.common import PersonRef, Utc
from mikomi.api.shapes.feedback import CsatOut
from mikomi.api.shapes.promises import KeepingOut
from mikomi.facts.models import Contradiction
from mikomi.screens.inbox import Thread
from mikomi.screens.promises import PromiseRow
from mikomi.screens.saving import ToSave
from mikomi.screens.today import Case, PoorAnswer, Prevention, ToCarryOut, Today, Waiting
from mikomi.screens.untold import Untold


class ToSaveOut(Schema):
    """A promise to save today, with the one act that helps most.

    `act`: release_notice, order_stock, ask_terms, ship, hand_over, call, answer, ask_carrier or do. `reasons`: codes:
    no_stock, stock_later, queue, few_staff, slips_told, slips_untold, due_soon, asked, slow. `missing`: pieces that
    its order goes without. `value_minor`: what the customer is worth, in the business's currency.
    """

    promise_id: int
    kind: str
    title: str
    customer: PersonRef | None
    due_at: Utc | None
    risk: float
    held_notice_id: int | None
    act: str
    reasons: list[str]
    value_minor: int | None
    order_id: int | None
    product_id: int | None
    missing: int

    @classmethod
    def of(cls, one: ToSave) -> ToSaveOut:
        """From the screen."""
        row: PromiseRow = one.row
        return cls(
            promise_id=row.id,
            kind=row.kind,
            title=row.title,
            customer=PersonRef.of(row.customer) if row.customer else None,
            due_at=row.due_at,
            risk=row.risk,
            held_notice_id=one.held_notice_id,
            act=one.advice.act,
            reasons=list(one.advice.reasons),
            value_minor=one.value_minor,
            order_id=one.order_id,
            product_id=one.product_id,
            missing=one.missing,
        )


class OwedOut(Schema):
    """An answer that is owed."""

    conversation_id: int
    customer: PersonRef
    subject: str
    excerpt: str
    severity: str
    due_at: Utc | None

    @classmethod
    def of(cls, one: Thread) -> OwedOut:
        """From the screen."""
        return cls(
            conversation_id=one.id,
            customer=PersonRef.of(one.customer),
            subject=one.subject,
            excerpt=one.excerpt,
            severity=one.severity,
            due_at=one.due_at,
        )


class WaitingOut(Schema):
    """A message that waits for a person."""

    outgoing_id: int
    state: str
    subject: str
    customer: PersonRef | None
    at: Utc

    @classmethod
    def of(cls, one: Waiting) -> WaitingOut:
        """From the screen."""
        person = PersonRef.of(one.customer) if one.customer else None
        return cls(outgoing_id=one.id, state=one.state, subject=one.subject, customer=person, at=one.at)


class CaseOut(Schema):
    """An open recovery."""

    recovery_id: int
    conversation_id: int
    state: str
    customer: PersonRef
    opened_at: Utc
    follow_up_at: Utc | None

    @classmethod
    def of(cls, one: Case) -> CaseOut:
        """From the screen."""
        return cls(
            recovery_id=one.id,
            conversation_id=one.conversation_id,
            state=one.state,
            customer=PersonRef.of(one.customer),
            opened_at=one.opened_at,
            follow_up_at=one.follow_up_at,
        )


class PoorOut(Schema):
    """A bad answer that nobody has taken care of yet."""

    conversation_id: int | None
    score: int
    comment: str
    customer: PersonRef
    at: Utc

    @classmethod
    def of(cls, one: PoorAnswer) -> PoorOut:
        """From the screen."""
        return cls(
            conversation_id=one.conversation_id,
            score=one.score,
            comment=one.comment,
            customer=PersonRef.of(one.customer),
            at=one.at,
        )


class SaidTodayOut(Schema):
    """What a customer said to a promise: dispute, declined or question. `id`: of the dispute or the renegotiation;
    `conversation_id`: where their words came in."""

    kind: str
    id: int
    promise_id: int
    conversation_id: int | None
    title: str
    audience: str
    words: str
    at: Utc


class ToCarryOutOut(Schema):
    """A small surprise that was approved; `outgoing_id`: the message that it is, while it waits."""

    surprise_id: int
    kind: str
    reason: str
    customer: PersonRef
    approved_at: Utc
    outgoing_id: int | None

    @classmethod
    def of(cls, one: ToCarryOut) -> ToCarryOutOut:
        """From the screen."""
        return cls(
            surprise_id=one.id,
            kind=one.kind,
            reason=one.reason,
            customer=PersonRef.of(one.customer),
            approved_at=one.approved_at,
            outgoing_id=one.outgoing_id,
        )


class UntoldOut(Schema):
    """A promise that slips or broke, of which the customer could not be told; `reason`: a code."""

    promise_id: int
    title: str
    state: str
    customer: PersonRef | None
    reason: str
    outgoing_id: int

    @classmethod
    def of(cls, one: Untold) -> UntoldOut:
        """From the screen."""
        person = one.row.customer
        return cls(
            promise_id=one.row.id,
            title=one.row.title,
            state=one.row.state,
            customer=PersonRef.of(person) if person else None,
            reason=one.reason,
            outgoing_id=one.outgoing_id,
        )


class PreventionDueOut(Schema):
    """A change that the caller promised so that something doesn't break again."""

    recovery_id: int
    conversation_id: int
    prevention: str
    due: date | None

    @classmethod
    def of(cls, one: Prevention) -> PreventionDueOut:
        """From the screen."""
        return cls(
            recovery_id=one.id,
            conversation_id=one.conversation_id,
            prevention=one.prevention,
            due=one.prevention_due,
        )


class ContradictionTodayOut(Schema):
    """A place that contradicts a fact."""

    contradiction_id: int
    fact: str
    what: str
    place: str
    severity: str

    @classmethod
    def of(cls, row: Contradiction) -> ContradictionTodayOut:
        """From the row."""
        return cls(
            contradiction_id=row.pk,
            fact=row.fact.label if row.fact else "",
            what=row.what,
            place=row.title or row.place,
            severity=row.severity,
        )


class TodayOut(Schema):
    """What to look at now, as the page Today shows it. Parts that the caller may not see are empty."""

    to_save: list[ToSaveOut]
    untold: list[UntoldOut]
    answers_owed: list[OwedOut]
    answers_owed_count: int
    overdue_count: int
    waiting: list[WaitingOut]
    waiting_count: int
    said: list[SaidTodayOut]
    surprises: list[ToCarryOutOut]
    cases: list[CaseOut]
    follow_ups: list[CaseOut]
    preventions: list[PreventionDueOut]
    poor: list[PoorOut]
    contradictions: list[ContradictionTodayOut]
    broken_count: int
    keeping: KeepingOut | None
    csat: CsatOut | None

    @classmethod
    def of(cls, screen: Today) -> TodayOut:
        """From the screen."""
        return cls(
            to_save=[ToSaveOut.of(one) for one in screen.to_save],
            untold=[UntoldOut.of(one) for one in screen.untold],
            answers_owed=[OwedOut.of(one) for one in screen.answers_owed],
            answers_owed_count=screen.answers_owed_count,
            overdue_count=screen.overdue_count,
            waiting=[WaitingOut.of(one) for one in screen.waiting],
            waiting_count=screen.waiting_count,
            said=[SaidTodayOut.from_orm(one) for one in screen.said],
            surprises=[ToCarryOutOut.of(one) for one in screen.surprises],
            cases=[CaseOut.of(one) for one in screen.cases],
            follow_ups=[CaseOut.of(one) for one in screen.follow_ups],
            preventions=[PreventionDueOut.of(one) for one in screen.preventions],
            poor=[PoorOut.of(one) for one in screen.poor],
            contradictions=[ContradictionTodayOut.of(one) for one in screen.contradictions],
            broken_count=screen.broken_count,
            keeping=KeepingOut.of(screen.keeping) if screen.keeping else None,
            csat=CsatOut.of(screen.csat) if screen.csat else None,
        )
