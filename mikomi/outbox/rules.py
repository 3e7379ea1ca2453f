"""Whether, and when, a message may leave. Pure: the time is an argument.

States: held → waiting → sending → sent, with refused, cancelled, failed and uncertain as the other ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

ANSWER, NOTICE, SURVEY, MARKETING, STAFF = "answer", "notice", "survey", "marketing", "staff"
HELD, WAITING, SENDING, SENT = "held", "waiting", "sending", "sent"
UNCERTAIN, FAILED, REFUSED, CANCELLED = "uncertain", "failed", "refused", "cancelled"

RESTORED = "restored"
"""The reason of what waits for a person because a backup was put back."""

UNASKED = frozenset({SURVEY, MARKETING})
"""What nobody asked for: it counts against the weekly cap and is stopped by it."""
PROMPT = frozenset({ANSWER, STAFF})
"""What somebody waits for: it goes out at any hour."""
CONSENT_FOR = {ANSWER: "service", NOTICE: "service", SURVEY: "survey", MARKETING: "marketing"}
"""The purpose of consent that each purpose of a message needs."""

CAP_WINDOW = timedelta(days=7)
MOST_ATTEMPTS = 6
AFTER_RESTORE = timedelta(days=1)
"""So long after a backup was put back, everything that recurs has come round, and with it what had been sent before."""
_PAUSES = (1, 5, 15, 60, 240)
"""Minutes before the second, third… attempt."""

MOVES: dict[str, frozenset[str]] = {
    HELD: frozenset({WAITING, REFUSED, CANCELLED}),
    WAITING: frozenset({SENDING, REFUSED, CANCELLED, UNCERTAIN}),
    SENDING: frozenset({SENT, WAITING, FAILED, UNCERTAIN, REFUSED}),
    UNCERTAIN: frozenset({SENT, WAITING, FAILED}),
    FAILED: frozenset({WAITING, CANCELLED}),
    SENT: frozenset({FAILED}),
    REFUSED: frozenset(),
    CANCELLED: frozenset(),
}
"""Every move there is. Sent → failed is a bounce; sending → refused: consent was withdrawn while it waited;
waiting → uncertain: a backup was put back."""


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """May this person be contacted on this channel? `reason`: code, when not. `deliverable`: the address works."""

    allowed: bool
    deliverable: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when until when nobody is disturbed, on the business's clock. May span midnight."""

    starts: time
    ends: time
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class CapUse:
    """Unasked messages to this customer within the last seven days, and how many are allowed."""

    used: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Decision:
    """The first state of a message, the moment before which it doesn't leave, and the reason as a code."""

    state: str
    not_before: datetime
    reason: str = ""


def decide(
    *,
    purpose: str,
    contact: ContactFacts,
    quiet: QuietHours | None,
    cap: CapUse,
    hold: bool,
    wanted_at: datetime,
    repeats: bool = False,
) -> Decision:
    """What becomes of a new message that is wanted to leave at `wanted_at`.

    An answer to the customer's own question is always allowed while the address works. A notice needs leave to
    serve and keeps quiet hours; questions and news need their consent and the weekly cap besides. `repeats`: it may
    have been sent before (`may_repeat`), so a person looks first.
    """
    if reason := _refusal(purpose, contact, cap):
        return Decision(REFUSED, wanted_at, reason)
    leaves_at = wanted_at if purpose in PROMPT else end_of_quiet(quiet, wanted_at)
    if hold or repeats:
        return Decision(HELD, leaves_at, "for_release" if hold else RESTORED)
    return Decision(WAITING, leaves_at, "quiet_hours" if leaves_at > wanted_at else "")


def may_repeat(*, purpose: str, by_person: bool, restored_at: datetime | None, now: datetime) -> bool:
    """Whether it may have left already in the hours that a restored backup has lost: what nobody wrote by hand."""
    if by_person or purpose == STAFF or restored_at is None:
        return False
    return now - restored_at < AFTER_RESTORE


def _refusal(purpose: str, contact: ContactFacts, cap: CapUse) -> str:
    if purpose == STAFF:
        return ""
    if not contact.deliverable:
        return contact.reason or "undeliverable"
    if purpose != ANSWER and not contact.allowed:
        return contact.reason or "no_consent"
    if purpose in UNASKED and cap.used >= cap.allowed:
        return "weekly_cap"
    return ""


def is_quiet(quiet: QuietHours | None, moment: datetime) -> bool:
    """Whether the moment lies in quiet hours; their end is outside. Equal start and end mean none."""
    if quiet is None or quiet.starts == quiet.ends:
        return False
    clock = moment.astimezone(quiet.zone).time()
    if quiet.starts < quiet.ends:
        return quiet.starts <= clock < quiet.ends
    return clock >= quiet.starts or clock < quiet.ends


def end_of_quiet(quiet: QuietHours | None, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    if quiet is None or not is_quiet(quiet, moment):
        return moment
    local = moment.astimezone(quiet.zone)
    day = local.date() if local.time() < quiet.ends else local.date() + timedelta(days=1)
    return max(moment, datetime.combine(day, quiet.ends, quiet.zone).astimezone(UTC))


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """When a message that failed for the moment is tried again; none: given up after the last attempt."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + timedelta(minutes=_PAUSES[max(attempts, 1) - 1])


def after_dead_worker(attempt_began: bool) -> str:
    """The state of a message whose worker died: perhaps sent once the server was spoken to, else untouched."""
    return UNCERTAIN if attempt_began else WAITING
