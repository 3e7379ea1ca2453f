"""The profile of a customer, written by hand: names, addresses, notes, tags."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock, text
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events import operations as events
from mikomi.customers.cleaning import LIMITS, LONGEST_TEXT
from mikomi.customers.events import CustomerNoted
from mikomi.customers.identification.write import tag_ids
from mikomi.customers.models import Address, Company, Customer, Note, Tag
from mikomi.customers.operations.identify import identify
from mikomi.customers.operations.shared import living_customer, touched
from mikomi.customers.queries.merged import ids_of
from mikomi.customers.records import CustomValue, PersonRecord


class WrongProfileError(ValueError):
    """Something given can't be kept as it is. `errors` has a sentence for each field; nothing was changed."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class ProfileFields(TypedDict, total=False):
    """What can be said of a customer; what is left out stays as it is. `company` is its name, empty for none."""

    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    name_order: str
    honorific: str
    birthday: date | None
    language: str
    preferred_channel: str
    background: str
    company: str
    custom: dict[str, CustomValue]


class AddressFields(TypedDict, total=False):
    """A postal address; what is left out is empty."""

    country: str
    postal_code: str
    region: str
    city: str
    lines: str
    is_primary: bool


_BLOCKS = {"background", "lines"}


@transaction.atomic
def create(*, actor: Actor, person: PersonRecord, source: str = "staff") -> Customer:
    """Add a customer by hand, or find the one who is known by these addresses already.

    Unlike an import, what is too long is refused. Raises `WrongProfileError`.
    """
    actor.require(Permission.CUSTOMERS_EDIT)
    columns = ("family_name", "given_name", "family_kana", "given_kana", "honorific", "company", "language")
    _refuse_long({column: getattr(person, column) for column in columns})
    return identify(actor=actor, person=person, seen_at=clock.now(), source=source)


@transaction.atomic
def update_profile(*, actor: Actor, customer_id: int, **fields: Unpack[ProfileFields]) -> Customer:
    """Change what is given, leave the rest. Raises `WrongProfileError`, `Customer.DoesNotExist`."""
    actor.require(Permission.CUSTOMERS_EDIT)
    given: dict[str, Any] = dict(fields)
    _refuse_long(given)
    if given.get("name_order", "") not in ("", *Customer.NameOrder.values):
        raise WrongProfileError({"name_order": _("Choose which name comes first.")})
    customer = living_customer(customer_id)
    changed = _apply(customer, given)
    if changed:
        customer.save(update_fields=sorted(changed))
        touched(actor, customer, len(changed))
    return customer


def _apply(customer: Customer, given: dict[str, Any]) -> set[str]:
    """Write the fields to the customer; the names of those that are different now."""
    if "company" in given:
        name = text.clean_single_line(given.pop("company"), LIMITS["company"])
        given["company_id"] = _company_id(name)
    changed = set()
    for column, value in given.items():
        clean = _clean(column, value)
        if getattr(customer, column) != clean:
            setattr(customer, column, clean)
            changed.add("company" if column == "company_id" else column)
    return changed


def _clean(column: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return (
        text.clean(value).strip() if column in _BLOCKS else text.clean_single_line(value, max(len(value), 1))
    )


def _company_id(name: str) -> int | None:
    if not name:
        return None
    row = Company.objects.filter(name=name).order_by("id").first() or Company.objects.create(name=name)
    return row.pk


def _refuse_long(fields: dict[str, Any]) -> None:
    errors = {}
    for column, value in fields.items():
        limit = LONGEST_TEXT if column in _BLOCKS else LIMITS.get(column)
        if limit and isinstance(value, str) and len(_clean(column, value)) > limit:
            errors[column] = _("At most %(limit)s characters fit here; this has %(length)s.") % {
                "limit": limit,
                "length": len(_clean(column, value)),
            }
    if errors:
        raise WrongProfileError(errors)


@transaction.atomic
def save_address(
    *, actor: Actor, customer_id: int, address_id: int | None = None, **fields: Unpack[AddressFields]
) -> Address:
    """Add a postal address, or change the one of this id. The first is the primary one.

    Raises `WrongProfileError`, `Customer.DoesNotExist`, `Address.DoesNotExist`.
    """
    actor.require(Permission.CUSTOMERS_EDIT)
    given: dict[str, Any] = dict(fields)
    _refuse_long(given)
    customer = living_customer(customer_id)
    theirs = Address.objects.filter(customer_id__in=ids_of(customer.pk))
    row = theirs.get(pk=address_id) if address_id else Address(customer=customer)
    for column, value in given.items():
        setattr(row, column, _clean(column, value))
    row.is_primary = row.is_primary or not theirs.exists()
    if row.is_primary:
        theirs.exclude(pk=row.pk).update(is_primary=False)
    row.save()
    touched(actor, customer, 1)
    return row


@transaction.atomic
def remove_address(*, actor: Actor, customer_id: int, address_id: int) -> None:
    """Take a postal address away. Raises `Customer.DoesNotExist`, `Address.DoesNotExist`."""
    actor.require(Permission.CUSTOMERS_EDIT)
    customer = living_customer(customer_id)
    Address.objects.get(pk=address_id, customer_id__in=ids_of(customer.pk)).delete()
    touched(actor, customer, 1)


@transaction.atomic
def add_note(*, actor: Actor, customer_id: int, text: str) -> Note:
    """Leave a note for colleagues. Raises `WrongProfileError`, `Customer.DoesNotExist`."""
    actor.require(Permission.CUSTOMERS_EDIT)
    clean = _clean("background", text)
    if not clean:
        raise WrongProfileError({"text": _("Write something first.")})
    _refuse_long({"background": text})
    customer = living_customer(customer_id)
    note = Note.objects.create(customer=customer, text=clean, author_id=actor.user_id, at=clock.now())
    events.record(CustomerNoted(note.pk), customer_id=customer.pk, actor_id=actor.user_id)
    return note


@transaction.atomic
def tag(*, actor: Actor, customer_ids: Sequence[int], name: str) -> Tag:
    """Put a word on these customers. Raises `WrongProfileError`."""
    actor.require(Permission.CUSTOMERS_EDIT)
    _refuse_long({"tag": name})
    clean = _clean("tag", name)
    if not clean:
        raise WrongProfileError({"tag": _("Write the tag.")})
    tag_id = tag_ids({clean})[clean]
    through = Customer.tags.through
    living = Customer.objects.filter(pk__in=set(customer_ids), erased_at=None).values_list("id", flat=True)
    bulk.insert([through(customer_id=one, tag_id=tag_id) for one in living], ignore_conflicts=True)
    return Tag.objects.get(pk=tag_id)


@transaction.atomic
def untag(*, actor: Actor, customer_ids: Sequence[int], name: str) -> None:
    """Take a word off these customers and the records merged into them."""
    actor.require(Permission.CUSTOMERS_EDIT)
    ids = {one for customer_id in customer_ids for one in ids_of(customer_id)}
    Customer.tags.through.objects.filter(customer_id__in=ids, tag__name=name).delete()
