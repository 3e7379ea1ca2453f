"""What search finds of the desk: every message, for those who see its conversation."""

from __future__ import annotations

from collections.abc import Sequence

from mikomi.conversations.models import Conversation, Message
from mikomi.core.search import operations as search
from mikomi.core.search.operations import Entry

KIND = "message"


def entry_of(message: Message, conversation: Conversation) -> Entry:
    """The index entry of a message."""
    return Entry(
        kind=KIND,
        object_id=message.pk,
        customer_id=conversation.customer_id,
        team_id=conversation.team_id,
        title=(message.subject or conversation.subject)[:300],
        text=message.text,
        moment=message.sent_at,
    )


def index_messages(pairs: Sequence[tuple[Message, Conversation]], *, are_new: bool = False) -> None:
    """Index messages, or index them anew. `are_new`: they were written in this transaction."""
    search.index([entry_of(message, conversation) for message, conversation in pairs], are_new=are_new)


def reindex_conversation(conversation: Conversation) -> None:
    """Index every message of a conversation anew, as after bringing it back."""
    index_messages([(message, conversation) for message in conversation.messages.all()])


def move_to_team(conversation: Conversation) -> None:
    """After a change of team: who finds its messages has changed."""
    ids = list(conversation.messages.values_list("pk", flat=True))
    search.move_to_team(KIND, ids, conversation.team_id)


def forget_conversation(conversation: Conversation) -> None:
    """Nobody finds its messages any more."""
    search.remove(KIND, list(conversation.messages.values_list("pk", flat=True)))
