"""Promises and messages on their way out, as the API gives and takes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from mikomi.api.shapes.answers import DisputeOut, RenegotiationOut
from mikomi.api.shapes.common import Code, Day, Id, In, Line, Moment, Paging, PersonRef, Share, Utc, Words
from mikomi.customers.queries import Display
from mikomi.promises.models import Evidence, Promise
from mikomi.promises.queries import Listed, Story, Wanted
from mikomi.promises.queries import Moment as StoryMoment
from mikomi.promises.queries.figures import Figure
from mikomi.promises.records import NewPromise
from mikomi.promises.rules.kinds import TIMED


class PromiseFilter(Paging):
    """Which promises. `internal`: answers owed by the business's own standards. `standing`: those without a due time
    (a `kind` without one implies it), of every state when `state` is empty. `expired`: whose last day has passed."""

    state: Annotated[str, Field(pattern="^(open|at_risk|kept|exceeded|renegotiated|broken|withdrawn)?$")] = (
        "open"
    )
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


class MeasureIn(In):
    """What exactly is promised: a number with its unit (a price in the currency's minor unit), yes or no, a word."""

    attribute: Line | None = None
    value: float | bool | Line | None = None
    unit: Annotated[str, Field(max_length=32)] | None = None
    tolerance: Annotated[float, Field(ge=0)] | None = None
    direction: Annotated[str, Field(pattern="^(at_least|at_most|about|exactly)$")] | None = None

    def terms(self) -> dict[str, Any]:
        """As the ledger keeps them."""
        return self.model_dump(exclude_none=True)


class PromiseIn(In):
    """A promise to one customer (`customer_id`), a segment (`segment_id`) or, with neither, to everyone. Kinds with a
    due time need `due_at` or `due_on`, the others have none; a norm needs its source and until when it holds."""

    customer_id: Id | None = None
    segment_id: Id | None = None
    kind: Annotated[
        str,
        Field(
            pattern="^(delivery|shipping|callback|custom|booking|availability|price|attribute|norm|claim|service_level)$"
        ),
    ] = "custom"
    statement: Annotated[Words, Field(min_length=1, max_length=2_000)]
    due_at: Moment | None = Field(None, description="Due at a moment; or give `due_on`.")
    due_on: Day | None = Field(None, description="Due by the end of this day in the business's zone.")
    terms: MeasureIn | None = None
    expectation: Promise.ExpectationClass = Promise.ExpectationClass.EXPLICIT
    origin: Promise.Origin | None = None
    published_in: Line = ""
    norm_of: Promise.NormOf | None = None
    cited: Line = ""
    cited_on: Day | None = None
    valid_until: Day | None = None
    in_working_time: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Any:
        if self.due_at is not None and self.due_on is not None:
            text = _("Give either due_at or due_on.")
            raise PydanticCustomError("due", "{text}", {"text": text})
        if (self.kind in TIMED) != (self.due_at is not None or self.due_on is not None):
            text = _("A promise of this kind needs a due date.")
            if self.kind not in TIMED:
                text = _("A promise of this kind has no due date; say until when it holds instead.")
            raise PydanticCustomError("due", "{text}", {"text": text})
        if self.customer_id is not None and self.segment_id is not None:
            text = _("A promise is made to one customer, to a segment, or to everyone.")
            raise PydanticCustomError("audience", "{text}", {"text": text})
        return self

    def new_promise(self, customer_id: int | None, keeper_id: int | None, source: str) -> NewPromise:
        """For the ledger."""
        audience = "one" if customer_id else "segment" if self.segment_id else "everyone"
        return NewPromise(
            kind=self.kind,
            customer_id=customer_id,
            due_at=self.due_at or self.due_on,
            source=source,
            statement=self.statement,
            expectation=self.expectation.value,
            in_working_time=self.in_working_time,
            keeper_id=keeper_id,
            audience=audience,
            segment_id=self.segment_id,
            origin=self.origin.value if self.origin else "",
            published_in=self.published_in,
            norm_of=self.norm_of.value if self.norm_of else "",
            cited=self.cited,
            cited_on=self.cited_on,
            valid_until=self.valid_until,
            terms=self.terms.terms() if self.terms else {},
        )


class _NewTerms(In):
    due_at: Moment | None = Field(None, description="Due at a moment; or give `due_on`.")
    due_on: Day | None = Field(None, description="Due by the end of this day in the business's zone.")
    reason: Code = ""
    statement: Annotated[Words, Field(max_length=2_000)] | None = None
    terms: MeasureIn | None = None

    @model_validator(mode="after")
    def _one_at_most(self) -> Any:
        if self.due_at is not None and self.due_on is not None:
            text = _("Give either due_at or due_on.")
            raise PydanticCustomError("due", "{text}", {"text": text})
        return self

    def due(self) -> datetime | Any:
        """The moment, or the day; none for kinds without."""
        return self.due_at or self.due_on

    def new(self) -> dict[str, Any]:
        """What the operations take."""
        return {
            "due_at": self.due(),
            "reason": self.reason,
            "statement": self.statement,
            "terms": self.terms.terms() if self.terms else None,
        }


class TermsIn(_NewTerms):
    """New terms; the old ones stay on record. `reason`: a code such as carrier_delay. What one customer was promised
    changes only with their consent: say how they agreed (`agreed`) and who said so (`note`), or ask them."""

    note: Annotated[Words, Field(max_length=2_000)] = ""
    agreed: Annotated[str, Field(pattern="^(phone|counter|writing)?$")] = ""


class AskNewTermsIn(_NewTerms):
    """New terms that the customer is asked about; `words`: what they read besides."""

    words: Annotated[Words, Field(max_length=2_000)] = ""


class EvidenceIn(In):
    """Something that bears on a promise. The same `once_key` counts once."""

    kind: Evidence.Kind
    occurred_at: Moment
    once_key: Annotated[Line, Field(min_length=1, max_length=120, description="Your id of the observation.")]
    expected_at: Moment | None = Field(None, description="For an estimate: the moment it names.")
    reason: Code = ""
    reading: Annotated[float, Field(ge=-1e12, le=1e12)] | None = Field(
        None, description="What was measured, in the unit of the terms."
    )
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
        if (self.kind == Evidence.Kind.MEASURED) and self.reading is None:
            text = _("What was measured needs its reading.")
            raise PydanticCustomError("reading", "{text}", {"text": text})
        return self


class WithdrawIn(In):
    """Why it is taken back."""

    reason: Annotated[Code, Field(min_length=1)]


class KeeperIn(In):
    """Who keeps it from now on; null: whoever has time."""

    keeper_id: Id | None


class PromiseOut(Schema):
    """A promise. `risk`: the chance of breach, 0…1. `verdict`: its state, where what was kept may also be exceeded or
    renegotiated. `token`: of its public page, /p/…; empty for internal ones and for what isn't published."""

    id: int
    kind: str
    state: str
    verdict: str
    expectation: str
    origin: str
    terms: dict[str, Any]
    published_in: str
    published_at: Utc | None
    norm_of: str
    cited: str
    cited_on: date | None
    valid_until: date | None
    renegotiated_at: Utc | None
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
            verdict=row.verdict,
            expectation=row.expectation,
            origin=row.origin,
            terms=row.terms,
            published_in=row.published_in,
            published_at=row.published_at,
            norm_of=row.norm_of,
            cited=row.cited,
            cited_on=row.cited_on,
            valid_until=row.valid_until,
            renegotiated_at=row.renegotiated_at,
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
            token=row.token if _has_page(row) else "",
        )


def _has_page(row: Promise) -> bool:
    return not row.is_internal and (row.customer_id is not None or row.published_at is not None)


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
    source: str = ""
    reading: float | None = None
    statement: str = ""
    terms: dict[str, Any] | None = None
    is_retracted: bool = False

    @classmethod
    def of(cls, one: StoryMoment) -> StoryMomentOut:
        """From the story."""
        shape = cls(kind=one.kind, at=one.at, known_at=one.known_at, is_retracted=one.is_retracted)
        if one.version:
            shape.due_at, shape.reason, shape.note = one.version.due_at, one.version.reason, one.version.note
            shape.statement, shape.terms = one.version.statement, one.version.terms
        if one.evidence:
            shape.evidence, shape.expected_at = one.evidence.kind, one.evidence.expected_at
            shape.reason, shape.note = one.evidence.reason, one.evidence.note
            shape.once_key, shape.source = one.evidence.once_key, one.evidence.source
            shape.reading = one.evidence.reading
        if one.slip:
            shape.expected_at, shape.reason = one.slip.expected_at, one.slip.reason
        return shape


class StoryOut(Schema):
    """A promise with all that was said, seen and told; new terms asked for, and disputes, the newest first."""

    promise: PromiseOut
    harder: list[str]
    """What makes it harder to keep than comparable cases: no_stock, stock_later, queue, few_staff."""
    moments: list[StoryMomentOut]
    renegotiations: list[RenegotiationOut]
    disputes: list[DisputeOut]

    @classmethod
    def of(cls, story: Story, names: dict[int, Display]) -> StoryOut:
        """From the story and the customer's name."""
        risk = story.forecast.risk if story.forecast else story.promise.risk
        return cls(
            promise=PromiseOut.of(Listed(story.promise, story.subject, risk), names),
            harder=list(story.around.reasons),
            moments=[StoryMomentOut.of(one) for one in story.moments],
            renegotiations=[RenegotiationOut.of(one) for one in story.renegotiations],
            disputes=[DisputeOut.of(one) for one in story.disputes],
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
