"""Feedback, the business, webhooks and events, as the API gives and takes them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, model_validator

from mikomi.api.shapes.common import Code, Day, Id, In, Line, Moment, Paging, PersonRef, Share, Utc
from mikomi.core.access.models import Absence, User
from mikomi.core.business.models import Business, Store
from mikomi.core.events.kinds import EventKind
from mikomi.core.events.models import Delivery
from mikomi.customers.queries import Display
from mikomi.feedback.models import Answer
from mikomi.feedback.queries import Csat
from mikomi.integrations.webhooks.models import Attempt, Endpoint
from mikomi.promises.models import NoticePolicy, Promise


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


class AbsenceIn(In):
    """Days on which somebody is not at work, the last one among them."""

    user_id: Id
    first_day: Day
    last_day: Day


class AbsenceOut(Schema):
    """An absence."""

    id: int
    user_id: int
    first_day: date
    last_day: date

    @classmethod
    def of(cls, row: Absence) -> AbsenceOut:
        """From the row."""
        return cls(id=row.pk, user_id=row.user_id, first_day=row.first_day, last_day=row.last_day)


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
