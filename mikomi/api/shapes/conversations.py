"""Conversations, messages and recoveries, as the API gives and takes them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from ninja import Schema
from pydantic import Base64Bytes, Field

from mikomi.api.shapes.common import (
    Amount,
    Code,
    Currency,
    Day,
    Id,
    In,
    Line,
    Moment,
    Money,
    Paging,
    PersonRef,
    Utc,
    Words,
)
from mikomi.channels.models import Intake
from mikomi.conversations.models import (
    Attachment,
    Conversation,
    Message,
    RecoveryCase,
    Regrouping,
    Remedy,
    Template,
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


class FileIn(In):
    """A file that comes with a message."""

    name: Annotated[Line, Field(min_length=1)]
    content_type: Annotated[Line, Field(max_length=100)] = "application/octet-stream"
    content: Base64Bytes = Field(max_length=2_400_000, description="Base64.")


class ArrivalIn(In):
    """A message that a customer wrote elsewhere. The same `source` and `external_id` is taken once."""

    source: Annotated[Code, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$", description="Your system's short name.")]
    external_id: Annotated[Line, Field(min_length=1, max_length=200, description="Your id of the message.")]
    text: Annotated[str, Field(min_length=1, max_length=200_000)]
    subject: Line = ""
    name: Line = ""
    email: Annotated[Line, Field(max_length=254)] = ""
    phone: Annotated[Line, Field(max_length=64)] = ""
    external_person_id: Annotated[Line, Field(max_length=254, description="Your id of the customer.")] = ""
    language: Annotated[Code, Field(max_length=8)] = ""
    sent_at: Moment | None = None
    files: list[FileIn] = Field([], max_length=10)


class AnswerPromiseIn(In):
    """What the answer promises."""

    statement: Annotated[Words, Field(min_length=1, max_length=2_000)]
    due_at: Moment
    kind: Annotated[str, Field(pattern="^(callback|custom|delivery|shipping)$")] = "callback"


class AnswerIn(In):
    """An answer to the customer."""

    text: Annotated[Words, Field(min_length=1)]
    subject: Line = ""
    template_key: Code = ""
    promise: AnswerPromiseIn | None = None
    close_after: bool = False
    send_after: Moment | None = Field(
        None,
        description="It can be taken back until then. Two minutes or more from now it is scheduled: until it has"
        " left, the customer still waits.",
    )
    sender: Annotated[
        Code, Field(description="The key of one of /senders; empty: as the conversation goes.")
    ] = ""
    files: list[FileIn] = Field([], max_length=10)
    seen_message_id: Id | None = Field(
        None,
        description="The newest message that the writer has seen: refused if somebody else answered after it.",
    )


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


class SenderOut(Schema):
    """An address that answers can come from."""

    key: str
    address: str
    display_name: str


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


class RenderIn(In):
    """Which template, and what you know for its fields."""

    key: Annotated[Code, Field(min_length=1)]
    values: Annotated[dict[Code, Line], Field(max_length=50)] = {}


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


class AttachmentOut(Schema):
    """A file of a message; `/attachments/{id}` gives its bytes. `refused`: why it was not kept."""

    id: int
    name: str
    content_type: str
    size: int
    refused: str

    @classmethod
    def of(cls, row: Attachment) -> AttachmentOut:
        """From the row."""
        return cls(
            id=row.pk, name=row.name, content_type=row.content_type, size=row.size, refused=row.refused
        )


class MessageOut(Schema):
    """A message: `in` from the customer, `out` from us, `note` an internal note."""

    id: int
    conversation_id: int
    direction: str
    channel: str
    author_id: int | None
    from_name: str
    from_address: str
    subject: str
    text: str
    sent_at: Utc
    is_automatic: bool
    outgoing_id: int | None
    outgoing_state: str
    outgoing_reason: str
    is_scheduled: bool
    authentication: Annotated[
        dict[str, str], Field(description="What the business's own mail server says of the sender.")
    ]
    security: str
    report: str
    attachments: list[AttachmentOut]

    @classmethod
    def of(cls, row: Message) -> MessageOut:
        """From a row with its attachments and outgoing message read."""
        return cls(
            id=row.pk,
            conversation_id=row.conversation_id,
            direction=row.direction,
            channel=row.channel,
            author_id=row.author_id,
            from_name=row.from_name,
            from_address=row.from_address,
            subject=row.subject,
            text=row.text,
            sent_at=row.sent_at,
            is_automatic=row.is_automatic,
            outgoing_id=row.outgoing.pk if row.outgoing else None,
            outgoing_state=row.outgoing.state if row.outgoing else "",
            outgoing_reason=row.outgoing.reason if row.outgoing else "",
            is_scheduled=bool(row.marks.get("scheduled")),
            authentication=row.marks.get("authentication", {}),
            security=row.marks.get("security", ""),
            report=row.marks.get("report", ""),
            attachments=[AttachmentOut.of(part) for part in row.attachments.all()],
        )


class ArrivalOut(Schema):
    """What became of a message that was handed in. While `state` is "received" the worker still files it."""

    id: int
    state: str
    reason: str
    conversation_id: int | None

    @classmethod
    def of(cls, row: Intake) -> ArrivalOut:
        """From the row."""
        return cls(id=row.pk, state=row.state, reason=row.reason, conversation_id=row.conversation_id)


class TemplateOut(Schema):
    """A template for answers."""

    id: int
    key: str
    language: str
    title: str
    subject: str
    text: str

    @classmethod
    def of(cls, row: Template) -> TemplateOut:
        """From the row."""
        return cls(
            id=row.pk,
            key=row.key,
            language=row.language,
            title=row.title,
            subject=row.subject,
            text=row.text,
        )


class RenderedOut(Schema):
    """A template filled in; `unfilled`: the places that still wait."""

    subject: str
    text: str
    unfilled: list[str]


# Recoveries


class RecoveryFilter(Paging):
    """Which cases; without a state: the open ones and those asked."""

    state: RecoveryCase.State | None = None


class OpenIn(In):
    """Of a broken promise, or of a conversation."""

    promise_id: Id | None = None
    conversation_id: Id | None = None


class CauseIn(In):
    """Why the promise was broken."""

    cause: RecoveryCase.Cause
    note: Words = ""


class ApologyIn(In):
    """The apology, sent as an answer."""

    text: Annotated[Words, Field(min_length=1)]
    subject: Line = ""


class RemedyIn(In):
    """What makes good, within what the caller's role may grant for the whole case."""

    kind: Remedy.Kind
    amount_minor: Amount
    currency: Currency
    note: Words = ""


class PreventionIn(In):
    """What is changed so that it doesn't happen again."""

    text: Words
    owner_id: Id | None = None
    due: Day | None = None
    is_done: bool = False


class FollowUpIn(In):
    """When we come back to the customer; null: not any more."""

    at: Moment | None


class AskIn(In):
    """Words of your own around the question; empty: the business's."""

    text: Words = ""


class ToldIn(In):
    """What the customer told a person."""

    solved: bool


class OwnerIn(In):
    """Who sees the case through."""

    owner_id: Id | None


class RemedyOut(Schema):
    """A remedy that was granted."""

    id: int
    kind: str
    cost: Money
    note: str
    granted_by_id: int
    granted_at: Utc

    @classmethod
    def of(cls, row: Remedy) -> RemedyOut:
        """From the row."""
        return cls(
            id=row.pk,
            kind=row.kind,
            cost=Money(minor=row.amount_minor, currency=row.currency),
            note=row.note,
            granted_by_id=row.granted_by_id,
            granted_at=row.granted_at,
        )


class RecoveryOut(Schema):
    """A recovery case."""

    id: int
    promise_id: int | None
    conversation_id: int
    customer: PersonRef
    state: str
    owner_id: int | None
    cause: str
    cause_note: str
    apologised_at: Utc | None
    remedies: list[RemedyOut]
    prevention: str
    prevention_owner_id: int | None
    prevention_due: date | None
    prevention_done_at: Utc | None
    follow_up_at: Utc | None
    follow_up_done_at: Utc | None
    asked_at: Utc | None
    answered_at: Utc | None
    outcome: str
    cost: Money
    opened_at: Utc
    closed_at: Utc | None
    reopened_count: int

    @classmethod
    def of(cls, row: RecoveryCase, names: dict[int, Display]) -> RecoveryOut:
        """From a row with its remedies read, and the customer's name."""
        return cls(
            id=row.pk,
            promise_id=row.promise.pk if row.promise else None,
            conversation_id=row.conversation_id,
            customer=PersonRef(id=row.customer_id, name=names[row.customer_id].name),
            state=row.state,
            owner_id=row.owner_id,
            cause=row.cause,
            cause_note=row.cause_note,
            apologised_at=row.apologised_at,
            remedies=[RemedyOut.of(one) for one in row.remedies.all()],
            prevention=row.prevention,
            prevention_owner_id=row.prevention_owner_id,
            prevention_due=row.prevention_due,
            prevention_done_at=row.prevention_done_at,
            follow_up_at=row.follow_up_at,
            follow_up_done_at=row.follow_up_done_at,
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            outcome=row.outcome,
            cost=Money(minor=row.cost_minor, currency=row.currency),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            reopened_count=row.reopened_count,
        )
