"""A promise to a segment or to everyone gets a public page, once what it says is backed."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.promises.models import Claim, Promise
from mikomi.promises.operations.claims import publish_claim
from mikomi.promises.operations.making import PromiseError
from mikomi.promises.operations.observing import lock_cases
from mikomi.promises.rules.kinds import CLAIMS


@transaction.atomic
def publish(*, actor: Actor, promise_id: int, where: str = "") -> Promise:
    """Publish a promise to many: from now on it has a public page. What measurements decide goes through
    `publish_claim` and is stopped without evidence. `where`: the address, page or leaflet.

    Raises PromiseError (ClaimRefusedError), Promise.DoesNotExist, NotAllowedError.
    """
    actor.require(Permission.PROMISES_RELEASE)
    promise = lock_cases(actor, [promise_id])[promise_id].promise
    if promise.audience == Promise.Audience.ONE or promise.is_internal:
        raise PromiseError(_("A promise to one customer is not published; they have a page of their own."))
    if promise.state in (Promise.State.BROKEN, Promise.State.WITHDRAWN):
        raise PromiseError(_("What does not hold is not published."))
    if promise.kind in CLAIMS and promise.kind != Promise.Kind.NORM:
        return _as_claim(actor, promise, where)
    promise.published_at = promise.published_at or clock.now()
    promise.published_in = where.strip()[:500] or promise.published_in
    promise.updated_at = clock.now()
    promise.save(update_fields=["published_at", "published_in", "updated_at"])
    return promise


def _as_claim(actor: Actor, promise: Promise, where: str) -> Promise:
    claim = Claim.objects.filter(promise_id=promise.pk).first()
    if claim is None:
        raise PromiseError(_("Nothing stands behind this claim yet: state it with its evidence first."))
    return publish_claim(actor=actor, claim_id=claim.pk, where=where).promise


@transaction.atomic
def unpublish(*, actor: Actor, promise_id: int) -> Promise:
    """Take the public page away; the promise itself stands until it is withdrawn."""
    actor.require(Permission.PROMISES_RELEASE)
    promise = lock_cases(actor, [promise_id])[promise_id].promise
    promise.published_at, promise.updated_at = None, clock.now()
    promise.save(update_fields=["published_at", "updated_at"])
    return promise
