"""What customers answered, and the figure of it."""

from __future__ import annotations

from ninja import Schema

from mikomi.api.shapes.common import PersonRef, Share, Utc
from mikomi.customers.queries import Display
from mikomi.feedback.models import Answer
from mikomi.feedback.queries import Csat


class AnswerOut(Schema):
    """A customer's answer to the question about satisfaction, 1…5."""

    id: int
    customer: PersonRef
    conversation_id: int | None
    recovery_id: int | None
    score: int
    comment: str
    is_poor: bool
    answered_at: Utc
    handled_at: Utc | None

    @classmethod
    def of(cls, row: Answer, names: dict[int, Display]) -> AnswerOut:
        """From the row and the customer's name."""
        asked = row.invitation
        return cls(
            id=row.pk,
            customer=PersonRef(id=asked.customer_id, name=names[asked.customer_id].name),
            conversation_id=asked.conversation.pk if asked.conversation else None,
            recovery_id=asked.recovery_id,
            score=row.score,
            comment=row.comment,
            is_poor=row.is_poor,
            answered_at=row.answered_at,
            handled_at=row.handled_at,
        )


class CsatOut(Share):
    """The share of satisfied answers (4 or 5 of 5)."""

    satisfied: int
    answered: int
    asked: int

    @classmethod
    def of(cls, figure: Csat) -> CsatOut:
        """From the figure."""
        return cls(
            satisfied=figure.satisfied,
            answered=figure.answered,
            asked=figure.asked,
            share=figure.share,
            low=figure.low,
            high=figure.high,
        )
