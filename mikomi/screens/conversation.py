"""One conversation: its messages in order, who wrote them, its recovery cases, and what an answer can use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mikomi.channels.email.senders import Identity, identities
from mikomi.conversations import queries as desk
from mikomi.conversations.models import (
    Conversation,
    DraftFile,
    Message,
    RecoveryCase,
    Regrouping,
    Template,
)
from mikomi.core import clock
from mikomi.core.access import queries as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Permission
from mikomi.core.paging import Page
from mikomi.customers import queries as customers
from mikomi.customers.queries.display import Display
from mikomi.screens.message import Line, line, undoable


@dataclass(frozen=True, slots=True)
class Undo:
    """The answer that was just written, and the moment at which it leaves."""

    message_id: int
    leaves_at: datetime


@dataclass(frozen=True, slots=True)
class ConversationScreen:
    """Everything that the middle pane shows."""

    conversation: Conversation
    customer: Display
    lines: Page[Line]
    recoveries: list[RecoveryCase]
    templates: list[Template]
    colleagues: list[User]
    assignee: str
    drafts: list[DraftFile]
    senders: list[Identity]
    regroupings: list[Regrouping]
    undo: Undo | None


def conversation(*, actor: Actor, conversation_id: int, cursor: str | None = None) -> ConversationScreen:
    """One conversation; a constant number of queries. Raises `Conversation.DoesNotExist`, also for another team's."""
    found = desk.conversation(actor=actor, conversation_id=conversation_id)
    person = customers.display([found.customer])[found.customer_id]
    colleagues = list(access.users(actor=actor))
    names = {user.pk: str(user) for user in colleagues}
    page = desk.messages(actor=actor, conversation_id=conversation_id, cursor=cursor)
    may_answer = actor.may(Permission.CONVERSATIONS_ANSWER)
    return ConversationScreen(
        conversation=found,
        customer=person,
        lines=page.map(lambda row: line(row, person.name, names)),
        recoveries=desk.recoveries_in(actor=actor, conversation_id=conversation_id),
        templates=desk.templates(actor=actor, language=found.language),
        colleagues=colleagues,
        assignee=names.get(found.assignee_id or 0, ""),
        drafts=desk.draft_files(actor=actor, conversation_id=conversation_id) if may_answer else [],
        senders=identities(actor=actor) if may_answer else [],
        regroupings=desk.regroupings(actor=actor, conversation_id=conversation_id),
        undo=_undo(page.items, actor),
    )


def _undo(rows: list[Message], actor: Actor) -> Undo | None:
    found = undoable(rows, actor, clock.now())
    if found is None or found.outgoing is None:
        return None
    return Undo(found.pk, found.outgoing.not_before)
