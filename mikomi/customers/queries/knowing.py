"""Whose an address is."""

from __future__ import annotations

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import business
from mikomi.customers.models import Identity
from mikomi.customers.queries.merged import living_id
from mikomi.customers.rules.identities import email_value, phone_value


def known_by(*, actor: Actor, address: str) -> int | None:
    """The living customer who is known by this e-mail address or phone number; none: nobody is."""
    actor.require(Permission.CUSTOMERS_VIEW)
    text = address.strip()
    values = {"email": email_value(text), "phone": phone_value(text, business().country)}
    for kind, value in values.items():
        if value and (row := Identity.objects.filter(kind=kind, value=value, finds=True).first()):
            return living_id(row.customer_id)
    return None
