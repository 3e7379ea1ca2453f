"""One conversation: its messages in order, who wrote them, its recovery cases, and what an answer can use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mikomi.channels.email.reading.quotes import split_reply
from mikomi.conversations import queries as desk
from mikomi.conversations.models import Attachment, Conversation, Message, RecoveryCase, Template
from mikomi.core.access import queries as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.paging import Page
from mikomi.customers import queries as customers
from mikomi.customers.queries.display import Display


@dataclass(frozen=True, slots=True)
class Line:
    """One message as it is shown: `own` is what the writer wrote, `folded` the quotation and signature."""

    id: int
    direction: str
    author: str
    at: datetime
    channel: str
    own: str
    folded: str
    has_html: bool
    is_automatic: bool
    attachments: list[Attachment]
    outgoing_state: str
    outgoing_reason: str
    may_take_back: bool


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


def conversation(*, actor: Actor, conversation_id: int, cursor: str | None = None) -> ConversationScreen:
    """One conversation; a constant number of queries. Raises `Conversation.DoesNotExist`, also for another team's."""
    found = desk.conversation(actor=actor, conversation_id=conversation_id)
    person = customers.display([found.customer])[found.customer_id]
    colleagues = list(access.users(actor=actor))
    names = {user.pk: str(user) for user in colleagues}
    page = desk.messages(actor=actor, conversation_id=conversation_id, cursor=cursor)
    return ConversationScreen(
        conversation=found,
        customer=person,
        lines=page.map(lambda row: _line(row, person, names)),
        recoveries=desk.recoveries_in(actor=actor, conversation_id=conversation_id),
        templates=desk.templates(actor=actor, language=found.language),
        colleagues=colleagues,
        assignee=names.get(found.assignee_id or 0, ""),
    )


def _line(row: Message, person: Display, names: dict[int, str]) -> Line:
    own, folded = _folded(row)
    outgoing = row.outgoing
    return Line(
        id=row.pk,
        direction=row.direction,
        author=names.get(row.author_id or 0, "") or row.from_name or person.name,
        at=row.sent_at,
        channel=row.channel,
        own=own,
        folded=folded,
        has_html=bool(row.html) and row.direction == Message.Direction.IN,
        is_automatic=row.is_automatic,
        attachments=list(row.attachments.all()),
        outgoing_state=outgoing.state if outgoing else "",
        outgoing_reason=outgoing.reason if outgoing else "",
        may_take_back=bool(outgoing and outgoing.state in ("held", "waiting")),
    )


def _folded(row: Message) -> tuple[str, str]:
    """Quotations are folded only in what arrived by mail; the whole text stays stored."""
    if row.direction != Message.Direction.IN or row.channel != "email":
        return row.text, ""
    reply = split_reply(row.text)
    folded = "\n".join(filter(None, [reply.quoted, reply.signature]))
    return (reply.own, folded) if reply.own else (row.text, "")
