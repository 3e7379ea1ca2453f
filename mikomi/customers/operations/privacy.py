"""A person's own rights over their data: to have all of it, and to have it erased."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.operations import log
from mikomi.core.access.rules import Permission
from mikomi.core.events import operations as events
from mikomi.core.search import operations as search
from mikomi.customers import erasure, portability
from mikomi.customers.events import CustomerErased
from mikomi.customers.models import (
    Address,
    Company,
    Consent,
    Customer,
    DuplicateProposal,
    Identity,
    Membership,
    Note,
)
from mikomi.customers.queries.merged import ids_of


@transaction.atomic
def erase(*, actor: Actor, customer_id: int) -> None:
    """Blank everything personal of this customer, under all merged records and in every app. Can't be undone.

    Events, orders' figures and promises stay, of nobody. Raises `Customer.DoesNotExist`.
    """
    actor.require(Permission.CUSTOMERS_ERASE)
    ids = ids_of(customer_id)
    if not ids:
        raise Customer.DoesNotExist(f"There is no customer {customer_id}.")
    for step in erasure.steps().values():
        step(ids)
    events.record(CustomerErased(ids[0]), customer_id=ids[0], actor_id=actor.user_id)
    detail = {"records": ids}
    log("customer.erased", actor=actor, subject_type="customer", subject_id=ids[0], detail=detail)


@transaction.atomic
def export_data(*, actor: Actor, customer_id: int) -> dict[str, Any]:
    """Everything that we keep about this customer, as JSON values by app. Leaves a line in the access log.

    Raises `Customer.DoesNotExist`.
    """
    actor.require(Permission.CUSTOMERS_EXPORT)
    ids = ids_of(customer_id)
    if not ids:
        raise Customer.DoesNotExist(f"There is no customer {customer_id}.")
    data = {"exported_at": clock.now().isoformat(), **portability.collect(ids)}
    log("customer.exported", actor=actor, subject_type="customer", subject_id=ids[0])
    return data


def erase_own(customer_ids: Sequence[int]) -> None:
    """The step of this app. Consents stay: they are the proof of what was allowed, and name nobody."""
    ids = list(customer_ids)
    now = clock.now()
    companies = set(Customer.objects.filter(pk__in=ids).values_list("company_id", flat=True)) - {None}
    for model in (Identity, Address, Note, Membership):
        model.objects.filter(customer_id__in=ids).delete()
    DuplicateProposal.objects.filter(Q(first_id__in=ids) | Q(second_id__in=ids)).delete()
    Customer.tags.through.objects.filter(customer_id__in=ids).delete()
    Customer.objects.filter(pk__in=ids).update(
        family_name="",
        given_name="",
        family_kana="",
        given_kana="",
        name_order="",
        honorific="",
        birthday=None,
        company=None,
        preferred_channel="",
        background="",
        custom={},
        erased_at=now,
        updated_at=now,
    )
    Company.objects.filter(pk__in=companies, people=None).delete()
    search.remove_customers(ids)


def own_data(customer_ids: Sequence[int]) -> dict[str, Any]:
    """What this app keeps of a person."""
    ids = list(customer_ids)
    people = Customer.objects.filter(pk__in=ids).select_related("company").prefetch_related("tags")
    return {
        "records": [_record(person) for person in people.order_by("pk")],
        "identities": _rows(
            Identity.objects.filter(customer_id__in=ids), "kind", "source", "shown", "added_at"
        ),
        "addresses": _rows(
            Address.objects.filter(customer_id__in=ids), "country", "postal_code", "region", "city", "lines"
        ),
        "consents": _rows(
            Consent.objects.filter(customer_id__in=ids), "channel", "purpose", "granted", "at", "source"
        ),
        "notes": _rows(Note.objects.filter(customer_id__in=ids), "text", "at"),
        "segments": list(
            Membership.objects.filter(customer_id__in=ids)
            .order_by("id")
            .values_list("segment__name", flat=True)
        ),
    }


def _record(person: Customer) -> dict[str, Any]:
    columns = (
        "family_name", "given_name", "family_kana", "given_kana", "honorific", "birthday", "language",
        "preferred_channel", "background", "came_from", "custom", "first_seen_at", "created_at",
    )  # fmt: skip
    return {
        **{column: _plain(getattr(person, column)) for column in columns},
        "company": person.company.name if person.company else "",
        "tags": sorted(tag.name for tag in person.tags.all()),
    }


def _rows(rows: Any, *columns: str) -> list[dict[str, Any]]:
    return [
        {column: _plain(value) for column, value in row.items()}
        for row in rows.order_by("id").values(*columns)
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
