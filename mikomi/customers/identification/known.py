"""What the database already knows of the people who arrive: a constant number of queries for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mikomi.core import lookups
from mikomi.customers.cleaning import CleanPerson
from mikomi.customers.models import Address, Consent, Customer, Identity, Note
from mikomi.customers.rules.identities import PHONE, Key

AddressKey = tuple[str, str, str, str]


@dataclass(eq=False, slots=True)
class Slot:
    """A customer at work: found or about to be made, with what is known of them and what is new."""

    customer: Customer
    is_new: bool = False
    keys: set[Key] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    addresses: set[AddressKey] = field(default_factory=set)
    consents: dict[tuple[str, str], tuple[datetime, bool]] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    company: str = ""
    changed: set[str] = field(default_factory=set)
    gained: int = 0
    """Rows beside the customer's own that this arrival adds."""


class Known:
    """The customers behind the keys of arriving people, new ones included.

    `owner` is who is found by a key; `sharers` are those who have somebody else's telephone too.
    """

    def __init__(self, people: Sequence[CleanPerson]) -> None:
        self.owner: dict[Key, Slot] = {}
        self.sharers: dict[Key, list[Slot]] = defaultdict(list)
        keys = {given.key for person in people for given in person.keys if given.finds}
        owners, sharers = _owners(keys), _sharers(keys)
        ids = {*owners.values(), *(customer_id for _, customer_id in sharers)}
        self._slots = {
            row.pk: Slot(row, company=row.company.name if row.company else "")
            for row in Customer.objects.filter(pk__in=ids).select_related("company")
        }
        for key, customer_id in owners.items():
            self.owner[key] = self._slots[customer_id]
        for key, customer_id in sharers:
            self.sharers[key].append(self._slots[customer_id])
        if self._slots:
            self._load(people)

    def _load(self, people: Sequence[CleanPerson]) -> None:
        """Only what the people bring needs to be compared."""
        self._load_identities()
        if any(person.address for person in people):
            self._load_addresses()
        if any(person.consents for person in people):
            self._load_consents()
        if any(person.note for person in people):
            for customer_id, note in self._rows(Note.objects.values_list("customer_id", "text")):
                self._slots[customer_id].notes.add(note)
        if any(person.tags for person in people):
            self._load_tags()

    def _rows(self, rows: Any) -> Any:  # a ValuesListQuerySet of any shape
        return rows.filter(customer_id__in=list(self._slots))

    def _load_identities(self) -> None:
        columns = ("customer_id", "kind", "source", "value")
        for customer_id, *key in lookups.rows(Identity, columns, customer_id=list(self._slots)):
            self._slots[customer_id].keys.add(Key(*key))
            self._slots[customer_id].kinds.add(key[0])

    def _load_addresses(self) -> None:
        columns = ("customer_id", "postal_code", "region", "city", "lines")
        for customer_id, *parts in self._rows(Address.objects.values_list(*columns)):
            self._slots[customer_id].addresses.add(address_key(*parts))

    def _load_consents(self) -> None:
        columns = ("customer_id", "channel", "purpose", "at", "granted")
        rows = self._rows(Consent.objects.values_list(*columns)).order_by("at", "id")
        for customer_id, channel, purpose, at, granted in rows:
            self._slots[customer_id].consents[channel, purpose] = (at, granted)

    def _load_tags(self) -> None:
        through = Customer.tags.through.objects
        for customer_id, tag in self._rows(through.values_list("customer_id", "tag__name")):
            self._slots[customer_id].tags.add(tag)


def _owners(keys: Iterable[Key]) -> dict[Key, int]:
    """Whose each key is; one query for each kind of key and source, which the unique index answers."""
    values: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in keys:
        values[key.kind, key.source].append(key.value)
    columns = ("value", "customer_id")
    return {
        Key(kind, source, value): customer_id
        for (kind, source), found in values.items()
        for value, customer_id in lookups.rows(
            Identity, columns, kind=kind, source=source, value=found, finds=True
        )
    }


def _sharers(keys: Iterable[Key]) -> list[tuple[Key, int]]:
    """Who has one of these telephones without being found by it."""
    numbers = [key.value for key in keys if key.kind == PHONE]
    if not numbers:
        return []
    rows = Identity.objects.filter(kind=PHONE, finds=False, value__in=numbers).order_by("id")
    return [
        (Key(PHONE, "", value), customer_id)
        for value, customer_id in rows.values_list("value", "customer_id")
    ]


def address_key(postal_code: str, region: str, city: str, lines: str) -> AddressKey:
    """What makes two addresses the same: white space and the hyphen of a postal code don't count."""
    parts = (postal_code.replace("-", ""), region, city, lines)
    return tuple("".join(part.split()).lower() for part in parts)  # type: ignore[return-value]
