"""Putting a message into the outbox, and the one way in which any message changes its state.

Every move is a conditional UPDATE whose row count is checked, so that two people, or a person and a worker,
never both win.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import business as the_business
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.customers import queries as customers
from mikomi.outbox import events, rules
from mikomi.outbox.letters import html_twin
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.queries import cap_use, quiet_hours
from mikomi.outbox.records import NewMessage
from mikomi.outbox.rules import ContactFacts, Decision

State = OutgoingMessage.State


@transaction.atomic
def post(*, actor: Actor, message: NewMessage) -> OutgoingMessage:
    """Put a message into the outbox and decide whether and when it may leave.

    The same `once_key` returns the row that is there. A refused message is kept, with its reason.
    """
    actor.require(
        Permission.SEGMENTS_EDIT if message.purpose == rules.MARKETING else Permission.CONVERSATIONS_ANSWER
    )
    if message.once_key and (known := OutgoingMessage.objects.filter(once_key=message.once_key).first()):
        return known
    now = clock.now()
    facts, address = contact_facts(message.customer_id, message.purpose, message.channel, message.to_address)
    decision = _decide(message, facts, now, by_person=actor.user_id is not None)
    row = _row(message, address, decision, now, actor)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return OutgoingMessage.objects.get(once_key=message.once_key)
    _tell(row)
    return row


def contact_facts(
    customer_id: int | None, purpose: str, channel: str, to_address: str
) -> tuple[ContactFacts, str]:
    """What stands for or against contact, and the address to use."""
    if purpose == rules.STAFF or customer_id is None:
        return ContactFacts(allowed=True, deliverable=bool(to_address), reason="no_address"), to_address
    contact = customers.may_contact(
        customer_id=customer_id, channel=channel, purpose=rules.CONSENT_FOR[purpose]
    )
    deliverable = contact.reason not in customers.UNREACHABLE
    return ContactFacts(contact.allowed, deliverable, contact.reason), to_address or contact.address


def _decide(message: NewMessage, facts: ContactFacts, now: datetime, *, by_person: bool) -> Decision:
    business = the_business()
    unasked = message.purpose in rules.UNASKED
    hold = (
        message.purpose == rules.NOTICE and business.holds_notices if message.hold is None else message.hold
    )
    return rules.decide(
        purpose=message.purpose,
        contact=facts,
        quiet=quiet_hours(business),
        cap=cap_use(customer_id=message.customer_id, now=now) if unasked else rules.CapUse(0, 1),
        hold=hold or bool(message.gaps),
        wanted_at=max(message.not_before or now, now),
        repeats=rules.may_repeat(
            purpose=message.purpose, by_person=by_person, restored_at=business.restored_at, now=now
        ),
    )


def _row(
    message: NewMessage, address: str, decision: Decision, now: datetime, actor: Actor
) -> OutgoingMessage:
    return OutgoingMessage(
        customer_id=message.customer_id,
        purpose=message.purpose,
        channel=message.channel,
        sender_key=message.sender_key,
        to_address=address,
        to_name=message.to_name[:300],
        language=message.language,
        subject=message.subject[:500],
        text=message.text,
        html=message.html or html_twin(message.text, message.language),
        headers=message.headers,
        file_ids=list(message.file_ids),
        once_key=message.once_key,
        subject_type=message.subject_type,
        subject_id=message.subject_id,
        state=decision.state,
        reason=decision.reason,
        created_at=now,
        not_before=decision.not_before,
        actor_id=actor.user_id,
        team_id=message.team_id,
        gaps=list(message.gaps),
    )


def _tell(row: OutgoingMessage) -> None:
    """Record the event of the state that the message has come to, if that state has one."""
    facts: dict[str, Any] = {"outgoing_id": row.pk, "purpose": row.purpose, "channel": row.channel}
    if row.state == State.HELD:
        record(events.OutgoingHeld(**facts), customer_id=row.customer_id)
    elif row.state == State.REFUSED:
        record(events.OutgoingRefused(**facts, reason=Code(row.reason)), customer_id=row.customer_id)
    elif row.state == State.SENT:
        record(events.OutgoingSent(**facts), customer_id=row.customer_id)
    elif row.state == State.FAILED:
        record(events.OutgoingFailed(**facts, reason=Code(row.reason)), customer_id=row.customer_id)
    elif row.state == State.UNCERTAIN:
        record(events.OutgoingUncertain(**facts), customer_id=row.customer_id)


def move(outgoing_id: int, *, come_from: tuple[str, ...], to: str, **values: Any) -> OutgoingMessage | None:
    """Move a message from one of the states to another and record it; none when it was in no such state.

    Inside a transaction of the caller. `values`: other columns; conditions end in `__is`.
    """
    forbidden = [state for state in come_from if to not in rules.MOVES[state]]
    if forbidden:
        raise ValueError(f"No message goes from {forbidden[0]} to {to}.")
    conditions = {key[:-4]: values.pop(key) for key in list(values) if key.endswith("__is")}
    rows = OutgoingMessage.objects.filter(pk=outgoing_id, state__in=come_from, **conditions)
    if rows.update(state=to, changed_at=clock.now(), **values) != 1:
        return None
    row = OutgoingMessage.objects.get(pk=outgoing_id)
    _tell(row)
    return row


def change_subject(*, outgoing_ids: Sequence[int], subject_type: str, subject_id: int) -> int:
    """These messages are about something else now (their conversation was split or joined). How many.

    Inside a transaction of the caller.
    """
    rows = OutgoingMessage.objects.filter(pk__in=list(outgoing_ids), subject_type=subject_type)
    return rows.update(subject_id=subject_id, changed_at=clock.now())
