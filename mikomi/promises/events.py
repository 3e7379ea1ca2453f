"""What can happen to a promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import pgettext_lazy

from mikomi.core.events.kinds import Code, event_kind


@event_kind("promise.made", pgettext_lazy("event", "Promised"), subject="promise")
@dataclass(frozen=True, slots=True)
class PromiseMade:
    promise_id: int
    kind: Code
    due_at: datetime | None
    source: Code


@event_kind("promise.changed", pgettext_lazy("event", "New terms"), subject="promise")
@dataclass(frozen=True, slots=True)
class PromiseChanged:
    promise_id: int
    kind: Code
    version: int
    due_at: datetime | None
    reason: Code


@event_kind("promise.evidence", pgettext_lazy("event", "Evidence"), subject="promise", in_timeline=False)
@dataclass(frozen=True, slots=True)
class EvidenceSeen:
    promise_id: int
    kind: Code
    evidence_kind: Code
    expected_at: datetime | None = None


@event_kind("promise.at_risk", pgettext_lazy("event", "At risk"), subject="promise")
@dataclass(frozen=True, slots=True)
class PromiseAtRisk:
    """The chance of breach crossed the business's threshold. `slipped`: evidence names a later date."""

    promise_id: int
    kind: Code
    version: int
    risk: float
    slipped: bool
    expected_at: datetime | None = None


@event_kind("promise.safe", pgettext_lazy("event", "No longer at risk"), subject="promise")
@dataclass(frozen=True, slots=True)
class PromiseSafe:
    promise_id: int
    kind: Code
    risk: float


@event_kind("promise.kept", pgettext_lazy("event", "Kept"), subject="promise")
@dataclass(frozen=True, slots=True)
class PromiseKept:
    """`margin_seconds`: how long before the due time. `reversed`: it had counted as broken until now."""

    promise_id: int
    kind: Code
    margin_seconds: int
    reversed: bool = False


@event_kind("promise.broken", pgettext_lazy("event", "Broken"), subject="promise")
@dataclass(frozen=True, slots=True)
class PromiseBroken:
    """`is_internal`: a response standard; no recovery case follows, it is shown by itself."""

    promise_id: int
    kind: Code
    is_internal: bool


@event_kind("promise.withdrawn", pgettext_lazy("event", "Withdrawn"), subject="promise")
@dataclass(frozen=True, slots=True)
class PromiseWithdrawn:
    promise_id: int
    kind: Code
    reason: Code


@event_kind("promise.customer_told", pgettext_lazy("event", "Customer told of the slip"), subject="promise")
@dataclass(frozen=True, slots=True)
class CustomerTold:
    promise_id: int
    kind: Code
    version: int
    outgoing_id: int


@event_kind(
    "promise.terms_asked", pgettext_lazy("event", "Customer asked about new terms"), subject="promise"
)
@dataclass(frozen=True, slots=True)
class TermsAsked:
    """The customer was asked whether new terms are all right; `due_at` is the date proposed."""

    promise_id: int
    kind: Code
    renegotiation_id: int
    due_at: datetime | None
    reason: Code


@event_kind(
    "promise.terms_answered", pgettext_lazy("event", "Customer answered about new terms"), subject="promise"
)
@dataclass(frozen=True, slots=True)
class TermsAnswered:
    """`answer`: accepted, declined or question. `by`: page, phone, counter or writing."""

    promise_id: int
    kind: Code
    renegotiation_id: int
    answer: Code
    by: Code


@event_kind("promise.disputed", pgettext_lazy("event", "Customer disputes it"), subject="promise")
@dataclass(frozen=True, slots=True)
class PromiseDisputed:
    promise_id: int
    kind: Code
    dispute_id: int


@event_kind("promise.dispute_resolved", pgettext_lazy("event", "Dispute decided"), subject="promise")
@dataclass(frozen=True, slots=True)
class DisputeResolved:
    """`upheld`: the customer was right."""

    promise_id: int
    kind: Code
    dispute_id: int
    upheld: bool


@event_kind("challenge.overridden", pgettext_lazy("event", "Sent although challenged"), in_timeline=False)
@dataclass(frozen=True, slots=True)
class ChallengeOverridden:
    """`kind`: vague, unlikely or unproven. `chance`: of keeping it, as far as history knew."""

    challenge_id: int
    kind: Code
    chance: float | None = None


@event_kind("promise.notice_due", pgettext_lazy("event", "Notice due"), subject="promise", in_timeline=False)
@dataclass(frozen=True, slots=True)
class NoticeDue:
    """It is time to tell the customer of this slip, and of whatever else has slipped since."""

    promise_id: int
    kind: Code
    version: int


@event_kind(
    "promise.handed_over", pgettext_lazy("event", "Handed over"), subject="promise", in_timeline=False
)
@dataclass(frozen=True, slots=True)
class HandedOver:
    """`keeper_id`: the user who keeps it now; none: whoever has time."""

    promise_id: int
    kind: Code
    keeper_id: int | None
