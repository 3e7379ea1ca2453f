"""What customers say about contact. Statements are added, never changed; the newest counts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events import operations as events
from mikomi.core.events.kinds import Code
from mikomi.customers.events import ConsentChanged
from mikomi.customers.models import Consent
from mikomi.customers.operations.shared import living_customer


class WrongConsentError(ValueError):
    """A statement without a known purpose or channel, or from the future."""


@transaction.atomic
def set_consent(
    *,
    actor: Actor,
    customer_id: int,
    channel: str,
    purpose: str,
    granted: bool,
    source: str,
    at: datetime | None = None,
) -> Consent:
    """Write down what the customer said about contact on `channel` (`any`: all of them) for `purpose`.

    `source` says where they said it ("counter", "link"…), `at` when; none: now. Raises `WrongConsentError`,
    `Customer.DoesNotExist`.
    """
    actor.require(Permission.CUSTOMERS_EDIT)
    now = clock.now()
    if purpose not in Consent.Purpose.values or not 0 < len(channel) <= 16 or (at and at > now):
        raise WrongConsentError(
            _("Give a channel, one of the purposes, and a time that is not in the future.")
        )
    customer = living_customer(customer_id)
    row = Consent.objects.create(
        customer=customer,
        channel=channel,
        purpose=purpose,
        granted=granted,
        at=at or now,
        source=source[:64],
        actor_id=actor.user_id,
    )
    payload = ConsentChanged(row.pk, Code(channel), Code(purpose), granted)
    events.record(payload, customer_id=customer.pk, occurred_at=row.at, actor_id=actor.user_id)
    return row
