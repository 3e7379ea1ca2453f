"""What delivery found out about an address."""

from __future__ import annotations

from django.db import transaction

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.customers.models import Identity


@transaction.atomic
def mark_undeliverable(*, actor: Actor, kind: str, value: str) -> int:
    """Note that this address takes no messages any more (a hard bounce). How many identities were marked."""
    actor.require(Permission.CUSTOMERS_EDIT)
    mine = Identity.objects.filter(kind=kind, value=value, undeliverable_since=None)
    return mine.update(undeliverable_since=clock.now())


@transaction.atomic
def mark_deliverable(*, actor: Actor, kind: str, value: str) -> int:
    """The address works again: somebody wrote from it, or a person has corrected it. How many were marked."""
    actor.require(Permission.CUSTOMERS_EDIT)
    mine = Identity.objects.filter(kind=kind, value=value).exclude(undeliverable_since=None)
    return mine.update(undeliverable_since=None)
