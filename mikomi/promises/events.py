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
