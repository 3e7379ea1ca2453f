"""Messages, their files, the templates and senders of answers."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Base64Bytes, Field

from mikomi.api.shapes.common import (
    Code,
    Id,
    In,
    Line,
    Moment,
    Utc,
    Words,
)
from mikomi.channels.models import Intake
from mikomi.conversations.models import (
    Attachment,
    Message,
    Template,
)


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


class SenderOut(Schema):
    """An address that answers can come from."""

    key: str
    address: str
    display_name: str


class RenderIn(In):
    """Which template, and what you know for its fields."""

    key: Annotated[Code, Field(min_length=1)]
    values: Annotated[dict[Code, Line], Field(max_length=50)] = {}


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


class ReceiptOut(Schema):
    """What became of a message that was handed in. While `state` is "received" the worker still files it."""

    id: int
    state: str
    reason: str
    conversation_id: int | None

    @classmethod
    def of(cls, row: Intake) -> ReceiptOut:
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
