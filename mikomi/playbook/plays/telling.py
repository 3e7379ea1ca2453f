"""Plays that keep the customer informed of what we promised."""

from __future__ import annotations

from datetime import timedelta

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
from mikomi.promises import queries as ledger
from mikomi.promises.events import NoticeDue, PromiseAtRisk
from mikomi.promises.models import Evidence, NoticePolicy, Promise, Slip

ABOUT = "promise"
Tells, Approval = NoticePolicy.Tells, NoticePolicy.Approval


def tell_customer_of_slip(event: Event) -> None:
    """Tell the customer of a slip before they find out: once for each version of the promise.

    A notice needs a later date that evidence names. A chance that merely rises is for the staff (Today shows it):
    "perhaps later, we don't know when" helps nobody, unless the business wants it said for this kind of promise.
    What slips soon after goes into the same message, if the business gathers them.
    """
    risk = payload_of(event, PromiseAtRisk)
    promise = Promise.objects.filter(pk=risk.promise_id).first()
    if promise is None or not _is_still_true(promise, risk):
        return
    policy = ledger.notice_policy(promise.kind)
    if policy.tells == Tells.NEVER or (not risk.slipped and policy.tells != Tells.ALWAYS):
        return
    slip = promises.note_slip(
        actor=SYSTEM,
        promise_id=promise.pk,
        version=risk.version,
        expected_at=promise.expected_at if risk.slipped else None,
        reason=_reason(promise),
        gather=timedelta(minutes=policy.gather_minutes),
    )
    if slip is not None and not policy.gather_minutes:
        _tell(promise)


def tell_customer_of_gathered_slips(event: Event) -> None:
    """The time of gathering is over: one message for everything that slipped."""
    promise = Promise.objects.filter(pk=payload_of(event, NoticeDue).promise_id).first()
    if promise is not None:
        _tell(promise)


def _is_still_true(promise: Promise, risk: PromiseAtRisk) -> bool:
    """To one customer, not decided, and still under the terms that the event speaks of."""
    undecided = promise.state in (Promise.State.OPEN, Promise.State.AT_RISK)
    undecided = undecided and promise.customer_id is not None and promise.due_at is not None
    return undecided and not promise.is_internal and promise.version_number == risk.version


def _reason(promise: Promise) -> str:
    """The code of the newest reason that evidence gave."""
    reasons = Evidence.objects.filter(promise=promise).exclude(reason="").order_by("-known_at", "-id")
    return reasons.values_list("reason", flat=True).first() or ""


def _tell(promise: Promise) -> None:
    """One message of all slips that this promise's customer was not told of yet."""
    if promise.customer_id is None:
        return
    slips = promises.untold(actor=SYSTEM, customer_id=promise.customer_id, team_id=promise.team_id)
    if not slips:
        return
    outgoing = outbox.post(actor=SYSTEM, message=_message(slips))
    promises.post_notice(actor=SYSTEM, slips=slips, outgoing_id=outgoing.pk)
    if outgoing.state == OutgoingMessage.State.REFUSED:
        promises.record_told(actor=SYSTEM, outgoing_id=outgoing.pk, outcome={"refused": outgoing.reason})


def _message(slips: list[Slip]) -> NewMessage:
    first = slips[0].promise
    letter = slip_letter(slips)
    approvals = {ledger.notice_policy(slip.promise.kind).approval for slip in slips}
    free = False if approvals == {Approval.FREE} else None  # none: as the business does for all notices
    return NewMessage(
        customer_id=first.person.pk,
        purpose=OutgoingMessage.Purpose.NOTICE,
        channel=route("email", first.person.preferred_channel),
        language=first.person.language,
        subject=letter.subject,
        text=letter.text,
        headers={"auto_submitted": "auto-generated"},
        once_key=f"slip:{first.pk}:{slips[0].version_number}",
        subject_type=ABOUT,
        subject_id=first.pk,
        team_id=first.team_id,
        hold=True if Approval.HELD in approvals else free,
        gaps=letter.gaps,
    )


def is_notice(event: Event) -> bool:
    """Whether a message that left was a notice."""
    return bool(event.payload.get("purpose") == OutgoingMessage.Purpose.NOTICE)


def note_that_customer_was_told(event: Event) -> None:
    """The notice has left: now, not earlier, the promise's story says that the customer was told."""
    promises.record_told(actor=SYSTEM, outgoing_id=payload_of(event, OutgoingSent).outgoing_id)


def note_that_customer_was_not_told(event: Event) -> None:
    """The notice came back or was refused: the promise's story says so, and Today shows it until somebody acts."""
    failed = payload_of(event, OutgoingFailed)
    promises.record_told(actor=SYSTEM, outgoing_id=failed.outgoing_id, outcome={"failed": failed.reason})
