"""Conversations: the inbox, one conversation, splitting and joining."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import (
    Code,
    Id,
    In,
    Line,
    Moment,
    Paging,
    PersonRef,
    Utc,
    Words,
)
from mikomi.conversations.models import (
    Conversation,
    Regrouping,
)
from mikomi.customers.queries import Display


class View(StrEnum):
    """The views of the inbox."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class InboxFilter(Paging):
    """Which conversations."""

    view: View = View.ALL
    team_id: Id | None = None
    channel: Code = ""


class SplitIn(In):
    """Which messages go into a conversation of their own."""

    with_later: bool = Field(True, description="False: this message alone.")
    subject: Line = ""


class JoinIn(In):
    """Into which conversation."""

    into_id: Id


class RegroupingOut(Schema):
    """A split or joining; POST /regroupings/{id}/undo undoes it."""

    id: int
    kind: str
    source_id: int
    target_id: int
    message_ids: list[int]
    at: Utc
    undone_at: Utc | None

    @classmethod
    def of(cls, row: Regrouping) -> RegroupingOut:
        """From the row."""
        return cls(
            id=row.pk,
            kind=row.kind,
            source_id=row.source_id,
            target_id=row.target_id,
            message_ids=row.message_ids,
            at=row.at,
            undone_at=row.undone_at,
        )


class TextIn(In):
    """Words."""

    text: Annotated[Words, Field(min_length=1)]


class AssignIn(In):
    """To whom. Both null: to nobody and everybody."""

    assignee_id: Id | None = None
    team_id: Id | None = None


class SnoozeIn(In):
    """Until when."""

    until: Moment


class SeverityIn(In):
    """How grave."""

    severity: Conversation.Severity


class ConversationOut(Schema):
    """A conversation."""

    id: int
    customer: PersonRef
    subject: str
    excerpt: str
    channel: str
    state: str
    severity: str
    language: str
    team_id: int | None
    assignee_id: int | None
    message_count: int
    created_at: Utc
    last_message_at: Utc
    waiting_since: Utc | None
    answer_due_at: Utc | None
    snoozed_until: Utc | None
    closed_at: Utc | None

    @classmethod
    def of(cls, row: Conversation, names: dict[int, Display]) -> ConversationOut:
        """From the row and the customer's name."""
        return cls(
            id=row.pk,
            customer=PersonRef(id=row.customer_id, name=names[row.customer_id].name),
            subject=row.subject,
            excerpt=row.excerpt,
            channel=row.channel,
            state=row.state,
            severity=row.severity,
            language=row.language,
            team_id=row.team_id,
            assignee_id=row.assignee_id,
            message_count=row.message_count,
            created_at=row.created_at,
            last_message_at=row.last_message_at,
            waiting_since=row.waiting_since,
            answer_due_at=row.answer_due_at,
            snoozed_until=row.snoozed_until,
            closed_at=row.closed_at,
        )


class CountsOut(Schema):
    """How many conversations each view holds."""

    mine: int
    unassigned: int
    all: int
    snoozed: int
    owed: int
    overdue: int
