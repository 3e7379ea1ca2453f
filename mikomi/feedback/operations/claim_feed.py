"""Answers to the satisfaction question as measurements of claims such as "98 % are satisfied"."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM
from mikomi.feedback import rules
from mikomi.feedback.models import Answer
from mikomi.promises import operations as ledger
from mikomi.promises.models import Claim, Promise
from mikomi.promises.rules.claims import Basis

SETTLED = timedelta(days=1)
"""An answer counts a day after it was given: until then people click again."""
PAST = timedelta(days=365)
_AT_ONCE = 1_000


def feed_claims() -> int:
    """Measure the claims that satisfaction measures; how many measurements were taken."""
    found = Claim.objects.filter(feed=Claim.Feed.CSAT).exclude(promise__state=Promise.State.WITHDRAWN)
    return sum(_feed(key) for key in found.values_list("pk", flat=True))


@transaction.atomic
def _feed(claim_id: int) -> int:
    claim = Claim.objects.select_for_update(of=("self",)).select_related("promise").get(pk=claim_id)
    since = claim.fed_until or claim.promise.made_at - PAST
    rows = Answer.objects.filter(answered_at__gte=since, answered_at__lte=clock.now() - SETTLED)
    answers = list(rows.order_by("answered_at", "pk")[:_AT_ONCE])
    if not answers:
        return 0
    claim.fed_until = answers[-1].answered_at
    claim.save(update_fields=["fed_until"])
    yes_no = claim.promise.terms.get("basis") == Basis.YES_NO
    measured = [
        ledger.NewMeasurement(
            value=float(row.score >= rules.SATISFIED_FROM) if yes_no else float(row.score),
            measured_at=row.answered_at,
            once_key=f"answer:{row.pk}",
            source="survey",
        )
        for row in answers
    ]
    return ledger.measure(actor=SYSTEM, claim_id=claim_id, measurements=measured).taken
