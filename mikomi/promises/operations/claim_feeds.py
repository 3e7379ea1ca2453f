"""Claims about our own service measure themselves: how long promises of a kind took, from the ledger.

"Answers within 2 minutes" must count the answers that never came. So the cases are measured in the order in which they
began, up to the first whose outcome is not certain yet: for a claim about each case, one that is neither met nor older
than claimed; for an average, one that began less than a week ago. What has not happened by then is measured as the
time that it lasts already, a hundred times the claimed one at most. Cases that are imported later, from before, are
not looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import transaction

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM
from mikomi.core.business import queries as business_queries
from mikomi.promises.models import Claim, Promise
from mikomi.promises.operations.claims import checked, locked, measure
from mikomi.promises.records import NewMeasurement
from mikomi.promises.rules import claim_words
from mikomi.promises.rules import claims as rules
from mikomi.promises.rules.claims import Basis, ClaimTerms
from mikomi.promises.rules.deadlines import Time

TIMED_FEEDS = (Claim.Feed.ANSWER, Claim.Feed.CALLBACK, Claim.Feed.SHIPPING, Claim.Feed.DELIVERY)
PAST = timedelta(days=90)
"""How far before the claim was stated its first measurements began."""
_WAIT = timedelta(days=7)
_AT_ONCE = 1_000


def feed_claims() -> int:
    """Measure all claims that the ledger's own promises measure; how many measurements were taken."""
    found = Claim.objects.filter(feed__in=TIMED_FEEDS).exclude(promise__state=Promise.State.WITHDRAWN)
    return sum(_feed(key) for key in found.values_list("pk", flat=True))


@transaction.atomic
def _feed(claim_id: int) -> int:
    claim = locked(SYSTEM, claim_id)
    terms, now = checked(claim.promise.terms), clock.now()
    cases = list(_certain(_cases(claim), terms, now))
    if not cases:
        return 0
    claim.fed_until = cases[-1].made_at
    claim.save(update_fields=["fed_until"])
    return measure(
        actor=SYSTEM, claim_id=claim_id, measurements=[_measured(case, terms, now) for case in cases]
    ).taken


def _cases(claim: Claim) -> Iterable[Promise]:
    since = claim.fed_until or claim.promise.made_at - PAST
    rows = Promise.objects.filter(kind=claim.feed, made_at__gte=since, paused_since=None)
    rows = rows.exclude(state=Promise.State.WITHDRAWN)
    if group := claim.feed_group:
        rows = rows.filter(group_key=group) | rows.filter(group_key__startswith=f"{group}/")
    return rows.order_by("made_at", "pk")[:_AT_ONCE]


def _certain(cases: Iterable[Promise], terms: ClaimTerms, now: datetime) -> Iterator[Promise]:
    def is_certain(case: Promise) -> bool:
        if terms.basis is Basis.EACH:
            return case.met_at is not None or _taken(case, terms, now) > terms.target + terms.tolerance
        return now - case.made_at >= _WAIT

    return takewhile(is_certain, cases)


def _measured(case: Promise, terms: ClaimTerms, now: datetime) -> NewMeasurement:
    taken = _taken(case, terms, now)
    return NewMeasurement(
        value=min(taken, terms.ceiling or rules.ABSURD * terms.target),
        measured_at=case.met_at or now,
        once_key=f"promise:{case.pk}",
        source="desk",
    )


def _taken(case: Promise, terms: ClaimTerms, now: datetime) -> float:
    """How long it took, or lasts already, in the unit of the claim."""
    time = Time(calendar=business_queries.calendar() if case.in_working_time else None)
    seconds = claim_words.factor(terms.unit, "seconds") or 1.0
    return max(0.0, time.between(case.made_at, case.met_at or now).total_seconds() / seconds)
