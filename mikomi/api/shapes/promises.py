"""Promises and messages on their way out, as the API gives and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from mikomi.api.shapes.common import Code, Day, Id, In, Line, Moment, Paging, PersonRef, Share, Utc, Words
from mikomi.customers.queries import Display
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises.models import Evidence, Promise
from mikomi.promises.queries import Listed, Story, Wanted
from mikomi.promises.queries import Moment as StoryMoment
from mikomi.promises.queries.figures import Figure


class PromiseFilter(Paging):
    """Which promises. `internal`: answers owed by the business's own standards. `standing`: those without a due time
    (a `kind` without one implies it), of every state when `state` is empty. `expired`: whose last day has passed."""

    state: Annotated[
        str, Field(pattern="^(open|at_risk|kept|exceeded|renegotiated|broken|withdrawn)?$")
    ] = "open"
    kind: Promise.Kind | None = None
    expectation: Promise.ExpectationClass | None = None
    origin: Promise.Origin | None = None
    audience: Promise.Audience | None = None
    segment_id: Id | None = None
    internal: bool = False
    standing: bool = False
    expired: bool = False
    keeper_id: Id | None = None
    due_from: Moment | None = None
    due_until: Moment | None = None

    def wanted(self) -> Wanted:
        """For the list. A `state` left at "open" says nothing of standing promises but what it says."""
        return Wanted(
            kind=self.kind.value if self.kind else "",
            expectation=self.expectation.value if self.expectation else "",
            origin=self.origin.value if self.origin else "",
            audience=self.audience.value if self.audience else "",
            segment_id=self.segment_id,
            keeper_id=self.keeper_id,
            due_from=self.due_from,
            due_until=self.due_until,
            internal=self.internal,
            standing=self.standing,
            expired=self.expired,
        )


class FigureFilter(Schema):
    """Over which span: from `since` until before `until`."""

    since: Moment
    until: Moment


class KeepingFilter(FigureFilter):
    """… and of which promises."""

    kind: Promise.Kind | None = None
    internal: bool = False


class _Due(In):
    due_at: Moment | None = Field(None, description="Due at a moment; or give `due_on`.")
    due_on: Day | None = Field(None, description="Due by the end of this day in the business's zone.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Any:
        if (self.due_at is None) == (self.due_on is None):
            text = _("Give either due_at or due_on.")
            raise PydanticCustomError("due", "{text}", {"text": text})
        return self

    def due(self) -> datetime | Any:
        """The moment, or the day."""
        return self.due_at or self.due_on


class PromiseIn(_Due):
    """A promise to a customer."""

    customer_id: Id
    kind: Annotated[str, Field(pattern="^(delivery|shipping|callback|custom)$")] = "custom"
    statement: Annotated[Words, Field(min_length=1, max_length=2_000)]
    expectation: Promise.ExpectationClass = Promise.ExpectationClass.EXPLICIT
    in_working_time: bool = False


class TermsIn(_Due):
    """New terms; the old ones stay on record. `reason`: a code such as carrier_delay."""

    reason: Code = ""
    note: Annotated[Words, Field(max_length=2_000)] = ""
    statement: Annotated[Words, Field(max_length=2_000)] | None = None


class EvidenceIn(In):
    """Something that bears on a promise. The same `once_key` counts once."""

    kind: Evidence.Kind
    occurred_at: Moment
    once_key: Annotated[Line, Field(min_length=1, max_length=120, description="Your id of the observation.")]
    expected_at: Moment | None = Field(None, description="For an estimate: the moment it names.")
    reason: Code = ""
    note: Annotated[Words, Field(max_length=2_000)] = ""
    retracts: Annotated[Line, Field(max_length=120, description="The once_key that was wrong.")] = ""

    @model_validator(mode="after")
    def _whole(self) -> Any:
        if (self.kind == Evidence.Kind.ESTIMATE) != (self.expected_at is not None):
            text = _("An estimate, and only an estimate, needs expected_at.")
            raise PydanticCustomError("estimate", "{text}", {"text": text})
        if (self.kind == Evidence.Kind.RETRACTED) != bool(self.retracts):
            text = _("What is taken back, and only that, needs retracts.")
            raise PydanticCustomError("retracts", "{text}", {"text": text})
        return self


class WithdrawIn(In):
    """Why it is taken back."""

    reason: Annotated[Code, Field(min_length=1)]


class PromiseOut(Schema):
    """A promise. `risk`: the chance of breach, 0…1. `token`: of its public page, /p/…; empty for internal ones."""

    id: int
    kind: str
    state: str
    customer: PersonRef | None
    audience: str
    segment_id: int | None
    subject_type: str
    subject_id: int | None
    subject: str
    statement: str
    made_at: Utc
    first_due_at: Utc | None
    due_at: Utc | None
    by_day: bool
    expected_at: Utc | None
    met_at: Utc | None
    decided_at: Utc | None
    version: int
    risk: float
    is_internal: bool
    keeper_id: int | None
    token: str

    @classmethod
    def of(cls, one: Listed, names: dict[int, Display]) -> PromiseOut:
        """From a listed promise and the customer's name."""
        row = one.promise
        return cls(
            id=row.pk,
            kind=row.kind,
            state=row.state,
            customer=PersonRef(id=row.customer_id, name=names[row.customer_id].name)
            if row.customer_id
            else None,
            audience=row.audience,
            segment_id=row.segment_id,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            subject=one.subject.label if one.subject else "",
            statement=row.statement,
            made_at=row.made_at,
            first_due_at=row.first_due_at,
            due_at=row.due_at,
            by_day=row.by_day,
            expected_at=row.expected_at,
            met_at=row.met_at,
            decided_at=row.decided_at,
            version=row.version_number,
            risk=one.risk,
            is_internal=row.is_internal,
            keeper_id=row.keeper_id,
            token="" if row.is_internal else row.token,
        )


class StoryMomentOut(Schema):
    """One moment of a story: `version`, `evidence`, `slip`, or the event's own kind (promise.broken…)."""

    kind: str
    at: Utc
    known_at: Utc
    due_at: Utc | None = None
    expected_at: Utc | None = None
    evidence: str = ""
    reason: str = ""
    note: str = ""
    once_key: str = ""
    is_retracted: bool = False

    @classmethod
    def of(cls, one: StoryMoment) -> StoryMomentOut:
        """From the story."""
        shape = cls(kind=one.kind, at=one.at, known_at=one.known_at, is_retracted=one.is_retracted)
        if one.version:
            shape.due_at, shape.reason, shape.note = one.version.due_at, one.version.reason, one.version.note
        if one.evidence:
            shape.evidence, shape.expected_at = one.evidence.kind, one.evidence.expected_at
            shape.reason, shape.note = one.evidence.reason, one.evidence.note
            shape.once_key = one.evidence.once_key
        if one.slip:
            shape.expected_at, shape.reason = one.slip.expected_at, one.slip.reason
        return shape


class StoryOut(Schema):
    """A promise with all that was said, seen and told."""

    promise: PromiseOut
    moments: list[StoryMomentOut]

    @classmethod
    def of(cls, story: Story, names: dict[int, Display]) -> StoryOut:
        """From the story and the customer's name."""
        risk = story.forecast.risk if story.forecast else story.promise.risk
        return cls(
            promise=PromiseOut.of(Listed(story.promise, story.subject, risk), names),
            moments=[StoryMomentOut.of(one) for one in story.moments],
        )


class KeepingOut(Share):
    """How many promises were kept as first given."""

    kept: int
    broken: int

    @classmethod
    def of(cls, figure: Figure) -> KeepingOut:
        """From the figure."""
        return cls(
            kept=figure.kept,
            broken=figure.broken,
            share=figure.share,
            low=figure.low,
            high=figure.high,
        )


# Messages on their way out


class OutgoingFilter(Paging):
    """Which messages; without a state: all that wait for a person."""

    state: Annotated[str, Field(pattern="^(held|uncertain|failed)?$")] = ""


class SentIn(In):
    """Whether a message that perhaps left did leave."""

    was_sent: bool


class HeldIn(In):
    """The words of a held message."""

    subject: Line
    text: Annotated[Words, Field(min_length=1)]


class OutgoingOut(Schema):
    """A message on its way out."""

    id: int
    state: str
    reason: str
    error: str
    purpose: str
    channel: str
    customer_id: int | None
    to_address: str
    to_name: str
    language: str
    subject: str
    text: str
    subject_type: str
    subject_id: int | None
    attempts: int
    created_at: Utc
    not_before: Utc
    sent_at: Utc | None

    @classmethod
    def of(cls, row: OutgoingMessage) -> OutgoingOut:
        """From the row."""
        return cls(
            id=row.pk,
            state=row.state,
            reason=row.reason,
            error=row.error,
            purpose=row.purpose,
            channel=row.channel,
            customer_id=row.customer.pk if row.customer else None,
            to_address=row.to_address,
            to_name=row.to_name,
            language=row.language,
            subject=row.subject,
            text=row.text,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            attempts=row.attempts,
            created_at=row.created_at,
            not_before=row.not_before,
            sent_at=row.sent_at,
        )
