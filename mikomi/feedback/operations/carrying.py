"""Carrying a small surprise out, and seeing what came of it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record, record_many
from mikomi.core.live.operations import publish
from mikomi.feedback import events
from mikomi.feedback.models import Surprise
from mikomi.feedback.operations.surprises import SurpriseError, locked
from mikomi.feedback.queries.surprises import BY_MESSAGE, WITHIN, returned
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage

SUBJECT = "surprise"
_MEASURED_AT_ONCE = 2_000
_GONE = (OutgoingMessage.State.REFUSED, OutgoingMessage.State.CANCELLED, OutgoingMessage.State.FAILED)


@transaction.atomic
def draft_message(*, actor: Actor, surprise_id: int, subject: str, text: str) -> OutgoingMessage:
    """Put the message that a surprise is into the outbox, where a person releases it; when it leaves, the surprise is
    carried out. A draft that waits already is returned as it is.

    It is news, not service: the customer must have agreed to news, and the weekly cap holds. Raises SurpriseError (not
    approved, not a kind that is a message, the customer may not be written to), Surprise.DoesNotExist, NotAllowedError.
    """
    row = _to_do(actor, surprise_id)
    if row.kind not in BY_MESSAGE:
        raise SurpriseError(_("This surprise is carried out by hand, not by a message."))
    if row.outgoing is not None and row.outgoing.state not in _GONE:
        return row.outgoing
    if not text.strip():
        raise SurpriseError(_("A message needs words."))
    message = NewMessage(
        customer_id=row.customer_id,
        purpose=OutgoingMessage.Purpose.MARKETING,
        language=row.customer.language,
        subject=subject.strip()[:500],
        text=text,
        subject_type=SUBJECT,
        subject_id=row.pk,
        hold=True,
    )
    # The right was checked above: who carries surprises out need not be one who writes news to segments.
    row.outgoing = outbox.post(actor=SYSTEM, message=message)
    if row.outgoing.state == OutgoingMessage.State.REFUSED:
        raise SurpriseError(
            _(
                "This customer has not agreed to news, had enough of it this week, or has no address that works."
            )
        )
    row.save()
    publish(["today"])
    return row.outgoing


@transaction.atomic
def carry_out(*, actor: Actor, surprise_id: int) -> Surprise:
    """Say that a surprise was carried out. Raises SurpriseError where it was not approved, or where its message still
    waits, Surprise.DoesNotExist, NotAllowedError."""
    row = _to_do(actor, surprise_id)
    if row.outgoing is not None and row.outgoing.state not in (*_GONE, OutgoingMessage.State.SENT):
        raise SurpriseError(_("Its message still waits in the outbox: release it, or cancel it there."))
    return _done(row, actor, by_message=False)


def _to_do(actor: Actor, surprise_id: int) -> Surprise:
    row = locked(actor, surprise_id)
    if row.state != Surprise.State.APPROVED:
        raise SurpriseError(_("Only a surprise that was approved is carried out, and only once."))
    return row


@transaction.atomic
def message_left(*, outgoing_id: int) -> None:
    """The message that a surprise is has left: it is carried out."""
    rows = Surprise.objects.select_for_update().filter(state=Surprise.State.APPROVED)
    row = rows.filter(outgoing_id=outgoing_id).first()
    if row is not None:
        _done(row, SYSTEM, by_message=True)


def _done(row: Surprise, actor: Actor, *, by_message: bool) -> Surprise:
    row.state, row.done_at, row.done_by_id = Surprise.State.DONE, clock.now(), actor.user_id
    row.save()
    payload = events.SurpriseDone(row.pk, Code(row.kind), by_message)
    record(payload, customer_id=row.customer_id, actor_id=actor.user_id)
    publish(["today"])
    return row


@transaction.atomic
def measure() -> int:
    """The daily look at those whose time is over: who bought again? How many were looked at.

    Of everybody chosen, whatever was decided, for the comparison; only who got one has it on the timeline.
    """
    now = clock.now()
    ripe = Surprise.objects.filter(measured_at=None, proposed_at__lte=now - WITHIN)
    rows = list(ripe.annotate(again=returned()).order_by("pk")[:_MEASURED_AT_ONCE])
    for row in rows:
        row.measured_at, row.came_back, row.changed_at = now, row.again, now
    bulk.update(rows, ("measured_at", "came_back", "changed_at"))
    record_many(
        [
            Happening(
                events.SurpriseMeasured(row.pk, Code(row.kind), bool(row.came_back)),
                row.customer_id,
                row.proposed_at + WITHIN,
            )
            for row in rows
            if row.state == Surprise.State.DONE
        ]
    )
    return len(rows)
