"""What others hand to the desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypedDict

from mikomi.customers.records import PersonRecord


class Marks(TypedDict, total=False):
    """What a channel found out about a message, as it is stored with it. Moments are ISO texts.

    `authentication`: verdicts of the business's own server on the sender (spf, dkim, dmarc, by). `security`:
    smime-signed, smime-encrypted, pgp-signed, pgp-encrypted. `invitations`: calendar entries. `nested`: messages
    in the message. `report`: what kind of machine's report it is. `scheduled`, `close_after`: of an answer that
    has not left yet.
    """

    authentication: dict[str, str]
    security: str
    invitations: list[dict[str, Any]]
    nested: list[dict[str, Any]]
    report: str
    scheduled: bool
    close_after: bool


@dataclass(frozen=True, slots=True)
class IncomingAttachment:
    """A part of an incoming message. `refused`: code of the reason why its bytes were not kept."""

    name: str
    content_type: str
    size: int
    file_id: int | None = None
    content_id: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One message of a customer, read by its channel.

    `intake_id`: the raw arrival; the same one arrives once. `conversation_id`: where the channel's own threading
    puts it; none: the desk finds or opens a conversation. `backfill`: history, nothing follows from it. `is_ours`: the
    other half of history, which we wrote to `person`.
    """

    channel: str
    person: PersonRecord
    text: str
    sent_at: datetime
    intake_id: int | None = None
    subject: str = ""
    html: str = ""
    message_id: str = ""
    conversation_id: int | None = None
    attachments: tuple[IncomingAttachment, ...] = ()
    is_automatic: bool = False
    sender_key: str = ""
    team_id: int | None = None
    backfill: bool = False
    is_ours: bool = False
    language: str = "ja"
    from_name: str = ""
    from_address: str = ""
    marks: Marks = field(default_factory=Marks)


@dataclass(frozen=True, slots=True)
class PromiseInAnswer:
    """A promise that an agent records while answering: what was said, and by when (a moment, or the end of a day)."""

    statement: str
    due_at: datetime | date
    kind: str = "callback"


@dataclass(frozen=True, slots=True)
class HistoricMessage:
    """One message of a conversation that lies in the past. `direction`: in, out or note."""

    direction: str
    text: str
    sent_at: datetime
    author_id: int | None = None


@dataclass(frozen=True, slots=True)
class HistoricConversation:
    """A whole conversation of a known customer, for backfills, samples and benchmarks.

    `messages` in order of time, at least one. `state`: open, snoozed or closed; `closed_at` for closed ones.
    """

    customer_id: int
    channel: str
    subject: str
    messages: tuple[HistoricMessage, ...]
    language: str = "ja"
    severity: str = "normal"
    state: str = "closed"
    closed_at: datetime | None = None
    snoozed_until: datetime | None = None
    assignee_id: int | None = None
    team_id: int | None = None
    from_name: str = ""
    from_address: str = ""
    answer_due_at: datetime | None = None
