"""A customer's answers, given out or erased on request. Scores stay as figures, words go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mikomi.core import clock
from mikomi.feedback.models import Answer, Sheet


def erase(customer_ids: Sequence[int]) -> None:
    """Take the words out of these customers' answers."""
    rows = Answer.objects.filter(invitation__customer_id__in=customer_ids)
    rows.update(comment="", changed_at=clock.now())
    # Of a questionnaire only numbers remain, and they belong to nobody any more.
    Sheet.objects.filter(customer_id__in=customer_ids).update(customer=None, changed_at=clock.now())


def export(customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Every answer the customer gave."""
    rows = Answer.objects.filter(invitation__customer_id__in=customer_ids).order_by("answered_at", "id")
    sheets = Sheet.objects.filter(customer_id__in=customer_ids, answered_at__isnull=False)
    return [
        {"score": row.score, "comment": row.comment, "answered_at": row.answered_at.isoformat()}
        for row in rows
    ] + [
        {
            "questionnaire": row.questionnaire.kind,
            "answers": row.answers,
            "asked_at": row.asked_at.isoformat(),
        }
        for row in sheets.select_related("questionnaire").order_by("pk")
    ]
