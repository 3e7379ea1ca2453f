"""What people expect and find: gaps, features, importance, disconfirmation, drift; and the questionnaires behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.feedback.models import Questionnaire, Sheet
from mikomi.feedback.rules import gaps as service
from mikomi.feedback.rules import ipa, kano

RECENT = timedelta(days=90)
"""What counts as "since" for the drift of expectations; the year before it is what they are held against."""
BEFORE = timedelta(days=365)
MOST_SHEETS = 20_000

Answers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FeatureMap:
    """One questionnaire's features or attributes with their words by key."""

    questionnaire: Questionnaire
    items: dict[str, dict[str, str]]
    features: list[kano.Feature]
    map: ipa.Map | None


@dataclass(frozen=True, slots=True)
class Expectations:
    """Everything that the surveys say about expectations in a span of time."""

    sheets: int
    gaps: list[service.Gap]
    overall: float | None
    weighted: float | None
    weights: dict[str, float]
    drifts: list[service.Drift]
    against: list[service.Against]
    kano: list[FeatureMap]
    importance: list[FeatureMap]


def expectations(*, actor: Actor, since: datetime, until: datetime) -> Expectations:
    """What was answered from `since` until before `until`; the drift compares its last 90 days with the year before.

    Three queries, whatever the number of sheets (the newest 20,000 count).
    """
    actor.require(Permission.FIGURES_VIEW)
    found = _sheets(since, until)
    sheets = [answers for row, answers, _at in found if row.kind == Questionnaire.Kind.SERVQUAL]
    weights = service.importance(sheets)
    by_dimension = service.servqual(sheets)
    values = {one.dimension: one.gap.mean for one in by_dimension}
    whole = len(values) == len(service.DIMENSIONS)
    return Expectations(
        sheets=len(found),
        gaps=by_dimension,
        overall=service.overall(values) if whole else None,
        weighted=service.overall(values, weights) if whole and weights else None,
        weights=weights,
        drifts=_drifts(until),
        against=service.against([answers for _row, answers, _at in found]),
        kano=[one for one in _maps(found, Questionnaire.Kind.KANO) if one.features],
        importance=[one for one in _maps(found, Questionnaire.Kind.IMPORTANCE) if one.map],
    )


def _sheets(since: datetime, until: datetime) -> list[tuple[Questionnaire, Answers, datetime]]:
    rows = Sheet.objects.filter(answered_at__gte=since, answered_at__lt=until).order_by("-answered_at")
    found = list(rows.values_list("questionnaire_id", "answers", "answered_at")[:MOST_SHEETS])
    known = Questionnaire.objects.in_bulk({key for key, _answers, _at in found})
    return [(known[key], answers, at) for key, answers, at in found if at is not None]


def _drifts(until: datetime) -> list[service.Drift]:
    found = _sheets(until - RECENT - BEFORE, until)
    sheets = [(answers, at) for row, answers, at in found if row.kind == Questionnaire.Kind.SERVQUAL]
    drifts = []
    for dimension, items in service.DIMENSIONS.items():
        before: list[float] = []
        since: list[float] = []
        for answers, at in sheets:
            values = [answers[f"e{item}"] for item in items if f"e{item}" in answers]
            if values:
                (since if at >= until - RECENT else before).append(sum(values) / len(values))
        if (one := service.drift(dimension, before, since)) is not None:
            drifts.append(one)
    return drifts


def _maps(found: Sequence[tuple[Questionnaire, Answers, datetime]], kind: str) -> list[FeatureMap]:
    sheets: dict[int, list[Answers]] = {}
    rows = {row.pk: row for row, _answers, _at in found if row.kind == kind}
    for row, answers, _at in found:
        if row.pk in rows:
            sheets.setdefault(row.pk, []).append(answers)
    return [_map(row, sheets[key]) for key, row in sorted(rows.items(), reverse=True)]


def _map(row: Questionnaire, sheets: list[Answers]) -> FeatureMap:
    keys = [item["key"] for item in row.items]
    return FeatureMap(
        questionnaire=row,
        items={item["key"]: item for item in row.items},
        features=kano.features(keys, sheets) if row.kind == Questionnaire.Kind.KANO else [],
        map=ipa.ipa_map(keys, sheets) if row.kind == Questionnaire.Kind.IMPORTANCE else None,
    )


# Questionnaires


def questionnaires(*, actor: Actor) -> list[Questionnaire]:
    """All questionnaires, the newest first, with `asked`, `answered` and `complete` counted."""
    return list(_counted(actor).order_by("-pk")[:200])


def questionnaire(*, actor: Actor, questionnaire_id: int) -> Questionnaire:
    """One of them. Raises Questionnaire.DoesNotExist."""
    return _counted(actor).get(pk=questionnaire_id)


def _counted(actor: Actor) -> QuerySet[Questionnaire]:
    actor.require(Permission.FEEDBACK_VIEW)
    return Questionnaire.objects.annotate(
        asked=Count("sheets"),
        answered=Count("sheets", filter=Q(sheets__answered_at__isnull=False)),
        complete=Count("sheets", filter=Q(sheets__is_complete=True)),
    )


def has_open_link(token: str) -> bool:
    """Whether there is a questionnaire behind an open link."""
    return Questionnaire.objects.filter(token=token).exists()


def sheet(token: str) -> Sheet:
    """The sheet behind a link. Raises Sheet.DoesNotExist, also for somebody whose data was erased."""
    rows = Sheet.objects.select_related("questionnaire", "customer").exclude(
        customer__erased_at__isnull=False
    )
    return rows.get(token=token)
