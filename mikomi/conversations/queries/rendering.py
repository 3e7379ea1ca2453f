"""A template filled in for the composer."""

from __future__ import annotations

from collections.abc import Mapping

from mikomi.conversations.queries.desk import conversation
from mikomi.conversations.wording import Rendered, fill
from mikomi.core.access.actor import Actor


def render_template(
    *, actor: Actor, key: str, conversation_id: int, values: Mapping[str, str] | None = None
) -> Rendered:
    """A template in the customer's language; what nobody knows yet shows as 【its label】.

    Raises `Conversation.DoesNotExist`, `Template.DoesNotExist`.
    """
    found = conversation(actor=actor, conversation_id=conversation_id)
    return fill(key=key, conversation=found, actor=actor, values=values)
