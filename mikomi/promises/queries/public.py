"""What the customer sees of a promise: what we said, where it stands, what changed. No staff, no notes, no reasons
that are not codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mikomi.promises.models import Evidence, Promise
from mikomi.promises.subjects import views

_SHOWN = (
    Evidence.Kind.SHIPPED,
    Evidence.Kind.DELIVERED,
    Evidence.Kind.ANSWERED,
    Evidence.Kind.CALLED,
    Evidence.Kind.DONE,
    Evidence.Kind.ESTIMATE,
)


@dataclass(frozen=True, slots=True)
class PublicVersion:
    """Terms as given: `reason` is the code of why they changed."""

    number: int
    given_at: datetime
    due_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class PublicStep:
    """Something that happened, or an estimate (`expected_at`)."""

    kind: str
    at: datetime
    expected_at: datetime | None


@dataclass(frozen=True, slots=True)
class PublicPromise:
    """A promise for the one to whom it was made. `language` is the customer's."""

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
    """The promise behind an unguessable link; none for a wrong one, an internal promise or an erased person."""
    found = Promise.objects.select_related("customer").filter(token=token, is_internal=False)
    row = found.filter(customer__erased_at=None).first() if token else None
    if row is None:
        return None
    subject = views([row]).get((row.subject_type, row.subject_id or 0))
    # "At risk" is our forecast, not a fact for the customer: who must know is told, with reason and new date.
    state = Promise.State.OPEN if row.state == Promise.State.AT_RISK else row.state
    told = row.slips.filter(outgoing__sent_at__isnull=False).values_list("outgoing__sent_at", flat=True)
    return PublicPromise(
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
        language=row.person.language,
    )


def _steps(row: Promise) -> list[PublicStep]:
    evidence = list(row.evidence.order_by("occurred_at", "id"))
    gone = {piece.retracts for piece in evidence if piece.retracts}
    return [
        PublicStep(piece.kind, piece.occurred_at, piece.expected_at)
        for piece in evidence
        if piece.kind in _SHOWN and piece.once_key not in gone
    ]
