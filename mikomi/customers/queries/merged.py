"""Reading a customer with everything that was merged into them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from mikomi.core import lookups
from mikomi.customers.models import Customer


def ids_of(customer_id: int) -> list[int]:
    """The ids under which this person's rows may stand, the living record's first. Any of them may be given."""
    return ids_of_many([customer_id]).get(customer_id, [])


def ids_of_many(customer_ids: Sequence[int]) -> dict[int, list[int]]:
    """`ids_of` each of these; two queries. Unknown ids are left out."""
    living = living_ids(customer_ids)
    roots = set(living.values())
    family: dict[int, list[int]] = defaultdict(list)
    for root, merged in sorted(lookups.rows(Customer, ("merged_into_id", "id"), merged_into_id=roots)):
        family[root].append(merged)
    return {given: [root, *family[root]] for given, root in living.items()}


def living_id(customer_id: int) -> int:
    """The record in which this person lives on; the id itself when not merged. Raises `Customer.DoesNotExist`."""
    living = living_ids([customer_id])
    if customer_id not in living:
        raise Customer.DoesNotExist(f"There is no customer {customer_id}.")
    return living[customer_id]


def living_ids(customer_ids: Sequence[int]) -> dict[int, int]:
    """The living record of each of these; one query. Unknown ids are left out."""
    rows = lookups.rows(Customer, ("id", "merged_into_id"), id=set(customer_ids))
    return {customer_id: merged_into or customer_id for customer_id, merged_into in rows}


def of_person(customer_id: int, path: str = "customer") -> Q:
    """The condition that a row belongs to this person: for a model with a foreign key `path`, one query less
    than `ids_of`. `customer_id` must be the living record's."""
    return Q(**{f"{path}_id": customer_id}) | Q(**{f"{path}__merged_into_id": customer_id})
