"""Mail that came back: it belongs to the message that bounced, marks the address, and the outbox tells the rest.

Only a report on a message that we did send counts: anybody can write something that looks like a report.
"""

from __future__ import annotations

from collections.abc import Iterator

from mikomi.channels.email.reading.parsed import Bounce, ParsedMessage
from mikomi.channels.verdicts import Effect
from mikomi.core.access.actor import SYSTEM
from mikomi.customers import operations as customers
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.queries import by_message_ids

DELAYED = "delayed"


def bounced_message(parsed: ParsedMessage) -> OutgoingMessage | None:
    """Our message that a report is about, by the Message-ID in the report."""
    ids = [parsed.original_message_id, *parsed.in_reply_to, *reversed(parsed.references)]
    found = by_message_ids([value for value in ids if value])
    return next((found[value] for value in ids if value in found), None)


def effects(parsed: ParsedMessage, outgoing: OutgoingMessage) -> Iterator[Effect]:
    """What follows: the message has failed (its event reaches whoever relied on it), a dead address is marked."""
    reports = [item for item in parsed.bounces if item.action.lower() != DELAYED]
    own = [item for item in reports if item.recipient.lower() == outgoing.to_address.lower()] or reports
    if not own:
        return
    worst = next((item for item in own if item.hard), own[0])
    yield lambda: outbox.mark_bounced(outgoing.pk, _reason(worst), worst.diagnostic or worst.status)
    if worst.hard:
        yield lambda: customers.mark_undeliverable(
            actor=SYSTEM, kind="email", value=outgoing.to_address, undeliverable=True
        )


def arrives_again(address: str) -> Effect:
    """Whoever writes from an address can be reached there."""
    return lambda: customers.mark_undeliverable(
        actor=SYSTEM, kind="email", value=address, undeliverable=False
    )


def _reason(report: Bounce) -> str:
    word = "".join(char for char in report.reason.lower() if char.isalnum() or char in "._-")
    return f"bounced:{word}"[:64] if word else "bounced"
