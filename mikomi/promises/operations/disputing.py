"""The customer disputes what the story says; a person decides, with the reason that the customer reads."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.live.operations import publish
from mikomi.promises import events
from mikomi.promises.models import Dispute, Evidence, Promise
from mikomi.promises.operations.observing import lock_cases, observe_many
from mikomi.promises.records import Observation

MOST_OPEN = 5
"""Open disputes of one promise; whoever has the link can't fill Today."""
LONGEST_TEXT = 2_000


class DisputeError(ValueError):
    """A dispute that can't be taken or decided; the reason in words."""


@transaction.atomic
def raise_dispute(
    *, token: str, said: str, evidence_id: int | None = None, reading: float | None = None
) -> Dispute:
    """Take what a customer says against the story, from the promise's page. `reading`: what it was by their word,
    in the unit of the terms. Raises DisputeError, Promise.DoesNotExist."""
    promise = Promise.objects.select_for_update().get(token=token, is_internal=False)
    if not said.strip():
        raise DisputeError(_("Say what was different, please."))
    if reading is not None and not abs(reading) < 1e12:
        raise DisputeError(_("This is not a number that can be measured."))
    open_ones = promise.disputes.filter(state=Dispute.State.OPEN)
    if open_ones.count() >= MOST_OPEN:
        raise DisputeError(_("We have several messages of yours already and are looking into them."))
    piece = promise.evidence.filter(pk=evidence_id).first() if evidence_id is not None else None
    if evidence_id is not None and piece is None:
        raise DisputeError(_("This entry is not part of the promise."))
    dispute = Dispute.objects.create(
        promise=promise,
        evidence=piece,
        said=said.strip()[:LONGEST_TEXT],
        reading=reading,
        raised_at=clock.now(),
    )
    payload = events.PromiseDisputed(promise.pk, Code(promise.kind), dispute.pk)
    record(payload, customer_id=promise.customer_id)
    publish(["today"])
    return dispute


@transaction.atomic
def resolve_dispute(*, actor: Actor, dispute_id: int, upheld: bool, resolution: str) -> Dispute:
    """Decide a dispute. Upheld: the disputed evidence is taken back, and what the customer said it was takes its
    place; the verdict follows. `resolution`: why; the customer reads it.
    Raises DisputeError, Dispute.DoesNotExist, NotAllowedError."""
    actor.require(Permission.PROMISES_RECORD)
    dispute = Dispute.objects.select_for_update(of=("self",)).select_related("promise").get(pk=dispute_id)
    lock_cases(actor, [dispute.promise_id])
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
    """What was wrong is taken back, not deleted: the story shows both."""
    observations = []
    piece = dispute.evidence
    if piece is not None:
        observations.append(_taking_back(dispute, piece))
    if dispute.reading is not None:
        happened_at = piece.occurred_at if piece else dispute.raised_at
        observations.append(
            Observation(
                kind=Evidence.Kind.MEASURED,
                occurred_at=happened_at,
                once_key=f"dispute:{dispute.pk}",
                source="customer",
                promise_id=dispute.promise_id,
                reading=dispute.reading,
            )
        )
    observe_many(actor=actor, observations=observations)


def _taking_back(dispute: Dispute, piece: Evidence) -> Observation:
    return Observation(
        kind=Evidence.Kind.RETRACTED,
        occurred_at=dispute.resolved_at or clock.now(),
        once_key=f"dispute:{dispute.pk}:back",
        source="customer",
        promise_id=dispute.promise_id,
        retracts=piece.once_key,
    )
