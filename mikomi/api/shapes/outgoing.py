"""Messages on their way out, as the API gives and takes them."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import In, Line, Paging, Utc, Words
from mikomi.outbox.models import OutgoingMessage


class OutgoingFilter(Paging):
    """Which messages; without a state: all that wait for a person."""

    state: Annotated[str, Field(pattern="^(held|uncertain|failed)?$")] = ""


class SentIn(In):
    """Whether a message that perhaps left did leave."""

    was_sent: bool


class HeldIn(In):
    """The words of a held message."""

    subject: Line
    text: Annotated[Words, Field(min_length=1)]


class OutgoingOut(Schema):
    """A message on its way out."""

    id: int
    state: str
    reason: str
    error: str
    purpose: str
    channel: str
    customer_id: int | None
    to_address: str
    to_name: str
    language: str
    subject: str
    text: str
    subject_type: str
    subject_id: int | None
    attempts: int
    created_at: Utc
    not_before: Utc
    sent_at: Utc | None

    @classmethod
    def of(cls, row: OutgoingMessage) -> OutgoingOut:
        """From the row."""
        return cls(
            id=row.pk,
            state=row.state,
            reason=row.reason,
            error=row.error,
            purpose=row.purpose,
            channel=row.channel,
            customer_id=row.customer_id,
            to_address=row.to_address,
            to_name=row.to_name,
            language=row.language,
            subject=row.subject,
            text=row.text,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            attempts=row.attempts,
            created_at=row.created_at,
            not_before=row.not_before,
            sent_at=row.sent_at,
        )
