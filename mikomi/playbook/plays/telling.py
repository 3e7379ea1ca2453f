"""Plays that keep the customer informed of what we promised."""

from __future__ import annotations

from datetime import datetime

from mikomi.conversations.queries import policy
from mikomi.conversations.routes import route
from mikomi.core.access.actor import SYSTEM
from mikomi.core.events.models import Event
from mikomi.outbox import operations as outbox
from mikomi.outbox.events import OutgoingFailed, OutgoingSent
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage
from mikomi.playbook.play import payload_of
from mikomi.playbook.plays.slip_letter import slip_letter
from mikomi.promises import operations as promises
from mikomi.promises.events import PromiseAtRisk
from mikomi.promises.models import Evidence, Promise

ABOUT = "promise"


def tell_customer_of_slip(event: Event) -> None:
    """Tell the customer of a slip before they find out: once for each version of the promise.

    A notice needs a later date that evidence names. A chance that merely rises is for the staff (Today shows it):
    "perhaps later, we don't know when" helps nobody, unless the business wants it said (`tells_without_date`).
    """
    risk = payload_of(event, PromiseAtRisk)
    promise = Promise.objects.select_related("customer").filter(pk=risk.promise_id).first()
    if promise is None or not _is_still_true(promise, risk):
        return
    if not risk.slipped and not policy().tells_without_date:
        return
    expected_at = promise.expected_at if risk.slipped else None
    reason = _reason(promise)
    slip = promises.note_slip(
        actor=SYSTEM, promise_id=promise.pk, version=risk.version, expected_at=expected_at, reason=reason
    )
    if slip is None:
        return
    outgoing = _post(promise, risk.version, expected_at, reason)
    if outgoing.state == OutgoingMessage.State.REFUSED:
        outcome = {"refused": outgoing.reason}
        promises.record_told(
            actor=SYSTEM, promise_id=promise.pk, version=risk.version, outgoing_id=None, outcome=outcome
        )


def _is_still_true(promise: Promise, risk: PromiseAtRisk) -> bool:
    """To one customer, not decided, and still under the terms that the event speaks of."""
    undecided = promise.state in (Promise.State.OPEN, Promise.State.AT_RISK)
    undecided = undecided and promise.customer_id is not None and promise.due_at is not None
    return undecided and not promise.is_internal and promise.version_number == risk.version


def _reason(promise: Promise) -> str:
    """The code of the newest reason that evidence gave."""
    reasons = Evidence.objects.filter(promise=promise).exclude(reason="").order_by("-known_at", "-id")
    return reasons.values_list("reason", flat=True).first() or ""


def _post(promise: Promise, version: int, expected_at: datetime | None, reason: str) -> OutgoingMessage:
    letter = slip_letter(promise, expected_at, reason)
    message = NewMessage(
        customer_id=promise.customer_id,
        purpose=OutgoingMessage.Purpose.NOTICE,
        channel=route("email", promise.person.preferred_channel),
        language=promise.person.language,
        subject=letter.subject,
        text=letter.text,
        headers={"auto_submitted": "auto-generated"},
        once_key=f"slip:{promise.pk}:{version}",
        subject_type=ABOUT,
        subject_id=promise.pk,
        team_id=promise.team_id,
    )
    return outbox.post(actor=SYSTEM, message=message)


def is_notice(event: Event) -> bool:
    """Whether a message that left was a notice."""
    return bool(event.payload.get("purpose") == OutgoingMessage.Purpose.NOTICE)


def note_that_customer_was_told(event: Event) -> None:
    """The notice has left: now, not earlier, the promise's story says that the customer was told."""
    outgoing = OutgoingMessage.objects.get(pk=payload_of(event, OutgoingSent).outgoing_id)
    if (version := _version_told(outgoing)) is not None and outgoing.subject_id:
        promises.record_told(
            actor=SYSTEM, promise_id=outgoing.subject_id, version=version, outgoing_id=outgoing.pk
        )


def note_that_customer_was_not_told(event: Event) -> None:
    """The notice came back or was refused: the promise's story says so, and Today shows it until somebody acts."""
    failed = payload_of(event, OutgoingFailed)
    outgoing = OutgoingMessage.objects.get(pk=failed.outgoing_id)
    if (version := _version_told(outgoing)) is not None and outgoing.subject_id:
        promises.record_told(
            actor=SYSTEM,
            promise_id=outgoing.subject_id,
            version=version,
            outgoing_id=None,
            outcome={"failed": failed.reason},
        )


def _version_told(outgoing: OutgoingMessage) -> int | None:
    """Of which version of its promise this message tells; none when it is no notice of a slip."""
    prefix, _colon, version = (outgoing.once_key or "").rpartition(":")
    is_slip = outgoing.subject_type == ABOUT and prefix == f"slip:{outgoing.subject_id}"
    return int(version) if is_slip else None
