"""Where messages belong: after a person split or joined conversations, and what was written about a promise."""

from __future__ import annotations

from collections.abc import Collection

from mikomi.conversations.models import Conversation, Message, Regrouping
from mikomi.conversations.queries.visibility import seen_through
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission

_LONGEST_CHAIN = 20


def place_of(conversation_id: int) -> int | None:
    """The living conversation that this one is or was joined into, over several steps; none when it was deleted."""
    current: int | None = conversation_id
    for _step in range(_LONGEST_CHAIN):
        row = (
            Conversation.objects.filter(pk=current).values_list("deleted_at", "joined_into_id").first()
            if current
            else None
        )
        if row is None:
            return None
        deleted_at, joined_into = row
        if deleted_at is None:
            return current
        current = joined_into
    return None


def split_off(conversation_id: int) -> set[int]:
    """The conversations that a person split off from this one, or from what was split off from it."""
    found: set[int] = set()
    new = {conversation_id}
    while new:
        rows = Regrouping.objects.filter(source_id__in=new, kind=Regrouping.Kind.SPLIT, undone_at=None)
        new = set(rows.values_list("target_id", flat=True)) - found
        found |= new
    return found


def joined_place(*, actor: Actor, conversation_id: int) -> int | None:
    """For whoever opens a conversation that was joined into another: the one to go to, if they may see it."""
    found = place_of(conversation_id)
    if found is None or found == conversation_id:
        return None
    seen = Conversation.objects.filter(seen_through(actor, ""), pk=found)
    return found if seen.exists() else None


def regroupings(*, actor: Actor, conversation_id: int) -> list[Regrouping]:
    """What a person has split off from this conversation or joined into it, the oldest first; one query.

    A split is shown at both ends while it stands.
    """
    rows = Regrouping.objects.filter(undone_at=None)
    ours = rows.filter(source_id=conversation_id, kind=Regrouping.Kind.SPLIT) | rows.filter(
        target_id=conversation_id
    )
    seen = ours.filter(seen_through(actor, "target__")).select_related("source", "target")
    return list(seen.order_by("id"))


def can_join(*, actor: Actor, conversation: Conversation, size: int = 30) -> list[Conversation]:
    """The other conversations of this customer that this one could be joined with, the newest first."""
    living = conversation.customer.merged_into_id or conversation.customer_id
    theirs = Conversation.objects.filter(seen_through(actor, "")).exclude(pk=conversation.pk)
    own, merged = theirs.filter(customer_id=living), theirs.filter(customer__merged_into_id=living)
    return list((own | merged).select_related("customer").order_by("-last_message_at", "-id")[:size])


def written_about(*, actor: Actor, promise_ids: Collection[int]) -> dict[int, int]:
    """By promise: the conversation in which what the customer wrote on its page came in last, as far as the actor may
    see it; one query, none without promises."""
    if not promise_ids or not actor.may(Permission.CONVERSATIONS_VIEW):
        return {}
    rows = Message.objects.filter(seen_through(actor, "conversation__"), promise_id__in=promise_ids)
    return {
        promise_id: conversation_id
        for promise_id, conversation_id in rows.order_by("pk").values_list("promise_id", "conversation_id")
        if promise_id is not None
    }
