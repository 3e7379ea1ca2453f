"""How customers are called on a page, in a letter, in a list; many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mikomi.core import names
from mikomi.core.kept import kept
from mikomi.customers.models import Customer, Identity
from mikomi.customers.naming import name_of, written_name

_NAME = ("family_name", "given_name", "family_kana", "given_kana", "name_order", "honorific")
_COLUMNS = (*_NAME, "language", "erased_at")


@dataclass(frozen=True, slots=True)
class Display:
    """How a customer is called: `name` is never empty; `addressed` and `greeting` carry the honorific."""

    id: int
    name: str
    reading: str
    addressed: str
    greeting: str
    language: str
    is_erased: bool = False


def columns(path: str = "") -> list[str]:
    """What `display` reads of a customer who is reached by `path` (ending in __): for `only()`."""
    return [f"{path}{name}" for name in _COLUMNS]


def display(customers: Iterable[Customer]) -> dict[int, Display]:
    """How each of these is called, by id. A nameless one by an address: one query for all of them."""
    found = {customer.pk: customer for customer in customers}
    nameless = [pk for pk, customer in found.items() if not written_name(customer) and not customer.erased_at]
    instead = _addresses(nameless)
    return {pk: _display(customer, instead.get(pk, "")) for pk, customer in found.items()}


def display_ids(customer_ids: Sequence[int | None]) -> dict[int, Display]:
    """How the customers of these ids are called now: a merged one as the record it lives on in."""
    wanted = {customer_id for customer_id in customer_ids if customer_id is not None}
    if not wanted:
        return {}
    living = {row.pk: row.merged_into or row for row in _named(ids=sorted(wanted))}
    shown = display(living.values())
    return {customer_id: shown[customer.pk] for customer_id, customer in living.items()}


@kept("ids")
def _named(*, ids: list[int]) -> QuerySet[Customer]:
    rows = Customer.objects.filter(pk__in=ids).select_related("merged_into")
    return rows.only(*columns(), *columns("merged_into__"))


def _display(customer: Customer, instead: str) -> Display:
    name = name_of(customer)
    written = written_name(customer)
    if customer.erased_at:
        instead = _("Erased customer")
    return Display(
        id=customer.pk,
        name=written or instead or _("Customer %(number)s") % {"number": customer.pk},
        reading=names.reading(name),
        addressed=names.address_name(name, customer.language),
        greeting=names.greeting(name, customer.language),
        language=customer.language,
        is_erased=customer.erased_at is not None,
    )


def _addresses(customer_ids: Sequence[int]) -> dict[int, str]:
    """The primary address or number of each."""
    if not customer_ids:
        return {}
    rows = Identity.objects.filter(customer_id__in=customer_ids).exclude(kind=Identity.Kind.EXTERNAL)
    rows = rows.order_by("is_primary", "-kind", "-id")
    return dict(rows.values_list("customer_id", "shown"))
