"""Measured claims: stating one, measuring it, disputing a measurement, publishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.rows import build
from mikomi.core.text import clean_single_line
from mikomi.promises import claim_wording, judging
from mikomi.promises.models import Claim, Evidence, Measurement, Promise
from mikomi.promises.operations.making import PromiseError, make
from mikomi.promises.operations.observing import observe
from mikomi.promises.operations.terms import change_terms
from mikomi.promises.records import NewClaim, NewMeasurement, NewPromise, Observation
from mikomi.promises.rules import claim_words, kinds
from mikomi.promises.rules import claims as rules

PRODUCT = "product"
_EARLY = timedelta(minutes=10)
"""Clocks of instruments are allowed to be so much ahead of ours."""
_POSTED = {
    rules.Outcome.KEPT: Evidence.Kind.HELD,
    rules.Outcome.EXCEEDED: Evidence.Kind.SURPASSED,
    rules.Outcome.BROKEN: Evidence.Kind.FAILED,
    rules.Outcome.UNDECIDED: Evidence.Kind.UNDECIDED,
}


class ClaimRefusedError(PromiseError):
    """Terms that nothing can be judged by, or a claim that can't be published: `code`, and the reason in words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Refused:
    """A measurement that was not taken: its place in what was handed in (from 0), a code, a sentence and what stands
    in it."""

    place: int
    code: str
    words: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SortedOut:
    """Measurements before they are taken: the rows of the new ones, the places of those known, those refused."""

    fresh: list[Measurement]
    known: set[int]
    refused: list[Refused]


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of measurements: how many were taken, how many were known before, which were refused."""

    taken: int
    known: int
    refused: list[Refused]


@transaction.atomic
def state_claim(*, actor: Actor, claim: NewClaim) -> Claim:
    """State a claim, so that it can be measured; it is not published by that.

    Raises ClaimRefusedError (without a unit, "about" without a tolerance…), PromiseError, NotAllowedError.
    """
    actor.require(Permission.PROMISES_RECORD)
    if claim.kind not in kinds.CLAIMS - {"norm"}:
        raise PromiseError(_("There is no promise of the kind “%(kind)s”.") % {"kind": claim.kind})
    terms = _terms(claim)
    checked(terms)
    _refuse_feed(claim)
    promise = make(actor=actor, promise=_promise(claim, terms, actor))
    return Claim.objects.create(
        promise=promise, feed=claim.feed, feed_group=claim.feed_group, changed_at=clock.now()
    )


def checked(terms: Mapping[str, Any]) -> rules.ClaimTerms:
    """The terms, if something can be judged by them. Raises ClaimRefusedError."""
    try:
        return judging.terms_of(terms)
    except rules.ClaimError as error:
        raise ClaimRefusedError(error.code, claim_wording.problem(error.code, error.params)) from error


def _terms(claim: NewClaim) -> dict[str, Any]:
    yes_no = claim.basis == rules.Basis.YES_NO
    terms: dict[str, Any] = {
        "attribute": claim.attribute.strip(),
        "value": claim.value,
        "unit": "%" if yes_no else claim_words.known_unit(claim.unit),
        "tolerance": claim.tolerance,
        "direction": claim.direction,
        "basis": claim.basis,
        "share": claim.share,
    }
    return terms if claim.ceiling is None else {**terms, "ceiling": claim.ceiling}


def _refuse_feed(claim: NewClaim) -> None:
    """What measures by itself must give what the claim is about."""
    if not claim.feed:
        return
    is_time = claim_words.factor("seconds", claim.unit) is not None and bool(claim.unit)
    fits = claim.basis != rules.Basis.AVERAGE if claim.feed == Claim.Feed.CSAT else is_time
    if claim.feed not in Claim.Feed.values or not fits:
        words = _("This claim can't be measured by “%(feed)s”: it gives another kind of value.")
        label = dict(Claim.Feed.choices).get(claim.feed, claim.feed)
        raise ClaimRefusedError("wrong_feed", words % {"feed": label})


def _promise(claim: NewClaim, terms: dict[str, Any], actor: Actor) -> NewPromise:
    return NewPromise(
        kind=claim.kind,
        customer_id=None,
        due_at=None,
        source=claim.source,
        statement=claim.statement.strip(),
        expectation=claim.expectation,
        subject_type=PRODUCT if claim.product_id else "",
        subject_id=claim.product_id,
        keeper_id=actor.user_id,
        audience=claim.audience,
        segment_id=claim.segment_id,
        origin=claim.origin,
        published_in=claim.published_in,
        valid_until=claim.valid_until,
        terms=terms,
    )


@transaction.atomic
def change_claim(*, actor: Actor, claim_id: int, changes: Mapping[str, Any], reason: str = "") -> Claim:
    """Claim something else from now on (value, tolerance, direction, share, ceiling): a new version, judged anew.

    What is measured, and in which unit, stays; for that there is a new claim. Raises ClaimRefusedError,
    PromiseDecidedError, Claim.DoesNotExist.
    """
    actor.require(Permission.PROMISES_RECORD)
    claim = locked(actor, claim_id)
    allowed = {"value", "tolerance", "direction", "share", "ceiling"}
    if unknown := changes.keys() - allowed:
        words = _("%(names)s can't be changed; state a new claim.") % {"names": ", ".join(sorted(unknown))}
        raise ClaimRefusedError("other_claim", words)
    merged = {**claim.promise.terms, **changes}
    terms = {name: value for name, value in merged.items() if value is not None}
    checked(terms)
    claim.promise = change_terms(actor=actor, promise_id=claim_id, due_at=None, reason=reason, terms=terms)
    return judge(actor=actor, claim=claim)


@transaction.atomic
def measure(*, actor: Actor, claim_id: int, measurements: Sequence[NewMeasurement]) -> Measured:
    """Take measurements of a claim and judge it anew. What is known already is not taken twice; what can't be used
    is refused one by one, with the reason. Raises Claim.DoesNotExist, NotAllowedError.
    """
    actor.require(Permission.PROMISES_RECORD)
    claim = locked(actor, claim_id)
    terms = checked(claim.promise.terms)
    sorted_out = _sort_out(actor, claim, terms, measurements)
    bulk.insert(sorted_out.fresh)
    if sorted_out.fresh:
        judge(actor=actor, claim=claim)
    return Measured(len(sorted_out.fresh), len(sorted_out.known), sorted_out.refused)


def preview_measurements(*, actor: Actor, claim_id: int, measurements: Sequence[NewMeasurement]) -> SortedOut:
    """What `measure` would do with each of them; nothing is written. Raises as it does."""
    actor.require(Permission.PROMISES_RECORD)
    claim = seen(actor).get(pk=claim_id)
    return _sort_out(actor, claim, checked(claim.promise.terms), measurements)


def _sort_out(
    actor: Actor, claim: Claim, terms: rules.ClaimTerms, measurements: Sequence[NewMeasurement]
) -> SortedOut:
    given = [one.once_key for one in measurements]
    rows = Measurement.objects.filter(claim=claim, once_key__in=given)
    keys = set(rows.values_list("once_key", flat=True))
    found = SortedOut([], set(), [])
    for place, one in enumerate(measurements):
        if one.once_key in keys:
            found.known.add(place)
            continue
        try:
            found.fresh.append(_row(actor, claim, terms, one))
        except rules.ClaimError as error:
            words = claim_wording.problem(error.code, error.params)
            found.refused.append(Refused(place, error.code, words, error.params))
        else:
            keys.add(one.once_key)
    return found


def _row(actor: Actor, claim: Claim, terms: rules.ClaimTerms, one: NewMeasurement) -> Measurement:
    now = clock.now()
    if not one.once_key:
        raise rules.ClaimError("no_key")
    if one.measured_at > now + _EARLY:
        raise rules.ClaimError("future")
    return build(
        Measurement,
        claim_id=claim.pk,
        value=rules.check_value(terms, read(terms, one.value)),
        measured_at=one.measured_at,
        known_at=now,
        source=one.source,
        measured_by=clean_single_line(one.measured_by, 200),
        item=clean_single_line(one.item, 120),
        once_key=one.once_key[:120],
        note=one.note,
        actor_id=actor.user_id,
        changed_at=now,
    )


def read(terms: rules.ClaimTerms, value: float | str) -> float:
    """A measured value in the unit of the claim. Raises rules.ClaimError for text that is none."""
    if not isinstance(value, str):
        return float(value)
    if terms.basis is rules.Basis.YES_NO:
        answer = claim_words.read_yes_no(value)
        if answer is None:
            raise rules.ClaimError("not_yes_no", value=value[:60])
        return answer
    found = claim_words.read_value(value, terms.unit)
    if found is None:
        raise rules.ClaimError("not_a_value", value=value[:60])
    if isinstance(found, tuple):
        raise rules.ClaimError("other_unit", value=value[:60], unit=claim_wording.unit_word(terms.unit))
    return found


def judge(*, actor: Actor, claim: Claim) -> Claim:
    """Judge a locked claim by all its measurements and post what changed to the ledger."""
    now = clock.now()
    terms = checked(claim.promise.terms)
    values = judging.counted(terms, judging.values_of(claim.pk))
    verdict = rules.judge(terms, values)
    threshold = business_queries.business().at_risk_from
    before = (claim.outcome, claim.findings > 0 and claim.doubt >= threshold)
    for name in judging.JUDGED:
        setattr(claim, name, getattr(verdict, name))
    claim.outcome = verdict.outcome.value
    even = terms.basis is rules.Basis.AVERAGE and terms.ceiling is None
    claim.is_lopsided = even and len(values) >= 8 and abs(rules.lopsidedness(values)) > 1
    claim.judged_at = now
    after = (claim.outcome, claim.doubt >= threshold)
    if after != before:
        claim.findings += 1
        claim.decided_at = now if verdict.is_decided else None
        claim.promise = _post(actor, claim, verdict)
    claim.save()
    return claim


def _post(actor: Actor, claim: Claim, verdict: rules.ClaimVerdict) -> Promise:
    is_open = verdict.outcome is rules.Outcome.UNDECIDED
    return observe(
        actor=actor,
        observation=Observation(
            kind=_POSTED[verdict.outcome],
            occurred_at=clock.now(),
            once_key=f"claim:{claim.findings:06d}",
            source="measurements",
            promise_id=claim.pk,
            reading=verdict.doubt if is_open else verdict.estimate,
        ),
    )


def locked(actor: Actor, claim_id: int) -> Claim:
    """The claim with its promise, locked. Raises Claim.DoesNotExist, also for one of another team."""
    return seen(actor).select_for_update(of=("self",)).get(pk=claim_id)


def seen(actor: Actor) -> QuerySet[Claim]:
    """The claims that exist for this person, with their promises."""
    rows = Claim.objects.select_related("promise")
    if actor.sees_all_teams:
        return rows
    return rows.filter(Q(promise__team_id=None) | Q(promise__team_id__in=sorted(actor.team_ids)))


# Publishing


@transaction.atomic
def publish_claim(*, actor: Actor, claim_id: int, where: str = "") -> Claim:
    """Publish a claim, if something stands behind it and the measurements show that it holds.

    `where`: the address, page or leaflet. Raises ClaimRefusedError with the reason, Claim.DoesNotExist,
    NotAllowedError.
    """
    actor.require(Permission.PROMISES_RELEASE)
    claim = locked(actor, claim_id)
    if code := judging.stops(claim):
        raise ClaimRefusedError(code, claim_wording.stopped(code))
    promise = claim.promise
    promise.published_at = promise.published_at or clock.now()
    promise.published_in = where.strip()[:500] or promise.published_in
    promise.updated_at = clock.now()
    promise.save(update_fields=["published_at", "published_in", "updated_at"])
    return claim
