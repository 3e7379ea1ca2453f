"""One click against unasked mail (RFC 8058): a signed address in List-Unsubscribe, whose POST withdraws the consent."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mikomi.core.access.actor import SYSTEM
from mikomi.customers import operations as customers
from mikomi.customers.models import Customer
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.rules import CONSENT_FOR, UNASKED

_SALT = "mikomi.unsubscribe"


class WrongLinkError(ValueError):
    """Not a link of ours, or its customer is gone."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a link ends: mails for this purpose (a `Consent.Purpose`) on the channel, to this customer."""

    customer_id: int
    channel: str
    purpose: str


def link_for(row: OutgoingMessage) -> str:
    """The address for the header of an unasked mail; empty for others, and where no https address is configured."""
    if (
        row.purpose not in UNASKED
        or row.customer_id is None
        or not settings.PUBLIC_URL.startswith("https://")
    ):
        return ""
    token = signing.dumps([row.customer_id, row.channel, CONSENT_FOR[row.purpose]], salt=_SALT)
    return f"{settings.PUBLIC_URL}{reverse('unsubscribe', args=[token])}"


def subscription(token: str) -> Subscription:
    """What a link is about. Raises `WrongLinkError`."""
    try:
        customer_id, channel, purpose = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise WrongLinkError from error
    if not Customer.objects.filter(pk=customer_id).exists():
        raise WrongLinkError
    return Subscription(customer_id, channel, purpose)


def end(token: str) -> Subscription:
    """Write down that the customer wants no more of it; asking twice changes nothing. Raises `WrongLinkError`."""
    found = subscription(token)
    withdraw(found, source="unsubscribe")
    return found


def withdraw(found: Subscription, *, source: str) -> None:
    """The customer's word against these mails, however it reached us."""
    customers.set_consent(
        actor=SYSTEM,
        customer_id=found.customer_id,
        channel=found.channel,
        purpose=found.purpose,
        granted=False,
        source=source,
    )
