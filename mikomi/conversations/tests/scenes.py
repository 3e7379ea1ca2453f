"""What the tests of the desk say again and again."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation, Message
from mikomi.conversations.records import IncomingMessage
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM
from mikomi.core.events.models import Event
from mikomi.customers.records import PersonRecord

HANAKO = PersonRecord(name="山田 花子", emails=("hanako@example.jp",))
_numbers = count(1)


def mail(text: str = "いつ届きますか。", subject: str = "納期について", **values: Any) -> IncomingMessage:
    """A mail from 山田花子."""
    given: dict[str, Any] = {
        "channel": "email",
        "person": HANAKO,
        "text": text,
        "subject": subject,
        "sent_at": clock.now(),
        "intake_id": next(_numbers),
        "from_address": "hanako@example.jp",
    }
    return IncomingMessage(**(given | values))


def arrive(*messages: IncomingMessage) -> list[Message]:
    """They come in."""
    return desk.receive_messages(actor=SYSTEM, messages=list(messages))


def conversation_from(text: str = "いつ届きますか。", **values: Any) -> Conversation:
    """A conversation that a customer's mail has opened."""
    (message,) = arrive(mail(text, **values))
    return Conversation.objects.get(pk=message.conversation_id)


def events_of(*prefixes: str) -> list[str]:
    """The kinds of the events recorded so far, of these families."""
    kinds = Event.objects.order_by("id").values_list("kind", flat=True)
    return [kind for kind in kinds if kind.startswith(prefixes)]


def at(moment: datetime) -> Any:
    """The clock stands at this moment."""
    return clock.frozen(moment)
