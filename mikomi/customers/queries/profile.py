"""All that is known of one customer, read for their page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from mikomi.core import lookups
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.kept import kept
from mikomi.customers.models import (
    Address,
    Consent,
    Customer,
    DuplicateProposal,
    Identity,
    Merge,
    Note,
    Standing,
    Tag,
)
from mikomi.customers.queries.display import Display, display
from mikomi.customers.queries.merged import ids_of


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer with everything of the records merged into them. `consents` holds what counts now for each
    channel and purpose; `merges` those that can be undone."""

    customer: Customer
    display: Display
    ids: Sequence[int]
    identities: Sequence[Identity]
    addresses: Sequence[Address]
    consents: Sequence[Consent]
    notes: Sequence[Note]
    tags: Sequence[Tag]
    standing: Standing | None
    merges: Sequence[Merge]
    proposals: Sequence[DuplicateProposal]


def customer(*, actor: Actor, customer_id: int) -> Profile:
    """The customer of this id, or the one they were merged into; a constant number of queries.

    Raises `Customer.DoesNotExist`.
    """
    actor.require(Permission.CUSTOMERS_VIEW)
    ids = ids_of(customer_id)
    if not ids:
        raise Customer.DoesNotExist(f"There is no customer {customer_id}.")
    (row,) = _living(customer_id=ids[0])
    return Profile(
        customer=row,
        display=display([row])[row.pk],
        ids=ids,
        identities=_of(ids=ids, model=Identity, order=("-is_primary", "id")),
        addresses=_of(ids=ids, model=Address, order=("-is_primary", "id")),
        consents=counting(_of(ids=ids, model=Consent, order=("-at", "-id"))),
        notes=_of(ids=ids, model=Note, order=("-at", "-id")),
        tags=_tags(ids=ids),
        standing=getattr(row, "standing", None),
        merges=_merges(ids) if len(ids) > 1 else [],
        proposals=_proposals(ids),
    )


@kept("customer_id")
def _living(*, customer_id: int) -> QuerySet[Customer]:
    return Customer.objects.filter(pk=customer_id).select_related("company", "standing")


@kept("ids")
def _of(*, ids: list[int], model: type[Model], order: tuple[str, ...]) -> QuerySet[Any]:
    """The rows of a person, under all their ids."""
    return model._default_manager.filter(customer__id__in=ids).order_by(*order)


@kept("ids")
def _tags(*, ids: list[int]) -> QuerySet[Tag]:
    return Tag.objects.filter(customers__id__in=ids).distinct().order_by("name")


def _merges(ids: Sequence[int]) -> list[Merge]:
    return list(Merge.objects.filter(winner_id__in=ids, undone_at=None).select_related("loser"))


def _proposals(ids: Sequence[int]) -> list[DuplicateProposal]:
    """Pairs that wait for a decision; most people have none, and to know that is cheap."""
    state = DuplicateProposal.State.OPEN
    pairs = lookups.rows(DuplicateProposal, ("id",), first_id=ids, state=state.value)
    pairs += lookups.rows(DuplicateProposal, ("id",), second_id=ids, state=state.value)
    if not pairs:
        return []
    return list(
        DuplicateProposal.objects.filter(pk__in={pk for (pk,) in pairs}).select_related("first", "second")
    )


def counting(newest_first: Iterable[Consent]) -> list[Consent]:
    """Of statements, the newest first, those that count."""
    found: dict[tuple[str, str], Consent] = {}
    for consent in newest_first:
        found.setdefault((consent.channel, consent.purpose), consent)
    return sorted(found.values(), key=lambda consent: (consent.purpose, consent.channel))


def consent_history(*, actor: Actor, customer_id: int, size: int = 100) -> list[Consent]:
    """What this person said about contact, under all ids, the newest first. Raises `Customer.DoesNotExist`."""
    actor.require(Permission.CUSTOMERS_VIEW)
    ids = ids_of(customer_id)
    if not ids:
        raise Customer.DoesNotExist(f"There is no customer {customer_id}.")
    return list(Consent.objects.filter(customer__id__in=ids).order_by("-at", "-id")[:size])
