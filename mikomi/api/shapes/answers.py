"""What customers say to promises, what a text promises, and where expectations come from, as the API gives them."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import In, Line, Utc, Words
from mikomi.promises.models import Dispute, Renegotiation
from mikomi.promises.queries import Draft
from mikomi.promises.queries.origins import Group as OriginGroup


class RenegotiationOut(Schema):
    """New terms that the customer was asked about, and the answer. `answered_by`: page, phone, counter, writing."""

    id: int
    promise_id: int
    state: str
    due_at: Utc | None
    statement: str
    reason: str
    asked_at: Utc
    answered_at: Utc | None
    answered_by: str
    answer: str
    handled_at: Utc | None

    @classmethod
    def of(cls, row: Renegotiation) -> RenegotiationOut:
        """From the row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class DisputeOut(Schema):
    """What the customer says was different. `reading`: how much it was by their word."""

    id: int
    promise_id: int
    state: str
    said: str
    reading: float | None
    evidence_id: int | None
    measurement_id: int | None
    raised_at: Utc
    resolved_at: Utc | None
    resolution: str

    @classmethod
    def of(cls, row: Dispute) -> DisputeOut:
        """From the row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class ResolutionIn(In):
    """What is decided about a dispute; the customer reads the resolution."""

    upheld: bool
    resolution: Annotated[Words, Field(min_length=1, max_length=2_000)]


class SaidOut(Schema):
    """Something a customer said to a promise that waits for a person: dispute, declined or question."""

    kind: str
    id: int
    promise_id: int
    words: str
    at: Utc


class PublishPromiseIn(In):
    """Where a promise to many is said."""

    where: Line = ""


class DraftedTextIn(In):
    """A text that is about to be sent."""

    text: Annotated[Words, Field(min_length=1, max_length=20_000)]


class FoundPromiseOut(Schema):
    """A promise in a text: due at `due_at`, or by the end of its day (`by_day`). `chance`: how often one like it was
    met in so short a time, of `cases`; null while too little is known."""

    kind: str
    statement: str
    due_at: Utc
    by_day: bool
    chance: float | None
    cases: int | None
    is_unlikely: bool
    when_closed: bool


class DraftOut(Schema):
    """What a text promises, and its vague words."""

    promises: list[FoundPromiseOut]
    vague: list[str]

    @classmethod
    def of(cls, found: Draft) -> DraftOut:
        """From the query."""
        return cls(
            promises=[
                FoundPromiseOut(
                    kind=one.found.kind,
                    statement=one.found.statement,
                    due_at=one.due_at,
                    by_day=one.by_day,
                    chance=one.chance.share if one.chance else None,
                    cases=one.chance.cases if one.chance else None,
                    is_unlikely=one.is_unlikely,
                    when_closed=one.when_closed,
                )
                for one in found.offers
            ],
            vague=[one.words for one in found.vague],
        )


class OriginOut(Schema):
    """The promises of one origin or class: made, kept as first given; those without a due time, and of these broken."""

    key: str
    made: int
    share: float | None
    kept: int
    broken: int
    standing: int
    standing_broken: int

    @classmethod
    def of(cls, one: OriginGroup) -> OriginOut:
        """From the report."""
        figure = one.figure
        return cls(
            key=one.key,
            made=one.made,
            share=figure.share if figure else None,
            kept=figure.kept if figure else 0,
            broken=figure.broken if figure else 0,
            standing=one.standing,
            standing_broken=one.standing_broken,
        )


class OriginsOut(Schema):
    """Where expectations come from: by origin and by class; an empty key: nobody said."""

    by_origin: list[OriginOut]
    by_class: list[OriginOut]
    expiring_norms: list[int]
