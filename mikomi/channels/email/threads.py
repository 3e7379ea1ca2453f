"""Which conversation a mail belongs to: signed token, else a known Message-ID whose conversation the sender is in.

What a person split or joined stays so. A ticket number in the subject is no evidence. Whoever forwards a mail does not
let its reader into the case: the reader is not one who takes part.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Q

from mikomi.channels.email.reading.parsed import ParsedMessage
from mikomi.channels.email.reading.threading import reply_token, thread_candidates
from mikomi.conversations.models import Conversation, Message
from mikomi.conversations.queries.places import place_of, split_off
from mikomi.core import lookups
from mikomi.customers.models import Identity
from mikomi.customers.rules.identities import email_value
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.queries import by_message_ids

CONVERSATION = "conversation"


def token_for(conversation_id: int) -> str:
    """The signed token of a conversation, for the addresses and headers of what we send."""
    return reply_token(settings.SECRET_KEY, conversation_id)


def conversation_of(parsed: ParsedMessage, sender: str) -> int | None:
    """The conversation that a mail from `sender` goes on with; none: it begins a new one."""
    evidence = thread_candidates(parsed, settings.SECRET_KEY)
    tokens = [item.conversation_id for item in evidence if item.conversation_id is not None]
    named = [item.value for item in evidence if item.conversation_id is None]
    known = _conversations_of(named) if named else []
    for conversation_id in tokens:
        place = place_of(conversation_id)
        if place is not None:
            return _where_a_person_put_it(place, known)
    return next((pk for pk in known if takes_part(pk, sender)), None)


def _where_a_person_put_it(place: int, known: Sequence[int]) -> int:
    """The token was made before a person split the conversation: the message that is answered now stands elsewhere."""
    nearest = next(iter(known), place)
    return nearest if nearest != place and nearest in split_off(place) else place


def _conversations_of(message_ids: Sequence[str]) -> list[int]:
    """The conversations that these Message-IDs stand in, in the order of the ids, each once."""
    ids = [value[:250] for value in message_ids if value]
    rows = lookups.rows(Message, ["message_id", "conversation_id"], message_id=ids)
    standing = {place for _message_id, place in rows}
    living = {place for (place,) in lookups.rows(Conversation, ["id"], id=standing, deleted_at=None)}
    places = {message_id: place for message_id, place in rows if place in living}
    for message_id, outgoing in by_message_ids(message_ids).items():
        place = conversation_of_outgoing(outgoing)
        if place is not None:
            places[message_id] = place
    found = (places.get(value[:250]) for value in message_ids)
    return list(dict.fromkeys(place for place in found if place is not None))


def conversation_of_outgoing(outgoing: OutgoingMessage) -> int | None:
    """The living conversation that a message of ours belongs to."""
    named = Q(pk=outgoing.subject_id) if outgoing.subject_type == CONVERSATION else Q(pk__in=[])
    found = Conversation.objects.filter(named | Q(messages__outgoing=outgoing), deleted_at=None)
    return found.values_list("pk", flat=True).first()


def takes_part(conversation_id: int, address: str) -> bool:
    """Whether this address is one of the customer's, or has written or been written to in the conversation."""
    value = email_value(address)
    if not value:
        return False
    if lookups.exists(Message, conversation_id=conversation_id, from_address=value):
        return True  # most have written themselves, always in the same way
    if Message.objects.filter(conversation_id=conversation_id, from_address__iexact=value).exists():
        return True
    if OutgoingMessage.objects.filter(
        message__conversation_id=conversation_id, to_address__iexact=value
    ).exists():
        return True
    conversation = Conversation.objects.select_related("customer").get(pk=conversation_id)
    living = conversation.customer.merged_into_id or conversation.customer_id
    mine = Q(customer_id=living) | Q(customer__merged_into_id=living)
    return Identity.objects.filter(mine, kind=Identity.Kind.EMAIL, value=value).exists()
