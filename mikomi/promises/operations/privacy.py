"""A customer's words in the ledger, given out or erased on request; kinds, dates and verdicts stay as figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mikomi.core import clock
from mikomi.promises.models import Dispute, Evidence, Promise, PromiseVersion, Renegotiation, Subscription


def erase(customer_ids: Sequence[int]) -> None:
    """Take words out of the person's promises, and forget who wanted news of them. Page addresses stop working."""
    now = clock.now()
    theirs = Promise.objects.filter(customer_id__in=customer_ids)
    theirs.update(statement="", terms={}, updated_at=now)
    about = {"promise__customer_id__in": list(customer_ids)}
    PromiseVersion.objects.filter(**about).update(statement="", note="", terms={})
    Evidence.objects.filter(**about).update(note="")
    wordless: dict[str, Any] = {"words": "", "note": "", "answer": "", "statement": "", "terms": {}}
    Renegotiation.objects.filter(**about).update(**wordless, changed_at=now)
    Dispute.objects.filter(**about).update(said="", resolution="", reading=None, changed_at=now)
    Subscription.objects.filter(**about).delete()


def export(customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """What was promised to the person, and what became of it; response standards aside."""
    rows = Promise.objects.filter(customer_id__in=list(customer_ids), is_internal=False)
    columns = ("kind", "statement", "made_at", "first_due_at", "due_at", "state", "met_at")
    return [
        {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in row.items()}
        for row in rows.order_by("made_at", "id").values(*columns)
    ]
