"""Expectations and questionnaires, as the API gives and takes them."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from mikomi.api.shapes.common import Id, In, Line, Moment, Utc
from mikomi.feedback.models import Questionnaire
from mikomi.feedback.operations import Taken
from mikomi.feedback.queries import Expectations
from mikomi.feedback.queries.expectations import FeatureMap
from mikomi.feedback.rules import gaps
from mikomi.promises.queries.disconfirmation import Disconfirmation


class SpanIn(Schema):
    """From `since` until before `until`."""

    since: Moment
    until: Moment


class ItemIn(In):
    """A thing to ask about."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]
    ja: Annotated[Line, Field(max_length=200)] = ""
    en: Annotated[Line, Field(max_length=200)] = ""


class QuestionnaireIn(In):
    """A questionnaire; `items` for Kano's and the importance questions."""

    kind: Questionnaire.Kind
    title: Annotated[Line, Field(min_length=1, max_length=200)]
    items: Annotated[list[ItemIn], Field(max_length=30)] = []


class AskPeopleIn(In):
    """Whom to ask."""

    customer_ids: Annotated[list[Id], Field(min_length=1, max_length=200)]


class SheetIn(In):
    """One person's answers by their codes."""

    once_key: Annotated[Line, Field(min_length=1, max_length=100, description="Your id: it counts once.")]
    answered_at: Moment
    answers: dict[Annotated[str, Field(max_length=40)], int]

    @model_validator(mode="after")
    def _few(self) -> Any:
        if len(self.answers) > 200:
            text = _("A sheet holds at most %(most)s answers.") % {"most": 200}
            raise PydanticCustomError("too_many", "{text}", {"text": text})
        return self


class SheetsIn(In):
    """Sheets that were filled in elsewhere."""

    sheets: Annotated[list[SheetIn], Field(min_length=1, max_length=1_000)]


class QuestionnaireOut(Schema):
    """A questionnaire; `token`: of its open link, /q/o/…; `codes`: what may be answered, with its highest value."""

    id: int
    kind: str
    title: str
    items: list[dict[str, str]]
    token: str
    codes: dict[str, int]
    asked: int
    answered: int
    complete: int
    created_at: Utc
    closed_at: Utc | None


class AskedOut(Schema):
    """How many were asked; the others were asked lately, or don't want to be."""

    asked: int


class RefusedSheetOut(Schema):
    """A sheet that was not taken: its place in the list (from 0) and why."""

    place: int
    words: str


class TakenOut(Schema):
    """What became of the sheets."""

    taken: int
    known: int
    refused: list[RefusedSheetOut]

    @classmethod
    def of(cls, found: Taken) -> TakenOut:
        """From the outcome."""
        refused = [RefusedSheetOut(place=place, words=words) for place, words in found.refused]
        return cls(taken=found.taken, known=found.known, refused=refused)


class EstimateOut(Schema):
    """A mean with its interval at 95 %; null where one answer says nothing of it."""

    mean: float
    low: float | None
    high: float | None
    count: int

    @classmethod
    def of(cls, one: gaps.Estimate) -> EstimateOut:
        """From the estimate."""
        return cls(mean=one.mean, low=one.low, high=one.high, count=one.count)


class GapOut(Schema):
    """A dimension of service, 1…7: the gap is perception less expectation."""

    dimension: str
    expected: EstimateOut
    perceived: EstimateOut
    gap: EstimateOut


class AgainstOut(Schema):
    """The direct item, 1 much worse … 7 much better than expected: of a dimension, or of everything (empty)."""

    dimension: str
    mean: EstimateOut
    better: int
    worse: int

    @classmethod
    def of(cls, one: gaps.Against) -> AgainstOut:
        """From the figures."""
        return cls(dimension=one.dimension, mean=EstimateOut.of(one.mean), better=one.better, worse=one.worse)


class DriftOut(Schema):
    """How an expectation moved in the last 90 days against the year before."""

    dimension: str
    before: float
    since: float
    chance: float
    is_alert: bool


class DisconfirmationOut(Schema):
    """From the ledger: better, as promised, worse; `net` is better less worse in points of a hundred."""

    dimension: str
    better: int
    as_promised: int
    worse: int
    net: float
    low: float
    high: float


class KanoOut(Schema):
    """A feature: M must-be, O one-dimensional, A attractive, I indifferent, R reverse, Q questionable."""

    questionnaire_id: int
    key: str
    category: str
    counts: dict[str, int]
    better: float | None
    worse: float | None


class SpotOut(Schema):
    """An attribute on the map of importance and performance, with the crosshair that divides it."""

    questionnaire_id: int
    key: str
    importance: float
    performance: float
    quadrant: str
    count: int
    importance_at: float
    performance_at: float


class ExpectationsOut(Schema):
    """Everything that is known of expectations in a span."""

    sheets: int
    gaps: list[GapOut]
    overall: float | None
    weighted: float | None
    weights: dict[str, float]
    drifts: list[DriftOut]
    against: list[AgainstOut]
    ledger: list[DisconfirmationOut]
    kano: list[KanoOut]
    importance: list[SpotOut]

    @classmethod
    def of(cls, found: Expectations, ledger: list[Disconfirmation]) -> ExpectationsOut:
        """From the surveys and the ledger."""
        return cls(
            sheets=found.sheets,
            gaps=[
                GapOut(
                    dimension=one.dimension,
                    expected=EstimateOut.of(one.expected),
                    perceived=EstimateOut.of(one.perceived),
                    gap=EstimateOut.of(one.gap),
                )
                for one in found.gaps
            ],
            overall=found.overall,
            weighted=found.weighted,
            weights=found.weights,
            drifts=[DriftOut.from_orm(one) for one in found.drifts],
            against=[AgainstOut.of(one) for one in found.against],
            ledger=[DisconfirmationOut.from_orm(one) for one in ledger],
            kano=[_kano(one, feature) for one in found.kano for feature in one.features],
            importance=[spot for one in found.importance for spot in _spots(one)],
        )


def _kano(one: FeatureMap, feature: Any) -> KanoOut:
    return KanoOut(
        questionnaire_id=one.questionnaire.pk, key=feature.key, category=feature.category, counts=feature.counts,
        better=feature.better, worse=feature.worse,
    )  # fmt: skip


def _spots(one: FeatureMap) -> list[SpotOut]:
    assert one.map is not None
    return [
        SpotOut(
            questionnaire_id=one.questionnaire.pk, key=spot.key, importance=spot.importance,
            performance=spot.performance, quadrant=spot.quadrant.value, count=spot.count,
            importance_at=one.map.importance_at, performance_at=one.map.performance_at,
        )
        for spot in one.map.spots
    ]  # fmt: skip
