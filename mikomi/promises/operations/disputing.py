"""The customer disputes what the story says, or a measurement; a person decides, with the reason that they read."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.live.operations import publish
from mikomi.promises import claim_wording, events, judging
from mikomi.promises.models import Claim, Dispute, Evidence, Measurement, Promise
from mikomi.promises.operations.claims import judge, locked, measure
from mikomi.promises.operations.observing import lock_cases, observe_many
from mikomi.promises.queries.public import shown
from mikomi.promises.records import NewMeasurement, Observation
from mikomi.promises.rules import claims as claim_rules

MOST_OPEN, MOST_OPEN_PUBLIC = 5, 50
"""Open disputes of one promise, to one customer and to many; whoever has the link can't fill Today."""
MOST_IN_AN_HOUR = 20
"""Disputes from the page of one promise."""
LONGEST_TEXT = 2_000
CUSTOMER = "customer"


class DisputeError(ValueError):
    """A dispute that can't be taken or decided; the reason in words."""


@transaction.atomic
def raise_dispute(
    *,
    token: str,
    said: str,
    evidence_id: int | None = None,
    measurement_id: int | None = None,
    reading: float | None = None,
) -> Dispute:
    """Take what a customer says against the story, from the promise's page. `reading`: what it was by their word,
    in the unit of the terms. Raises DisputeError, Promise.DoesNotExist (also where there is no such page)."""
    promise = shown(token).select_for_update(of=("self",)).get()
    lately = promise.disputes.filter(raised_at__gt=clock.now() - timedelta(hours=1), raised_by_id=None)
    if lately.count() >= MOST_IN_AN_HOUR:
        raise DisputeError(_("Too many messages came from this page just now. Please try again in an hour."))
    return _raise(
        promise, None, said=said, evidence_id=evidence_id, measurement_id=measurement_id, reading=reading
    )


@transaction.atomic
def record_dispute(
    *,
    actor: Actor,
    promise_id: int,
    said: str,
    evidence_id: int | None = None,
    measurement_id: int | None = None,
    reading: float | None = None,
) -> Dispute:
    """Record what a customer told a person against the story or a measurement.
    Raises DisputeError, Promise.DoesNotExist, NotAllowedError."""
    actor.require(Permission.PROMISES_RECORD)
    promise = lock_cases(actor, [promise_id])[promise_id].promise
    return _raise(
        promise, actor.user_id, said=said, evidence_id=evidence_id, measurement_id=measurement_id,
        reading=reading,
    )  # fmt: skip


def _raise(
    promise: Promise,
    raised_by_id: int | None,
    *,
    said: str,
    evidence_id: int | None,
    measurement_id: int | None,
    reading: float | None,
) -> Dispute:
    if not said.strip():
        raise DisputeError(_("Say what was different, please."))
    most = MOST_OPEN if promise.customer_id is not None else MOST_OPEN_PUBLIC
    if promise.disputes.filter(state=Dispute.State.OPEN).count() >= most:
        raise DisputeError(_("We have several messages of yours already and are looking into them."))
    _refuse_reading(promise, reading)
    piece = promise.evidence.filter(pk=evidence_id).first() if evidence_id is not None else None
    counted = Measurement.objects.filter(claim=promise.pk, is_set_aside=False)
    row = counted.filter(pk=measurement_id).first() if measurement_id is not None else None
    if (evidence_id is not None and piece is None) or (measurement_id is not None and row is None):
        raise DisputeError(_("This entry is not part of the promise."))
    dispute = Dispute.objects.create(
        promise=promise,
        evidence=piece,
        measurement=row,
        raised_by_id=raised_by_id,
        said=said.strip()[:LONGEST_TEXT],
        reading=reading,
        raised_at=clock.now(),
    )
    payload = events.PromiseDisputed(promise.pk, Code(promise.kind), dispute.pk)
    record(payload, customer_id=promise.customer_id, actor_id=raised_by_id)
    publish(["today"])
    return dispute


def _refuse_reading(promise: Promise, reading: float | None) -> None:
    """What can't be a measurement is refused now, while the customer can still say it otherwise."""
    if reading is None:
        return
    if not abs(reading) < 1e12:
        raise DisputeError(_("This is not a number that can be measured."))
    if Claim.objects.filter(pk=promise.pk).exists():
        try:
            claim_rules.check_value(judging.terms_of(promise.terms), reading)
        except claim_rules.ClaimError as error:
            raise DisputeError(claim_wording.problem(error.code, error.params)) from error


@transaction.atomic
def resolve_dispute(*, actor: Actor, dispute_id: int, upheld: bool, resolution: str) -> Dispute:
    """Decide a dispute. Upheld: the disputed entry is taken back, or the measurement set aside, and what the customer
    said it was takes its place; the verdict follows. `resolution`: why; the customer reads it. About a measurement
    decides who may release notices. Raises DisputeError, Dispute.DoesNotExist, NotAllowedError."""
    actor.require(Permission.PROMISES_RECORD)
    lock_cases(actor, [Dispute.objects.get(pk=dispute_id).promise_id])
    rows = Dispute.objects.select_for_update(of=("self",))
    dispute = rows.select_related("promise", "evidence", "measurement").get(pk=dispute_id)
    if dispute.measurement is not None:
        actor.require(Permission.PROMISES_RELEASE)
    if dispute.state != Dispute.State.OPEN:
        raise DisputeError(_("This was decided already."))
    if not resolution.strip():
        raise DisputeError(_("Give the reason: the customer reads it."))
    dispute.state = Dispute.State.UPHELD if upheld else Dispute.State.REFUSED
    dispute.resolution, dispute.resolved_at = resolution.strip(), clock.now()
    dispute.resolved_by_id = actor.user_id
    dispute.save()
    if upheld:
        _put_right(actor, dispute)
    promise = dispute.promise
    payload = events.DisputeResolved(promise.pk, Code(promise.kind), dispute.pk, upheld)
    record(payload, customer_id=promise.customer_id, actor_id=actor.user_id)
    publish(["today"])
    return dispute


def _put_right(actor: Actor, dispute: Dispute) -> None:
    """What was wrong is taken back or set aside, not deleted: the story shows both."""
    if Claim.objects.filter(pk=dispute.promise_id).exists():
        _measure_anew(actor, dispute)
        return
    piece, observations = dispute.evidence, []
    if piece is not None:
        observations.append(_taking_back(dispute, piece))
    if dispute.reading is not None:
        observations.append(
            Observation(
                kind=Evidence.Kind.MEASURED,
                occurred_at=piece.occurred_at if piece else dispute.raised_at,
                once_key=f"dispute:{dispute.pk}",
                source=CUSTOMER,
                promise_id=dispute.promise_id,
                reading=dispute.reading,
            )
        )
    observe_many(actor=actor, observations=observations)


def _measure_anew(actor: Actor, dispute: Dispute) -> None:
    """A measurement is set aside; what the customer measured is one. The claim is judged by what counts then."""
    claim, wrong = locked(actor, dispute.promise_id), dispute.measurement
    if wrong is not None:
        wrong.is_set_aside = True
        wrong.save()
    if dispute.reading is None:
        judge(actor=actor, claim=claim)
        return
    theirs = NewMeasurement(
        value=dispute.reading,
        measured_at=wrong.measured_at if wrong else dispute.raised_at,
        once_key=f"dispute:{dispute.pk}",
        source=CUSTOMER,
    )
    if not measure(actor=actor, claim_id=claim.pk, measurements=[theirs]).taken:
        # The terms have changed since, and a value like theirs isn't possible any more: the others decide.
        judge(actor=actor, claim=claim)


def _taking_back(dispute: Dispute, piece: Evidence) -> Observation:
    return Observation(
        kind=Evidence.Kind.RETRACTED,
        occurred_at=dispute.resolved_at or clock.now(),
        once_key=f"dispute:{dispute.pk}:back",
        source=CUSTOMER,
        promise_id=dispute.promise_id,
        retracts=piece.once_key,
    )
