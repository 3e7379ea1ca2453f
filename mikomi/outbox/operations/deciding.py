"""What people decide about a message: release, edit, cancel, try again, was it sent?"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import business as the_business
from mikomi.outbox import rules
from mikomi.outbox.letters import html_twin
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.operations.posting import contact_facts, move
from mikomi.outbox.queries import outgoing, quiet_hours

State = OutgoingMessage.State


class OutboxError(ValueError):
    """The message can't do this any more (already sent, cancelled…); the text says so."""


def _moved(row: OutgoingMessage | None) -> OutgoingMessage:
    if row is None:
        raise OutboxError(_("This message is no longer in a state in which this can be done."))
    return row


@transaction.atomic
def release(*, actor: Actor, outgoing_id: int) -> OutgoingMessage:
    """Let a held message go, if its recipient may still be contacted; quiet hours still delay it. Raises `OutboxError`
    while the text has gaps."""
    row = _held(actor, outgoing_id)
    if open_gaps := [gap for gap in row.gaps if gap in f"{row.subject}\n{row.text}"]:
        sentence = _("Something in the message can't be said yet: %(gaps)s. Write it in by hand first.")
        raise OutboxError(sentence % {"gaps": ", ".join(open_gaps)})
    now = clock.now()
    facts, _address = contact_facts(row.customer_id, row.purpose, row.channel, row.to_address)
    decision = rules.decide(
        purpose=row.purpose,
        contact=facts,
        quiet=quiet_hours(the_business()),
        cap=rules.CapUse(0, 1),  # it was counted when it was posted
        hold=False,
        wanted_at=max(row.not_before, now),
    )
    values = {"reason": decision.reason, "not_before": decision.not_before}
    return _moved(move(row.pk, come_from=(State.HELD,), to=decision.state, **values))


@transaction.atomic
def edit_held(*, actor: Actor, outgoing_id: int, subject: str, text: str) -> OutgoingMessage:
    """Change the words of a held message before it is released."""
    row = _held(actor, outgoing_id)
    if not text.strip():
        raise OutboxError(_("A message needs words."))
    changed = OutgoingMessage.objects.filter(pk=row.pk, state=State.HELD).update(
        subject=subject[:500],
        text=text,
        html=html_twin(text, row.language),
        changed_at=clock.now(),
    )
    return _moved(OutgoingMessage.objects.get(pk=row.pk) if changed else None)


def _held(actor: Actor, outgoing_id: int) -> OutgoingMessage:
    row = outgoing(actor=actor, outgoing_id=outgoing_id)
    _may_decide(actor, row)
    if row.state != State.HELD:
        raise OutboxError(_("This message is not held."))
    return row


def _may_decide(actor: Actor, row: OutgoingMessage) -> None:
    """Notices are released by who may release them; other messages by who may answer."""
    notice = row.purpose == OutgoingMessage.Purpose.NOTICE
    actor.require(Permission.PROMISES_RELEASE if notice else Permission.CONVERSATIONS_ANSWER)


@transaction.atomic
def cancel(*, actor: Actor, outgoing_id: int) -> OutgoingMessage:
    """Take back a message that has not begun to leave, or give up one that failed."""
    row = outgoing(actor=actor, outgoing_id=outgoing_id)
    _may_decide(actor, row)
    before = (State.HELD, State.WAITING, State.FAILED)
    return _moved(move(row.pk, come_from=before, to=State.CANCELLED, reason="by_person"))


@transaction.atomic
def retry(*, actor: Actor, outgoing_id: int) -> OutgoingMessage:
    """Try a failed message again, now."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    outgoing(actor=actor, outgoing_id=outgoing_id)
    return _moved(move(outgoing_id, come_from=(State.FAILED,), to=State.WAITING, **_afresh()))


@transaction.atomic
def decide_uncertain(*, actor: Actor, outgoing_id: int, was_sent: bool) -> OutgoingMessage:
    """A person says whether a message that perhaps left did leave; if not, it is sent again, a scheduled one at its
    time."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    row = outgoing(actor=actor, outgoing_id=outgoing_id)
    if was_sent:
        values = {"sent_at": clock.now(), "reason": "by_person"}
        return _moved(move(outgoing_id, come_from=(State.UNCERTAIN,), to=State.SENT, **values))
    afresh = _afresh() | {"not_before": max(clock.now(), row.not_before)}
    return _moved(move(outgoing_id, come_from=(State.UNCERTAIN,), to=State.WAITING, **afresh))


def _afresh() -> dict[str, Any]:
    return {
        "not_before": clock.now(),
        "attempts": 0,
        "attempt_began": False,
        "claimed_by": "",
        "reason": "",
        "error": "",
    }
