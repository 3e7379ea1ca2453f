"""A reader pressed "this is spam" and their provider reports it (RFC 5965, a feedback loop).

Only a report on a message that we did send counts. What follows: the message says so, and nobody sends that
person questions or news any more; answers to what they ask stay allowed.
"""

from __future__ import annotations

from collections.abc import Iterator

from mikomi.channels.email.unsubscribing import Subscription, withdraw
from mikomi.channels.verdicts import Effect
from mikomi.customers.models import Consent
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage

UNWANTED = (Consent.Purpose.SURVEY, Consent.Purpose.MARKETING)


def effects(outgoing: OutgoingMessage) -> Iterator[Effect]:
    """What follows from a complaint about this message."""
    yield lambda: outbox.mark_complained(outgoing.pk)
    if outgoing.customer_id is None:
        return
    customer_id = outgoing.customer_id
    for purpose in UNWANTED:
        ended = Subscription(customer_id, outgoing.channel, purpose.value)
        yield lambda ended=ended: withdraw(ended, source="complaint")  # type: ignore[misc]
