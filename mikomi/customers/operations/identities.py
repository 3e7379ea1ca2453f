"""Addresses, numbers and ids of a customer, added and taken away by hand."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mikomi.core import clock, lookups
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.customers.models import Customer, Identity
from mikomi.customers.operations.shared import living_customer, touched
from mikomi.customers.rules.identities import GivenKey, Key, given_email, given_external, given_phone


class WrongIdentityError(ValueError):
    """What was given is no address, number or id. Nothing was changed."""


class IdentityTakenError(ValueError):
    """Somebody else is known by it; perhaps the two are one person. `owner_id` says who."""

    def __init__(self, owner_id: int) -> None:
        super().__init__(
            _("Another customer is known by this already. Are they the same person? Then merge them.")
        )
        self.owner_id = owner_id


@transaction.atomic
def add_identity(
    *, actor: Actor, customer_id: int, kind: str, value: str, source: str = "", primary: bool = False
) -> Identity:
    """Let the customer be known by an address, number or id. The first of a kind is the primary one.

    Raises `WrongIdentityError`, `IdentityTakenError`, `Customer.DoesNotExist`.
    """
    actor.require(Permission.CUSTOMERS_EDIT)
    customer = living_customer(customer_id)
    given = _read(kind, value, source)
    known = _holders(given.key)
    if own := known.filter(customer=customer).first():
        return own
    if taken := known.filter(finds=True).first():
        raise IdentityTakenError(taken.customer_id)
    same_kind = Identity.objects.filter(customer=customer, kind=given.key.kind)
    primary = primary or not same_kind.exists()
    if primary:
        same_kind.update(is_primary=False)
    row = Identity.objects.create(
        customer=customer,
        kind=given.key.kind,
        source=given.key.source,
        value=given.key.value,
        shown=given.shown,
        is_primary=primary,
        added_at=clock.now(),
    )
    touched(actor, customer, 1)
    return row


@transaction.atomic
def remove_identity(*, actor: Actor, identity_id: int) -> None:
    """Let the customer no longer be known by it. Raises `Identity.DoesNotExist`."""
    actor.require(Permission.CUSTOMERS_EDIT)
    row = Identity.objects.select_related("customer").get(pk=identity_id)
    customer = row.customer
    row.delete()
    if row.is_primary:
        _choose_primary(customer, row.kind)
    touched(actor, customer, 1)


@transaction.atomic
def set_primary(*, actor: Actor, identity_id: int) -> Identity:
    """Let this be the one of its kind that is used. Raises `Identity.DoesNotExist`."""
    actor.require(Permission.CUSTOMERS_EDIT)
    row = Identity.objects.select_related("customer").get(pk=identity_id)
    Identity.objects.filter(customer_id=row.customer_id, kind=row.kind).update(is_primary=False)
    row.is_primary = True
    row.save(update_fields=["is_primary"])
    touched(actor, row.customer, 1)
    return row


@transaction.atomic
def mark_undeliverable(*, actor: Actor, kind: str, value: str, undeliverable: bool) -> int:
    """Note that messages to this address come back (or arrive again); how many customers have it."""
    actor.require(Permission.CUSTOMERS_EDIT)
    try:
        key = _read(kind, value, "").key
    except WrongIdentityError:
        return 0
    columns = {"kind": key.kind, "source": key.source, "value": key.value}
    if not undeliverable and not _is_marked(columns):
        return 0
    rows = _holders(key)
    if undeliverable:
        return rows.filter(undeliverable_since=None).update(undeliverable_since=clock.now())
    return rows.update(undeliverable_since=None)


def _is_marked(columns: dict[str, str]) -> bool:
    """Whether the mark would be taken away from anybody; asked with every message that arrives."""
    since = [
        moment
        for finds in (True, False)
        for (moment,) in lookups.rows(Identity, ["undeliverable_since"], finds=finds, **columns)
    ]
    return any(since)


def _holders(key: Key) -> QuerySet[Identity]:
    """Whoever has this key; each half of the condition has its index."""
    same = Q(kind=key.kind, source=key.source, value=key.value)
    return Identity.objects.filter((same & Q(finds=True)) | (same & Q(finds=False)))


def _choose_primary(customer: Customer, kind: str) -> None:
    following = Identity.objects.filter(customer=customer, kind=kind).order_by("-finds", "id").first()
    if following:
        following.is_primary = True
        following.save(update_fields=["is_primary"])


def _read(kind: str, value: str, source: str) -> GivenKey:
    if kind == Identity.Kind.EMAIL:
        given, sentence = given_email(value), _("This is not an e-mail address.")
    elif kind == Identity.Kind.PHONE:
        given = given_phone(value, business_queries.business().country)
        sentence = _("This is not a telephone number.")
    elif kind == Identity.Kind.EXTERNAL:
        given, sentence = given_external(source, value), _("Give the other system's short name and its id.")
    else:
        raise WrongIdentityError(_("Choose e-mail, phone or external id."))
    if given is None or not given.finds:
        raise WrongIdentityError(sentence)
    return given
