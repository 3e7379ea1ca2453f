"""Measured claims, as the API gives and takes them."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import Code, Day, Id, In, Line, Moment, Paging, Utc, Words
from mikomi.promises.models import Claim, Measurement, Promise
from mikomi.promises.operations import Measured
from mikomi.promises.queries import ClaimRow, ClaimView
from mikomi.promises.records import NewClaim, NewMeasurement
from mikomi.promises.rules.claims import Basis, Bound

Number = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
SOURCE = "api"


class ClaimFilter(Paging):
    """Which claims; without an outcome: all."""

    outcome: Claim.Outcome | None = None


class ClaimIn(In):
    """A claim to be measured. Shares of people (`yes_no`) are in percent; `share` is a share of one."""

    statement: Annotated[Words, Field(min_length=1, max_length=500)]
    attribute: Annotated[Line, Field(min_length=1, max_length=120)]
    value: Number
    unit: Annotated[Line, Field(max_length=24)] = ""
    tolerance: Number = 0.0
    direction: Bound = Bound.AT_LEAST
    basis: Basis = Basis.AVERAGE
    share: Number = 0.95
    ceiling: Number | None = Field(None, description="The largest value there can be, for an average.")
    kind: Annotated[str, Field(pattern="^(claim|attribute|service_level)$")] = "claim"
    product_id: Id | None = None
    feed: Claim.Feed | None = Field(None, description="What measures it by itself.")
    feed_group: Code = ""
    published_in: Line = ""
    origin: Promise.Origin | None = None
    valid_until: Day | None = None

    def new_claim(self) -> NewClaim:
        """The claim as the ledger takes it."""
        values = self.model_dump(exclude={"feed", "origin", "direction", "basis"})
        return NewClaim(
            **values,
            feed=self.feed.value if self.feed else "",
            origin=self.origin.value if self.origin else "",
            direction=self.direction.value,
            basis=self.basis.value,
            source=SOURCE,
        )


class ClaimChangeIn(In):
    """What is claimed from now on; what is left out stays."""

    value: Number | None = None
    tolerance: Number | None = None
    direction: Bound | None = None
    share: Number | None = None
    ceiling: Number | None = None
    reason: Code = ""


class MeasurementIn(In):
    """A measured value: a number in the unit of the claim, or text with its unit ("18.5 mpg", "90 s", "yes")."""

    value: Number | Annotated[Line, Field(min_length=1, max_length=60)]
    measured_at: Moment
    once_key: Annotated[Line, Field(min_length=1, max_length=100, description="Your id: it counts once.")]
    measured_by: Annotated[Line, Field(max_length=200)] = ""
    item: Annotated[
        Line, Field(max_length=120, description="One thing measured several times counts once.")
    ] = ""
    note: Annotated[Words, Field(max_length=2_000)] = ""

    def new_measurement(self) -> NewMeasurement:
        """The measurement as the ledger takes it."""
        return NewMeasurement(
            value=self.value,
            measured_at=self.measured_at,
            once_key=f"{SOURCE}:{self.once_key}",
            source=SOURCE,
            measured_by=self.measured_by,
            item=self.item,
            note=self.note,
        )


class MeasurementsIn(In):
    """Measurements of one claim."""

    measurements: Annotated[list[MeasurementIn], Field(min_length=1, max_length=1_000)]


class DisputeIn(In):
    """What a customer says against a measurement; `reading`: what it was by their word, in the claim's unit."""

    words: Annotated[Words, Field(min_length=1, max_length=2_000)]
    reading: Number | None = None


class PublishClaimIn(In):
    """Where it is published."""

    where: Line = ""


class ClaimOut(Schema):
    """A claim and its verdict. `estimate`, `low`, `high` and the limits: of the mean, or of the share (0…1)."""

    id: int
    statement: str
    attribute: str
    claimed: str
    basis: str
    value: float
    unit: str
    tolerance: float
    direction: str
    product: str
    feed: str
    state: str
    outcome: str
    sentence: str
    count: int
    estimate: float | None
    low: float | None
    high: float | None
    limit_low: float | None
    limit_high: float | None
    more: int | None = Field(description="How many further measurements would probably decide.")
    doubt: float
    is_lopsided: bool
    published_at: Utc | None
    judged_at: Utc | None

    @classmethod
    def of(cls, row: ClaimRow) -> ClaimOut:
        """From the row of a list."""
        claim, promise = row.claim, row.claim.promise
        terms = promise.terms
        return cls(
            id=claim.pk,
            statement=promise.statement,
            attribute=terms["attribute"],
            claimed=row.claimed,
            basis=terms["basis"],
            value=terms["value"],
            unit=terms["unit"],
            tolerance=terms["tolerance"],
            direction=terms["direction"],
            product=row.subject.label if row.subject else "",
            feed=claim.feed,
            state=promise.state,
            sentence=row.sentence,
            published_at=promise.published_at,
            **{name: getattr(claim, name) for name in _FIGURES},
        )


_FIGURES = (
    "outcome", "count", "estimate", "low", "high", "limit_low", "limit_high", "more", "doubt", "is_lopsided",
    "judged_at",
)  # fmt: skip


class ClaimDetailOut(Schema):
    """A claim with what stops it from being published (empty: nothing) and how many disputes are open."""

    claim: ClaimOut
    disputed: int
    stopped_by: str

    @classmethod
    def of(cls, view: ClaimView) -> ClaimDetailOut:
        """From the view of one claim."""
        return cls(claim=ClaimOut.of(view.row), disputed=view.disputed, stopped_by=view.stopped_by)


class MeasurementOut(Schema):
    """A measurement in the unit of the claim; yes is 1, no is 0."""

    id: int
    value: float
    measured_at: Utc
    known_at: Utc
    source: str
    measured_by: str
    item: str
    once_key: str
    note: str
    is_set_aside: bool

    @classmethod
    def of(cls, row: Measurement) -> MeasurementOut:
        """From the row."""
        return cls.from_orm(row)


class RefusedOut(Schema):
    """A measurement that was not taken: its place in the list (from 0) and why."""

    place: int
    code: str
    words: str


class MeasuredOut(Schema):
    """What became of the measurements, and the claim as it stands now."""

    taken: int
    known: int
    refused: list[RefusedOut]
    claim: ClaimOut

    @classmethod
    def of(cls, found: Measured, row: ClaimRow) -> MeasuredOut:
        """From the outcome and the claim."""
        refused = [RefusedOut(place=one.place, code=one.code, words=one.words) for one in found.refused]
        return cls(taken=found.taken, known=found.known, refused=refused, claim=ClaimOut.of(row))
