"""What the verbs about customers share."""

from __future__ import annotations

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.events import operations as events
from mikomi.customers import indexing
from mikomi.customers.events import CustomerChanged
from mikomi.customers.models import Customer
from mikomi.customers.queries.merged import living_id


def living_customer(customer_id: int) -> Customer:
    """The customer to write to: a merged one's living record, locked. Raises `Customer.DoesNotExist`."""
    return Customer.objects.select_for_update().get(pk=living_id(customer_id), erased_at=None)


def touched(actor: Actor, customer: Customer, field_count: int) -> None:
    """Note that the customer changed: moment, search index, event."""
    customer.updated_at = clock.now()
    customer.save(update_fields=["updated_at"])
    indexing.refresh([customer.pk])
    events.record(CustomerChanged(customer.pk, field_count), customer_id=customer.pk, actor_id=actor.user_id)
