"""Quotes as the API gives and takes them."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import Id, In, Line, Moment, Utc
from mikomi.promises.models import Promise, Quote
from mikomi.promises.queries.quotes import Answer, Calibration, Kept, Offer
from mikomi.promises.quotable import WORKS

Work = Annotated[str, Field(pattern=f"^({'|'.join(WORKS)})$")]
Confidence = Annotated[float, Field(ge=0.5, le=0.99)]
Days = Annotated[float, Field(gt=0, le=3650)]


class QuoteFilter(Schema):
    """What is asked about. `group`: store/region/carrier, as far as known; `began_at` none: now."""

    kind: Work = Promise.Kind.DELIVERY.value
    group: Annotated[str, Field(max_length=64)] = ""
    product: Annotated[str, Field(max_length=128)] = ""
    began_at: Moment | None = None


class QuoteIn(In):
    """A quote to be stored with what it rests on. `promise_id`: what was promised on it; its outcome is noted."""

    kind: Work
    confidence: Confidence = 0.9
    group: Annotated[str, Field(max_length=64)] = ""
    product: Annotated[str, Field(max_length=128)] = ""
    began_at: Moment | None = None
    promise_id: Id | None = None


class CalibrationFilter(Schema):
    """Of which kind of work."""

    kind: Work = Promise.Kind.DELIVERY.value


class OfferOut(Schema):
    """What may be promised at one confidence. `basis`: "history", "norm" (too few cases: `reason` says why) or "none":
    nothing may be promised yet."""

    confidence: float
    days: float | None
    due_at: Utc | None
    basis: str
    reason: str
    effective_cases: float
    needed_cases: int
    group: str

    @classmethod
    def of(cls, offer: Offer) -> OfferOut:
        """From the query's answer."""
        return cls(
            confidence=offer.target,
            days=offer.days,
            due_at=offer.due_at,
            basis=offer.basis,
            reason=offer.reason,
            effective_cases=offer.effective,
            needed_cases=offer.needed,
            group=offer.group,
        )


class OffersOut(Schema):
    """What may be promised at 80, 90 and 95 %."""

    kind: str
    cases: int
    open_cases: int
    model_version: int | None
    offers: list[OfferOut]

    @classmethod
    def of(cls, answer: Answer) -> OffersOut:
        """From the query's answer."""
        return cls(
            kind=answer.kind,
            cases=answer.cases,
            open_cases=answer.cases - answer.done,
            model_version=answer.model_id,
            offers=[OfferOut.of(offer) for offer in answer.offers],
        )


class QuoteOut(Schema):
    """A stored quote. `kept` null: not known yet."""

    id: int
    kind: str
    confidence: float
    asked_at: Utc
    began_at: Utc
    days: float | None
    basis: str
    reason: Line
    model_version: int | None
    cases: int
    open_cases: int
    effective_cases: float
    group: str
    promise_id: int | None
    kept: bool | None

    @classmethod
    def of(cls, row: Quote) -> QuoteOut:
        """From the row."""
        same = (
            "kind",
            "asked_at",
            "began_at",
            "days",
            "basis",
            "reason",
            "model_version",
            "cases",
            "open_cases",
        )
        values: dict[str, Any] = {name: getattr(row, name) for name in (*same, "group", "promise_id", "kept")}
        return cls(id=row.pk, confidence=row.target, effective_cases=row.effective, **values)


class KeptOut(Schema):
    """Of `judged` quotes at `stated`, the share kept with its 95 % interval. `group` empty: all of them."""

    stated: float
    group: str
    judged: int
    kept: int
    share: float
    low: float
    high: float

    @classmethod
    def of(cls, row: Kept) -> KeptOut:
        """From the query's answer."""
        return cls(
            stated=row.target, group=row.group, judged=row.judged, kept=row.kept, share=row.share, low=row.low,
            high=row.high,
        )  # fmt: skip


class CalibrationOut(Schema):
    """`walked`: what would have been quoted week by week; `given`: what was quoted and is decided by now."""

    kind: str
    cases: int
    ended_cases: int
    left_out: int
    walked: list[KeptOut]
    by_group: list[KeptOut]
    given: list[KeptOut]

    @classmethod
    def of(cls, found: Calibration) -> CalibrationOut:
        """From the query's answer."""
        return cls(
            kind=found.kind,
            cases=found.cases,
            ended_cases=found.done,
            left_out=found.left_out,
            walked=[KeptOut.of(row) for row in found.walked],
            by_group=[KeptOut.of(row) for row in found.by_group],
            given=[KeptOut.of(row) for row in found.given],
        )
