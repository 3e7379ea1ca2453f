"""A customer's name as `core.names` takes it."""

from __future__ import annotations

from mikomi.core.names import NameOrder, PersonName, display_name
from mikomi.customers.models import Customer


def name_of(customer: Customer) -> PersonName:
    """The customer's name."""
    return PersonName(
        customer.family_name,
        customer.given_name,
        customer.family_kana,
        customer.given_kana,
        NameOrder(customer.name_order) if customer.name_order else None,
        customer.honorific,
    )


def written_name(customer: Customer) -> str:
    """The whole name in its order; empty for a person without a name."""
    return display_name(name_of(customer), customer.language)
