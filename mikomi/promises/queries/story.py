"""The story of one promise: what was said, what was seen, what became of it, what the customer was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.events.models import Event
from mikomi.promises.assessing import forecast_of, judge, load_cases
from mikomi.promises.bench import OPEN, Bench
from mikomi.promises.models import Dispute, Evidence, Promise, PromiseVersion, Renegotiation, Slip
from mikomi.promises.queries.visible import visible
from mikomi.promises.rules.breach import Forecast
from mikomi.promises.rules.circumstances import USUAL, Circumstances
from mikomi.promises.rules.deadlines import State
from mikomi.promises.rules.kinds import TIMED
from mikomi.promises.subjects import SubjectView, views

_TURNS = (
    "promise.at_risk",
    "promise.safe",
    "promise.kept",
    "promise.broken",
    "promise.withdrawn",
    "promise.terms_asked",
    "promise.terms_answered",
    "promise.disputed",
    "promise.dispute_resolved",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of the story. `kind`: version, evidence, slip, or the event's own kind (promise.broken…).

    Exactly one of `version`, `evidence`, `slip` and `payload` is there. `known_at` is later than `at` when the news
    came late.
    """

    kind: str
    at: datetime
    known_at: datetime
    version: PromiseVersion | None = None
    evidence: Evidence | None = None
    slip: Slip | None = None
    payload: dict[str, Any] | None = None
    is_retracted: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A promise with everything around it, in the order in which it happened."""

    promise: Promise
    subject: SubjectView | None
    versions: list[PromiseVersion]
    moments: list[Moment]
    slips: list[Slip]
    forecast: Forecast | None
    """Only while it is open."""
    around: Circumstances
    """What stands around it now: goods that are missing, other work, colleagues."""
    renegotiations: list[Renegotiation]
    """New terms that the customer was asked about, the newest first."""
    disputes: list[Dispute]
    """What the customer says was different, the newest first."""


def promise(*, actor: Actor, promise_id: int) -> Story:
    """The story of a promise. Raises Promise.DoesNotExist where the actor may not see it. Ten queries at most."""
    row = visible(actor).select_related("customer", "segment").get(pk=promise_id)
    case = load_cases([row])[row.pk]
    bench = Bench(clock.now(), [row])
    judged = judge(case, bench) if row.kind in TIMED else None
    slips = list(row.slips.select_related("outgoing").order_by("version_number"))
    moments = [*_said(case.versions), *_seen(case.evidence), *_turns(row), *_slipped(slips)]
    return Story(
        promise=row,
        subject=views([row]).get((row.subject_type, row.subject_id or 0)),
        versions=list(case.versions),
        moments=sorted(moments, key=lambda moment: (moment.at, moment.known_at)),
        slips=slips,
        forecast=forecast_of(row, judged, bench) if judged and judged.state is State.OPEN else None,
        around=bench.around(row) if row.state in OPEN else USUAL,
        renegotiations=list(row.renegotiations.order_by("-asked_at", "-id")),
        disputes=list(row.disputes.select_related("evidence", "measurement").order_by("-raised_at", "-id")),
    )


def _said(versions: Any) -> list[Moment]:
    return [Moment("version", version.at, version.known_at, version=version) for version in versions]


def _seen(evidence: Any) -> list[Moment]:
    gone = {piece.retracts for piece in evidence if piece.retracts}
    return [
        Moment(
            "evidence", piece.occurred_at, piece.known_at, evidence=piece, is_retracted=piece.once_key in gone
        )
        for piece in evidence
    ]


def _slipped(slips: list[Slip]) -> list[Moment]:
    return [Moment("slip", slip.noticed_at, slip.noticed_at, slip=slip) for slip in slips]


def _turns(row: Promise) -> list[Moment]:
    events = Event.objects.filter(subject_type="promise", subject_id=row.pk, kind__in=_TURNS)
    return [
        Moment(event.kind, event.occurred_at, event.recorded_at, payload=event.payload)
        for event in events.order_by("id")
    ]
