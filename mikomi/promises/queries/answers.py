"""What customers said to promises and waits for a person; what the business has decided about its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from mikomi.core.access.actor import Actor
from mikomi.core.kept import kept
from mikomi.core.literals import literals
from mikomi.core.steady import read_steadily
from mikomi.promises.models import Dispute, LedgerPolicy, Promise, Renegotiation
from mikomi.promises.queries.visible import seen_through


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
    found = [
        ("dispute", row.pk, row.promise_id, row.said, row.raised_at)
        for row in _open_disputes(actor=actor, limit=limit)
    ]
    found += [
        (row.state, row.pk, row.promise_id, row.answer, row.answered_at or row.asked_at)
        for row in _answers_to_handle(actor=actor, limit=limit)
    ]
    found = sorted(found, key=lambda one: one[-1])[:limit]
    about = Promise.objects.select_related("segment").in_bulk({one[2] for one in found})
    return [Said(kind, pk, about[promise_id], words, at) for kind, pk, promise_id, words, at in found]


@kept()
def _open_disputes(*, actor: Actor, limit: int) -> QuerySet[Dispute]:
    rows = Dispute.objects.filter(seen_through(actor, "promise__"), state=Dispute.State.OPEN)
    return rows.only("promise_id", "said", "raised_at").order_by("raised_at", "id")[:limit]


@kept()
def _answers_to_handle(*, actor: Actor, limit: int) -> QuerySet[Renegotiation]:
    waiting = literals(Renegotiation.State.QUESTION, Renegotiation.State.DECLINED)
    seen = seen_through(actor, "promise__")
    rows = Renegotiation.objects.filter(seen, state__in=waiting, handled_at=None)
    columns = ("promise_id", "state", "answer", "answered_at", "asked_at")
    return rows.only(*columns).order_by("answered_at", "id")[:limit]
