"""What the customer sees of a promise: what we said, where it stands, what changed. No staff, no notes, no reasons
that are not codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from mikomi.promises import claim_wording, judging
from mikomi.promises.models import Claim, Dispute, Evidence, Measurement, Promise, Renegotiation
from mikomi.promises.rules.claims import ClaimTerms
from mikomi.promises.subjects import views

_SHOWN = (
    Evidence.Kind.SHIPPED,
    Evidence.Kind.DELIVERED,
    Evidence.Kind.ANSWERED,
    Evidence.Kind.CALLED,
    Evidence.Kind.DONE,
    Evidence.Kind.ESTIMATE,
    Evidence.Kind.MEASURED,
    Evidence.Kind.HELD,
    Evidence.Kind.SURPASSED,
    Evidence.Kind.FAILED,
)
MOST_MEASUREMENTS = 12
"""So many of the newest measurements of a claim stand on its page."""


@dataclass(frozen=True, slots=True)
class PublicVersion:
    """Terms as given: `reason` is the code of why they changed."""

    number: int
    given_at: datetime
    due_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class PublicStep:
    """Something that happened, or an estimate (`expected_at`), and who says so (`source`, a code). `id`: of the
    evidence, to dispute it. `is_retracted`: it was taken back as wrong."""

    id: int
    kind: str
    at: datetime
    expected_at: datetime | None
    source: str
    reading: float | None
    is_retracted: bool


@dataclass(frozen=True, slots=True)
class PublicQuestion:
    """New terms that the customer is asked about. `answer`: their words so far."""

    id: int
    state: str
    due_at: datetime | None
    by_day: bool
    statement: str
    reason: str
    words: str
    answer: str


@dataclass(frozen=True, slots=True)
class PublicMeasurement:
    """What a claim was measured at, in words, by whom (`source`, a code; `measured_by`, words)."""

    id: int
    words: str
    at: datetime
    source: str
    measured_by: str
    is_set_aside: bool
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class PublicClaim:
    """What measurements say of a claim: the verdict in one sentence, how many there are, and the newest of them."""

    sentence: str
    total: int
    measurements: list[PublicMeasurement]


@dataclass(frozen=True, slots=True)
class PublicDispute:
    """What the customer said against the story, and what was decided, with the reason. On a page for many, the words
    of whoever said it are left out: strangers read it."""

    said: str
    raised_at: datetime
    state: str
    resolution: str
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class PublicPromise:
    """A promise for the one to whom it was made. `language` is the customer's; empty for a promise to many.

    `state`: open, kept, exceeded, renegotiated, broken or withdrawn. `terms`: what exactly (`rules.kinds`).
    """

    token: str
    is_to_one: bool
    audience: str
    terms: dict[str, Any]
    valid_until: date | None
    published_in: str
    cited: str
    cited_on: date | None
    question: PublicQuestion | None
    disputes: list[PublicDispute]
    kind: str
    statement: str
    state: str
    subject_label: str
    made_at: datetime
    first_due_at: datetime | None
    due_at: datetime | None
    by_day: bool
    expected_at: datetime | None
    met_at: datetime | None
    versions: list[PublicVersion]
    steps: list[PublicStep]
    told_at: list[datetime]
    language: str


def public_promise(token: str) -> PublicPromise | None:
    """The promise behind an unguessable link; none for a wrong one, an internal promise, an erased person or a
    promise to many that isn't published."""
    row = shown(token).select_related("customer", "segment").first()
    if row is None:
        return None
    subject = views([row]).get((row.subject_type, row.subject_id or 0))
    # "At risk" is our forecast, not a fact for the customer: who must know is told, with reason and new date.
    state = Promise.State.OPEN if row.state == Promise.State.AT_RISK else row.verdict
    is_to_one = row.customer is not None
    told = row.slips.filter(outgoing__sent_at__isnull=False).values_list("outgoing__sent_at", flat=True)
    return PublicPromise(
        token=row.token,
        is_to_one=is_to_one,
        audience=row.segment.name if row.segment else "",
        terms=row.terms,
        valid_until=row.valid_until,
        published_in=row.published_in,
        cited=row.cited,
        cited_on=row.cited_on,
        question=_question(row) if is_to_one else None,
        disputes=_disputes(row),
        kind=row.kind,
        statement=row.statement,
        state=state,
        subject_label=subject.label if subject else "",
        made_at=row.made_at,
        first_due_at=row.first_due_at,
        due_at=row.due_at,
        by_day=row.by_day,
        expected_at=row.expected_at,
        met_at=row.met_at,
        versions=[
            PublicVersion(version.number, version.at, version.due_at, version.reason)
            for version in row.versions.order_by("number")
        ],
        steps=_steps(row),
        told_at=sorted(moment for moment in told if moment),
        language=row.customer.language if row.customer else "",
    )


def shown(token: str) -> QuerySet[Promise]:
    """The promise with this page, if there is one: not internal, its person not erased; one to many once published."""
    has_page = Q(audience=Promise.Audience.ONE, customer__erased_at=None) | Q(published_at__isnull=False)
    rows = Promise.objects.filter(has_page, token=token, is_internal=False)
    return rows if token else rows.none()


def public_claim(token: str) -> PublicClaim | None:
    """What a claim with a page was measured at, in the active language; none where measurements don't decide."""
    claim = Claim.objects.select_related("promise").filter(promise__in=shown(token)).first()
    if claim is None:
        return None
    terms = judging.terms_of(claim.promise.terms)
    newest = claim.measurements.order_by("-measured_at", "-id")[:MOST_MEASUREMENTS]
    disputed = set(
        claim.promise.disputes.filter(state=Dispute.State.OPEN).values_list("measurement_id", flat=True)
    )
    return PublicClaim(
        sentence=claim_wording.sentence(terms, judging.verdict_of(claim)),
        total=claim.measurements.count(),
        measurements=[_measurement(terms, row, row.pk in disputed) for row in newest],
    )


def _measurement(terms: ClaimTerms, row: Measurement, is_disputed: bool) -> PublicMeasurement:
    return PublicMeasurement(
        id=row.pk,
        words=claim_wording.measured(terms, row.value),
        at=row.measured_at,
        source=row.source,
        # What a colleague wrote there may be a colleague's name.
        measured_by="" if row.source == "agent" else row.measured_by,
        is_set_aside=row.is_set_aside,
        is_disputed=is_disputed,
    )


def is_erased(token: str) -> bool:
    """Whether the link led to a promise to somebody whose data was erased at their wish."""
    return Promise.objects.filter(token=token, is_internal=False, customer__erased_at__isnull=False).exists()


def _question(row: Promise) -> PublicQuestion | None:
    state = Renegotiation.State
    asked = row.renegotiations.filter(state__in=(state.ASKED, state.QUESTION)).first()
    if asked is None:
        return None
    return PublicQuestion(
        asked.pk,
        asked.state,
        asked.due_at,
        asked.by_day,
        asked.statement,
        asked.reason,
        asked.words,
        asked.answer,
    )


def _disputes(row: Promise) -> list[PublicDispute]:
    return [
        PublicDispute(
            one.said if row.customer else "", one.raised_at, one.state, one.resolution, one.resolved_at
        )
        for one in row.disputes.order_by("raised_at", "id")
    ]


def _steps(row: Promise) -> list[PublicStep]:
    evidence = list(row.evidence.order_by("occurred_at", "id"))
    gone = {piece.retracts for piece in evidence if piece.retracts}
    # What a dispute took back stays to be seen, as taken back; our own slips of the pen don't.
    disputed = set(row.disputes.values_list("evidence_id", flat=True))
    return [
        PublicStep(
            piece.pk,
            piece.kind,
            piece.occurred_at,
            piece.expected_at,
            piece.source,
            piece.reading,
            piece.once_key in gone,
        )
        for piece in evidence
        if piece.kind in _SHOWN and (piece.once_key not in gone or piece.pk in disputed)
    ]
