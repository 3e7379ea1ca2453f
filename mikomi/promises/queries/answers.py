"""What customers said to promises and waits for a person; what the business has decided about its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mikomi.core.access.actor import Actor
from mikomi.core.steady import read_steadily
from mikomi.promises.models import Dispute, LedgerPolicy, Promise, Renegotiation
from mikomi.promises.queries.visible import visible


@dataclass(frozen=True, slots=True)
class Said:
    """Something a customer said that waits for a person: `kind` is dispute, declined or question."""

    kind: str
    id: int
    promise: Promise
    words: str
    at: datetime


@read_steadily
def policy() -> LedgerPolicy:
    """What the business decided about its promises; an unsaved row with the defaults where it decided nothing."""
    return LedgerPolicy.objects.order_by("id").first() or LedgerPolicy()


def expectation_classes() -> list[str]:
    """The expectation classes that apply here: all ten until the business has chosen."""
    return list(policy().classes) or list(Promise.ExpectationClass.values)


def said_by_customers(*, actor: Actor, limit: int = 50) -> list[Said]:
    """Disputes to decide, and a no or a question to take care of: the longest waiting first."""
    seen = visible(actor).values("pk")
    disputes = Dispute.objects.filter(state=Dispute.State.OPEN, promise__in=seen)
    answers = Renegotiation.objects.filter(
        state__in=(Renegotiation.State.DECLINED, Renegotiation.State.QUESTION),
        handled_at=None,
        promise__in=seen,
    )
    joined = ("promise", "promise__customer", "promise__segment")
    found = [
        Said("dispute", row.pk, row.promise, row.said, row.raised_at)
        for row in disputes.select_related(*joined).order_by("raised_at", "id")[:limit]
    ]
    found += [
        Said(row.state, row.pk, row.promise, row.answer, row.answered_at or row.asked_at)
        for row in answers.select_related(*joined).order_by("answered_at", "id")[:limit]
    ]
    return sorted(found, key=lambda one: one.at)[:limit]
