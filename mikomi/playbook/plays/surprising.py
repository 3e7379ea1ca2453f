"""Plays about small surprises."""

from __future__ import annotations

from mikomi.core.events.models import Event
from mikomi.feedback.operations import carrying
from mikomi.outbox.events import OutgoingSent
from mikomi.outbox.models import OutgoingMessage
from mikomi.playbook.play import payload_of


def is_news(event: Event) -> bool:
    """Whether a message that left was news: only such a one can be a surprise."""
    return bool(event.payload["purpose"] == OutgoingMessage.Purpose.MARKETING)


def carry_out_surprise(event: Event) -> None:
    """The message that a surprise is has left."""
    carrying.message_left(outgoing_id=payload_of(event, OutgoingSent).outgoing_id)
