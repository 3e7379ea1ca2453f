"""Measured claims with their verdicts, and what they were measured by."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from mikomi.core.access.actor import Actor
from mikomi.core.paging import Page, keyset
from mikomi.promises import claim_wording, judging
from mikomi.promises.models import Claim, Dispute, Measurement, Promise
from mikomi.promises.queries.visible import visible
from mikomi.promises.rules.claims import ClaimTerms
from mikomi.promises.subjects import SubjectView, views

CHARTED = 400
"""So many of the newest measurements are drawn."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim in a list: what is claimed exactly and the verdict, in words."""

    claim: Claim
    subject: SubjectView | None
    claimed: str
    sentence: str

    @property
    def is_false_in_public(self) -> bool:
        """Published, and shown not to hold."""
        return self.claim.promise.published_at is not None and self.claim.outcome == Claim.Outcome.BROKEN


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim with its newest measurements (oldest first); `disputes`: the newest about each, by measurement;
    `disputed`: how many are open; `stopped_by`: why it can't be published, in words; empty: it can."""

    row: ClaimRow
    terms: ClaimTerms
    measurements: list[Measurement]
    total: int
    disputes: dict[int, Dispute]
    disputed: int
    stopped_by: str


def claims(*, actor: Actor, outcome: str = "", cursor: str | None = None, size: int = 50) -> Page[ClaimRow]:
    """The claims that are not withdrawn, those with the newest verdict first; two queries and one for the products."""
    rows = _visible(actor).exclude(promise__state=Promise.State.WITHDRAWN)
    page = keyset(rows.filter(outcome=outcome) if outcome else rows, ("-pk",), cursor, size)
    return page.with_items(_rows(page.items))


def outcome_counts(*, actor: Actor) -> dict[str, int]:
    """How many claims stand how."""
    rows = _visible(actor).exclude(promise__state=Promise.State.WITHDRAWN).order_by()
    return dict(rows.values_list("outcome").annotate(count=Count("pk")))


def claim(*, actor: Actor, claim_id: int) -> ClaimView:
    """One claim. Raises Claim.DoesNotExist where the actor may not see it."""
    found = _visible(actor).get(pk=claim_id)
    newest = found.measurements.order_by("-measured_at", "-id")[:CHARTED]
    disputes = found.promise.disputes.order_by("pk")
    code = judging.stops(found)
    return ClaimView(
        row=_rows([found])[0],
        terms=judging.terms_of(found.promise.terms),
        measurements=list(reversed(newest)),
        total=found.measurements.count(),
        disputes={one.measurement_id: one for one in disputes if one.measurement_id is not None},
        disputed=sum(one.state == Dispute.State.OPEN for one in disputes),
        stopped_by=claim_wording.stopped(code) if code else "",
    )


def measurements(
    *, actor: Actor, claim_id: int, cursor: str | None = None, size: int = 50
) -> Page[Measurement]:
    """The measurements of a claim, the newest first. Raises Claim.DoesNotExist."""
    found = _visible(actor).get(pk=claim_id)
    return keyset(found.measurements.all(), ("-measured_at", "-id"), cursor, size)


def _visible(actor: Actor) -> QuerySet[Claim]:
    return Claim.objects.filter(promise__in=visible(actor)).select_related("promise")


def _rows(found: list[Claim]) -> list[ClaimRow]:
    subjects = views([one.promise for one in found])
    return [_row(one, subjects.get((one.promise.subject_type, one.promise.subject_id or 0))) for one in found]


def _row(found: Claim, subject: SubjectView | None) -> ClaimRow:
    terms = judging.terms_of(found.promise.terms)
    sentence = claim_wording.sentence(terms, judging.verdict_of(found))
    return ClaimRow(found, subject, claim_wording.claimed(terms), sentence)
