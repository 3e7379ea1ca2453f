"""Feedback, the business, webhooks, events and Today, as the API gives and takes them."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, model_validator

from mikomi.api.shapes.common import Code, Id, In, Line, Moment, Paging, PersonRef, Share, Utc
from mikomi.api.shapes.promises import KeepingOut
from mikomi.core.access.models import User
from mikomi.core.business.models import Business, Store
from mikomi.core.events.kinds import EventKind
from mikomi.core.events.models import Delivery
from mikomi.customers.queries import Display
from mikomi.feedback.models import Answer
from mikomi.feedback.queries import Csat
from mikomi.integrations.webhooks.models import Attempt, Endpoint
from mikomi.promises.models import NoticePolicy, Promise
from mikomi.screens.inbox import Thread
from mikomi.screens.promises import PromiseRow
from mikomi.screens.today import Case, PoorAnswer, Today, ToSave, Waiting


class AnswerOut(Schema):
    """A customer's answer to the question about satisfaction, 1…5."""

    id: int
    customer: PersonRef
    conversation_id: int | None
    recovery_id: int | None
    score: int
    comment: str
    is_poor: bool
    answered_at: Utc
    handled_at: Utc | None

    @classmethod
    def of(cls, row: Answer, names: dict[int, Display]) -> AnswerOut:
        """From the row and the customer's name."""
        asked = row.invitation
        return cls(
            id=row.pk,
            customer=PersonRef(id=asked.customer_id, name=names[asked.customer_id].name),
            conversation_id=asked.conversation.pk if asked.conversation else None,
            recovery_id=asked.recovery_id,
            score=row.score,
            comment=row.comment,
            is_poor=row.is_poor,
            answered_at=row.answered_at,
            handled_at=row.handled_at,
        )


class CsatOut(Share):
    """The share of satisfied answers (4 or 5 of 5)."""

    satisfied: int
    answered: int
    asked: int

    @classmethod
    def of(cls, figure: Csat) -> CsatOut:
        """From the figure."""
        return cls(
            satisfied=figure.satisfied,
            answered=figure.answered,
            asked=figure.asked,
            share=figure.share,
            low=figure.low,
            high=figure.high,
        )


class BusinessOut(Schema):
    """The business."""

    name: str
    time_zone: str
    language: str
    country: str
    currency: str

    @classmethod
    def of(cls, row: Business) -> BusinessOut:
        """From the row."""
        return cls(
            name=row.name,
            time_zone=row.time_zone,
            language=row.language,
            country=row.country,
            currency=row.currency,
        )


class StoreOut(Schema):
    """A store."""

    id: int
    name: str
    code: str
    kind: str

    @classmethod
    def of(cls, row: Store) -> StoreOut:
        """From the row."""
        return cls(id=row.pk, name=row.name, code=row.code, kind=row.kind)


class NamedOut(Schema):
    """A team or a colleague."""

    id: int
    name: str

    @classmethod
    def of_user(cls, row: User) -> NamedOut:
        """A colleague."""
        return cls(id=row.pk, name=str(row))


# Webhooks


class EndpointIn(In):
    """An address that is told of events. `kinds`: event kinds, or ["*"] for all."""

    url: Annotated[Line, Field(min_length=1)]
    kinds: list[Code] = Field(min_length=1, max_length=200)
    description: Annotated[Line, Field(max_length=200)] = ""


class ChangedEndpointIn(EndpointIn):
    """… and whether it is on."""

    is_active: bool = True


class AttemptFilter(Paging):
    """Which calls."""

    only_failed: bool = False


class ReplayIn(In):
    """Which events are sent again."""

    event_ids: list[Id] = Field([], max_length=1_000)
    since: Moment | None = None

    @model_validator(mode="after")
    def _something(self) -> ReplayIn:
        if not self.event_ids and self.since is None:
            raise ValueError("event_ids or since")
        return self


class EndpointOut(Schema):
    """A webhook endpoint."""

    id: int
    url: str
    description: str
    kinds: list[str]
    is_active: bool
    created_at: Utc
    failing_since: Utc | None
    disabled_reason: str

    @classmethod
    def of(cls, row: Endpoint) -> EndpointOut:
        """From the row."""
        return cls(
            id=row.pk,
            url=row.url,
            description=row.description,
            kinds=row.kinds,
            is_active=row.is_active,
            created_at=row.created_at,
            failing_since=row.failing_since,
            disabled_reason=row.disabled_reason,
        )


class SecretOut(Schema):
    """A signing secret, shown this once only."""

    secret: str


class NewEndpointOut(Schema):
    """A new endpoint with its secret, which is shown this once only."""

    endpoint: EndpointOut
    secret: str


class AttemptOut(Schema):
    """A call and what came back."""

    id: int
    event_id: int | None
    at: Utc
    duration_ms: int
    status: int | None
    reason: str
    error: str

    @classmethod
    def of(cls, row: Attempt) -> AttemptOut:
        """From the row."""
        return cls(
            id=row.pk,
            event_id=row.event_id,
            at=row.at,
            duration_ms=row.duration_ms,
            status=row.status,
            reason=row.reason,
            error=row.error,
        )


class CountOut(Schema):
    """How many."""

    count: int


# Events


class KindOut(Schema):
    """A kind of event."""

    name: str
    label: str

    @classmethod
    def of(cls, kind: EventKind) -> KindOut:
        """From the registry."""
        return cls(name=kind.name, label=str(kind.label))


class DeliveryFilter(Paging):
    """Which deliveries; without a state: those that need a person."""

    state: Delivery.State | None = None
    consumer: Annotated[Line, Field(max_length=80)] = ""


class DeliveryOut(Schema):
    """An event on its way to a consumer: a play, a webhook."""

    id: int
    event_id: int
    event_kind: str
    consumer: str
    state: str
    attempts: int
    due_at: Utc
    error: str

    @classmethod
    def of(cls, row: Delivery) -> DeliveryOut:
        """From a row with its event read."""
        return cls(
            id=row.pk,
            event_id=row.event_id,
            event_kind=row.event.kind,
            consumer=row.consumer,
            state=row.state,
            attempts=row.attempts,
            due_at=row.due_at,
            error=row.error,
        )


# Today


class ToSaveOut(Schema):
    """A promise to save today."""

    promise_id: int
    kind: str
    title: str
    customer: PersonRef | None
    due_at: Utc | None
    risk: float
    held_notice_id: int | None

    @classmethod
    def of(cls, one: ToSave) -> ToSaveOut:
        """From the screen."""
        row: PromiseRow = one.row
        return cls(
            promise_id=row.id,
            kind=row.kind,
            title=row.title,
            customer=PersonRef(id=row.customer.id, name=row.customer.name) if row.customer else None,
            due_at=row.due_at,
            risk=row.risk,
            held_notice_id=one.held_notice_id,
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
            customer=PersonRef(id=one.customer.id, name=one.customer.name),
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
        person = PersonRef(id=one.customer.id, name=one.customer.name) if one.customer else None
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
            customer=PersonRef(id=one.customer.id, name=one.customer.name),
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
            customer=PersonRef(id=one.customer.id, name=one.customer.name),
            at=one.at,
        )


class NoticePolicyShape(Schema):
    """How customers are told that a promise of one kind slips."""

    kind: Literal[""] | Promise.Kind = Field(
        "", description="Of promise; empty: every kind that has no policy of its own."
    )
    tells: NoticePolicy.Tells = NoticePolicy.Tells.DATED
    approval: NoticePolicy.Approval = NoticePolicy.Approval.BUSINESS
    gather_minutes: int = Field(10, ge=0, le=1440, description="0: each slip is told at once.")

    @classmethod
    def of(cls, row: NoticePolicy) -> NoticePolicyShape:
        """From the row."""
        return cls(
            kind=Promise.Kind(row.kind) if row.kind else "",
            tells=NoticePolicy.Tells(row.tells),
            approval=NoticePolicy.Approval(row.approval),
            gather_minutes=row.gather_minutes,
        )

    def new(self) -> NoticePolicy:
        """The row that it asks for."""
        return NoticePolicy(
            kind=str(self.kind),
            tells=self.tells.value,
            approval=self.approval.value,
            gather_minutes=self.gather_minutes,
        )


class TodayOut(Schema):
    """What to look at now. Parts that the caller may not see are empty."""

    to_save: list[ToSaveOut]
    answers_owed: list[OwedOut]
    answers_owed_count: int
    overdue_count: int
    waiting: list[WaitingOut]
    waiting_count: int
    cases: list[CaseOut]
    follow_ups: list[CaseOut]
    poor: list[PoorOut]
    broken_count: int
    keeping: KeepingOut | None
    csat: CsatOut | None

    @classmethod
    def of(cls, screen: Today) -> TodayOut:
        """From the screen."""
        return cls(
            to_save=[ToSaveOut.of(one) for one in screen.to_save],
            answers_owed=[OwedOut.of(one) for one in screen.answers_owed],
            answers_owed_count=screen.answers_owed_count,
            overdue_count=screen.overdue_count,
            waiting=[WaitingOut.of(one) for one in screen.waiting],
            waiting_count=screen.waiting_count,
            cases=[CaseOut.of(one) for one in screen.cases],
            follow_ups=[CaseOut.of(one) for one in screen.follow_ups],
            poor=[PoorOut.of(one) for one in screen.poor],
            broken_count=screen.broken_count,
            keeping=KeepingOut.of(screen.keeping) if screen.keeping else None,
            csat=CsatOut.of(screen.csat) if screen.csat else None,
        )
