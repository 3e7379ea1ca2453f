"""Where what concerns a promise belongs: the conversation about it, found or opened."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mikomi.conversations import events, wording
from mikomi.conversations.models import Conversation
from mikomi.core import clock
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.customers import queries as customers
from mikomi.promises.models import Promise


def conversation_about(promise: Promise) -> Conversation:
    """The conversation about a promise to one customer, held for changing: the one that it was made in, else the
    customer's newest that is not closed, else a new one. Inside the caller's transaction."""
    rows = Conversation.objects.select_for_update().filter(deleted_at=None)
    about = promise.subject_id if promise.subject_type == "conversation" else None
    if about is not None and (own := rows.filter(pk=about).first()):
        return own
    customer_id = customers.living_id(promise.person_id)
    theirs = rows.filter(customer_id__in=customers.ids_of(customer_id)).exclude(
        state=Conversation.State.CLOSED
    )
    return theirs.order_by("-last_message_at", "-id").first() or _opened(promise, customer_id)


def _opened(promise: Promise, customer_id: int) -> Conversation:
    """A conversation that we begin: about our promise."""
    now = clock.now()
    person = customers.display_ids([customer_id])[customer_id]
    with wording.in_language(person.language):
        subject = _("About our promise to you")
    conversation = Conversation.objects.create(
        customer_id=customer_id,
        subject=subject,
        channel="email",
        language=person.language,
        team_id=promise.team_id,
        assignee_id=promise.keeper_id,
        created_at=now,
        last_message_at=now,
    )
    payload = events.ConversationOpened(conversation.pk, Code(conversation.channel))
    record(payload, customer_id=customer_id)
    return conversation
