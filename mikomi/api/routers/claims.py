"""Measured claims: state, measure, dispute, publish what is shown to hold."""

from __future__ import annotations

from typing import Any

from ninja import Query, Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import answers
from mikomi.api.shapes import claims as shapes
from mikomi.api.shapes.common import Id, PageOf, Paging, page
from mikomi.core.access.rules import Permission
from mikomi.promises import operations, queries

router = Family("claims", sees=Permission.PROMISES_VIEW)
VIEW, RECORD, RELEASE = Permission.PROMISES_VIEW, Permission.PROMISES_RECORD, Permission.PROMISES_RELEASE


@router.get("/claims", may=VIEW, gives=PageOf[shapes.ClaimOut])
def list_claims(request: Call, wanted: Query[shapes.ClaimFilter]) -> Any:
    """The claims with their verdicts, the newest first."""
    outcome = wanted.outcome.value if wanted.outcome else ""
    found = queries.claims(actor=request.actor, outcome=outcome, cursor=wanted.cursor, size=wanted.size)
    return page(found.map(shapes.ClaimOut.of))


@router.post("/claims", may=RECORD, gives=shapes.ClaimDetailOut, status=201)
def state_claim(request: Call, given: shapes.ClaimIn) -> Any:
    """State a claim, so that it can be measured."""
    claim = operations.state_claim(actor=request.actor, claim=given.new_claim())
    return Status(201, _detail(request, claim.pk))


@router.get("/claims/{claim_id}", may=VIEW, gives=shapes.ClaimDetailOut)
def get_claim(request: Call, claim_id: Id) -> Any:
    """A claim with its verdict."""
    return _detail(request, claim_id)


@router.patch("/claims/{claim_id}", may=RECORD, gives=shapes.ClaimDetailOut)
def change_claim(request: Call, claim_id: Id, given: shapes.ClaimChangeIn) -> Any:
    """Claim something else from now on; the old terms stay on record."""
    changes = given.model_dump(exclude_none=True, exclude={"reason"}, mode="json")
    operations.change_claim(actor=request.actor, claim_id=claim_id, changes=changes, reason=given.reason)
    return _detail(request, claim_id)


@router.get("/claims/{claim_id}/measurements", may=VIEW, gives=PageOf[shapes.MeasurementOut])
def list_measurements(request: Call, claim_id: Id, wanted: Query[Paging]) -> Any:
    """What a claim was measured by, the newest first."""
    found = queries.measurements(
        actor=request.actor, claim_id=claim_id, cursor=wanted.cursor, size=wanted.size
    )
    return page(found.map(shapes.MeasurementOut.of))


@router.post("/claims/{claim_id}/measurements", may=RECORD, gives=shapes.MeasuredOut)
def measure(request: Call, claim_id: Id, given: shapes.MeasurementsIn) -> Any:
    """Hand in measurements; the verdict follows. Those that can't be used are named, the others are taken."""
    new = [one.new_measurement() for one in given.measurements]
    found = operations.measure(actor=request.actor, claim_id=claim_id, measurements=new)
    return shapes.MeasuredOut.of(found, queries.claim(actor=request.actor, claim_id=claim_id).row)


@router.post("/claims/{claim_id}/measurements/{measurement_id}/dispute", may=RECORD, gives=answers.DisputeOut)
def dispute(request: Call, claim_id: Id, measurement_id: Id, given: shapes.DisputeIn) -> Any:
    """Record what a customer says against a measurement; it counts until /disputes/{dispute_id}/resolve decides."""
    queries.claim(actor=request.actor, claim_id=claim_id)
    row = operations.record_dispute(
        actor=request.actor,
        promise_id=claim_id,
        measurement_id=measurement_id,
        said=given.words,
        reading=given.reading,
    )
    return answers.DisputeOut.of(row)


@router.post("/claims/{claim_id}/publish", may=RELEASE, gives=shapes.ClaimDetailOut)
def publish(request: Call, claim_id: Id, given: shapes.PublishClaimIn) -> Any:
    """Publish a claim that something stands behind and that is shown to hold."""
    operations.publish_claim(actor=request.actor, claim_id=claim_id, where=given.where)
    return _detail(request, claim_id)


def _detail(request: Call, claim_id: int) -> shapes.ClaimDetailOut:
    return shapes.ClaimDetailOut.of(queries.claim(actor=request.actor, claim_id=claim_id))
