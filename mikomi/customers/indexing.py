"""What of a customer can be searched for: names in every form, reading, addresses, numbers, ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mikomi.core.business import queries as business_queries
from mikomi.core.search import operations as search
from mikomi.core.search.operations import Entry
from mikomi.customers.models import Customer, Identity
from mikomi.customers.naming import written_name
from mikomi.customers.rules.identities import PHONE, phone_forms

KIND = "customer"


class Found(NamedTuple):
    """What of an identity is searched for."""

    kind: str
    value: str
    shown: str


def refresh(customer_ids: Sequence[int]) -> None:
    """Index these customers anew, with the names of those merged into them; a constant number of queries."""
    ids = list(dict.fromkeys(customer_ids))
    if not ids:
        return
    rows = list(
        Customer.objects.filter(pk__in=ids, merged_into=None, erased_at=None).select_related("company")
    )
    merged = defaultdict(list)
    for row in Customer.objects.filter(merged_into__in=ids):
        merged[row.merged_into_id].append(row)
    keys = defaultdict(list)
    identities = Identity.objects.filter(customer_id__in=ids).order_by("-is_primary", "id")
    for customer_id, *key in identities.values_list("customer_id", "kind", "value", "shown"):
        keys[customer_id].append(Found(*key))
    region = business_queries.business().country
    search.index(
        [
            _entry(row, row.company.name if row.company else "", merged[row.pk], keys[row.pk], region)
            for row in rows
        ]
    )
    living = {row.pk for row in rows}
    search.remove(KIND, [customer_id for customer_id in ids if customer_id not in living])


def add(people: Iterable[tuple[Customer, str, Sequence[Found]]]) -> None:
    """Index new customers, each with the name of the company and what they are known by."""
    region = business_queries.business().country
    entries = [_entry(customer, company, (), keys, region) for customer, company, keys in people]
    search.index(entries, are_new=True)


def _entry(
    customer: Customer, company: str, merged: Iterable[Customer], keys: Sequence[Found], region: str
) -> Entry:
    words = [company, *_names(customer)]
    for other in merged:
        words += (written_name(other), *_names(other))
    for key in keys:
        words += phone_forms(key.value, key.shown, region) if key.kind == PHONE else (key.shown, key.value)
    return Entry(
        kind=KIND,
        object_id=customer.pk,
        customer_id=customer.pk,
        team_id=None,
        title=written_name(customer) or (keys[0].shown if keys else ""),
        text="\n".join(dict.fromkeys(filter(None, words))),
        moment=customer.updated_at,
    )


def _names(customer: Customer) -> Iterator[str]:
    """Without a space between: what is typed with one is looked up in parts. The title has the written name."""
    yield customer.family_name + customer.given_name
    yield customer.family_kana + customer.given_kana
