"""Mailboxes, further senders, imports of old mail and arrivals, as the API gives and takes them.

Passwords go in and never come out: `has_reading_password`, `has_sending_password` say whether one is kept.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from mikomi.api.shapes.common import Code, Id, In, Line, Moment, Paging, Utc, Words
from mikomi.channels import queries
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.models import Intake, Mailbox, MailImport, Sender
from mikomi.channels.operations import ConnectionReport
from mikomi.channels.queries import FolderBalance, Heartbeat

Name = Annotated[Line, Field(max_length=200)]
Host = Annotated[Line, Field(max_length=255)]
User = Annotated[Line, Field(max_length=254)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Password = Annotated[Line, Field(description="Kept sealed; never given out again.")]
Signature = Annotated[Words, Field(max_length=2_000)]
Folder = Annotated[Line, Field(max_length=255)]


class MailProblemOut(Schema):
    """What is wrong with a mail server: a code, a sentence, and what the server said."""

    code: str
    sentence: str
    detail: str

    @classmethod
    def of(cls, problem: MailProblem | None) -> MailProblemOut | None:
        """From the problem; none: all is well."""
        if problem is None:
            return None
        return cls(code=problem.code, sentence=problem.sentence, detail=problem.detail)


class HeartbeatOut(Schema):
    """Whether a mailbox is read. `is_silent`: people should know that nothing comes in."""

    mailbox_id: int
    address: str
    last_visit_at: Utc | None
    next_visit_at: Utc | None
    listening_since: Utc | None
    failing_since: Utc | None
    reading_problem: MailProblemOut | None
    sending_problem: MailProblemOut | None
    is_silent: bool

    @classmethod
    def of(cls, beat: Heartbeat) -> HeartbeatOut:
        """From the query's value."""
        return cls(
            mailbox_id=beat.mailbox_id,
            address=beat.address,
            last_visit_at=beat.polled_at,
            next_visit_at=beat.next_poll_at,
            listening_since=beat.listening_since,
            failing_since=beat.failing_since,
            reading_problem=MailProblemOut.of(beat.problem),
            sending_problem=MailProblemOut.of(beat.send_problem),
            is_silent=beat.is_silent,
        )


class MailboxChangeIn(In):
    """What is to be different; what is not given stays."""

    address: Annotated[Line, Field(min_length=3, max_length=254)] | None = None
    display_name: Name | None = None
    signature: Signature | None = None
    team_id: Id | None = None
    sign_in: Mailbox.SignIn | None = None
    protocol: Mailbox.Protocol | None = None
    imap_host: Host | None = None
    imap_port: Port | None = None
    imap_security: Mailbox.Security | None = None
    imap_user: User | None = None
    imap_password: Password | None = None
    folders: list[Folder] | None = Field(None, max_length=50, description="Empty: INBOX.")
    after_reading: Mailbox.AfterReading | None = None
    smtp_host: Host | None = None
    smtp_port: Port | None = None
    smtp_security: Mailbox.Security | None = None
    smtp_user: User | None = None
    smtp_password: Password | None = None
    uses_plus_addresses: bool | None = None
    backfill_until: Moment | None = Field(None, description="Mails that arrived before it are history.")

    @model_validator(mode="after")
    def _only_a_team_is_taken_away(self) -> MailboxChangeIn:
        """`null` says "no team"; of everything else it says nothing."""
        empty = {name for name in self.model_fields_set if getattr(self, name) is None} - {"team_id"}
        if empty:
            text = _("Leave out what stays as it is: %(names)s.") % {"names": ", ".join(sorted(empty))}
            raise PydanticCustomError("nothing", "{text}", {"text": text})
        return self

    def given(self) -> dict[str, Any]:
        """What is given, by the names of `MailboxSettings`."""
        given: dict[str, Any] = self.model_dump(exclude_unset=True)
        return given | ({} if self.folders is None else {"folders": tuple(self.folders)})


class MailboxIn(MailboxChangeIn):
    """A new mailbox; what is not given has the usual value."""

    address: Annotated[Line, Field(min_length=3, max_length=254)]


class MailboxOut(Schema):
    """A mailbox, without its passwords."""

    id: int
    address: str
    display_name: str
    signature: str
    team_id: int | None
    sign_in: Mailbox.SignIn
    protocol: Mailbox.Protocol
    imap_host: str
    imap_port: int
    imap_security: Mailbox.Security
    imap_user: str
    has_reading_password: bool
    folders: list[str]
    after_reading: Mailbox.AfterReading
    smtp_host: str
    smtp_port: int
    smtp_security: Mailbox.Security
    smtp_user: str
    has_sending_password: bool
    uses_plus_addresses: bool
    backfill_until: Utc | None
    is_active: bool

    @classmethod
    def of(cls, row: Mailbox) -> MailboxOut:
        """From the row."""
        given: dict[str, Any] = {
            name: getattr(row, name) for name in cls.model_fields if name not in _MADE
        } | {"has_reading_password": bool(row.imap_secret), "has_sending_password": bool(row.smtp_secret)}
        return cls(id=row.pk, **given)


_MADE = {"id", "has_reading_password", "has_sending_password"}


class ConnectionOut(Schema):
    """How a trial of the connection went. `folders`: those on the server, to choose from."""

    works: bool
    reading_problem: MailProblemOut | None
    sending_problem: MailProblemOut | None
    folders: list[str]
    message_count: int | None

    @classmethod
    def of(cls, report: ConnectionReport) -> ConnectionOut:
        """From the operation's value."""
        return cls(
            works=report.works,
            reading_problem=MailProblemOut.of(report.reading),
            sending_problem=MailProblemOut.of(report.sending),
            folders=list(report.folders),
            message_count=report.message_count,
        )


class FurtherSenderIn(In):
    """A further address that answers come from, by the server of a mailbox."""

    mailbox_id: Id
    address: Annotated[Line, Field(min_length=3, max_length=254)]
    display_name: Name = ""
    signature: Signature = ""
    is_active: bool = True


class FurtherSenderOut(Schema):
    """A further address. `key`: how it is named when an answer is sent."""

    id: int
    key: str
    mailbox_id: int
    address: str
    display_name: str
    signature: str
    is_active: bool

    @classmethod
    def of(cls, row: Sender) -> FurtherSenderOut:
        """From the row."""
        same = {name: getattr(row, name) for name in cls.model_fields if name not in ("id", "key")}
        return cls(id=row.pk, key=f"s{row.pk}", **same)


class RefusedItemOut(Schema):
    """Something in a file that was not taken for a message, and why."""

    name: str
    reason: str
    sentence: str


class MailImportOut(Schema):
    """An import of old mail and how far it is. `states`: what became of its messages, of one import only."""

    id: int
    mailbox_id: int
    file_name: str
    state: MailImport.State
    bytes_total: int
    bytes_done: int
    taken: int
    known: int
    refused_count: int
    refused: list[RefusedItemOut]
    error: str
    created_at: Utc
    finished_at: Utc | None
    states: dict[str, int] | None = None

    @classmethod
    def of(cls, row: MailImport, states: dict[str, int] | None = None) -> MailImportOut:
        """From the row and the count of its messages."""
        return cls(
            id=row.pk,
            mailbox_id=row.mailbox_id,
            file_name=row.file_name,
            state=MailImport.State(row.state),
            bytes_total=row.bytes_total,
            bytes_done=row.bytes_done,
            taken=row.taken_count,
            known=row.known_count,
            refused_count=row.refused_count,
            refused=[
                RefusedItemOut(**item, sentence=queries.refusal_words(item["reason"])) for item in row.refused
            ],
            error=row.error,
            created_at=row.created_at,
            finished_at=row.finished_at,
            states=states,
        )


class ArrivalFilter(Paging):
    """Which arrivals; without a state: those in quarantine."""

    state: Intake.State = Intake.State.QUARANTINED


class ArrivalOut(Schema):
    """One raw arrival and what became of it. `reason` is for programs, `sentence` for people."""

    id: int
    channel: str
    mailbox_id: int | None
    message_id: str
    sha256: str
    size: int
    has_bytes: bool
    received_at: Utc
    arrived_at: Utc | None
    state: Intake.State
    reason: Code
    sentence: str
    sender: str
    subject: str
    conversation_id: int | None
    same_id_other_content: bool

    @classmethod
    def of(cls, row: Intake) -> ArrivalOut:
        """From the row."""
        return cls(
            id=row.pk,
            channel=row.channel,
            mailbox_id=row.mailbox_id,
            message_id=row.message_id,
            sha256=row.raw_sha256,
            size=row.raw_size,
            has_bytes=row.raw_id is not None,
            received_at=row.received_at,
            arrived_at=row.arrived_at,
            state=Intake.State(row.state),
            reason=row.reason,
            sentence=queries.reason_words(row),
            sender=str(row.detail.get("from", "")),
            subject=str(row.detail.get("subject", "")),
            conversation_id=row.conversation_id,
            same_id_other_content=row.same_id_other_content,
        )


class FolderBalanceOut(Schema):
    """What the server counted in a folder, and where each of these messages is. `difference` should be 0."""

    mailbox_id: int
    address: str
    folder: str
    checked_at: Utc | None
    server_count: int
    filed: int
    quarantined: int
    ignored: int
    deleted: int
    waiting: int
    not_handed_out: int
    difference: int

    @classmethod
    def of(cls, balance: FolderBalance) -> FolderBalanceOut:
        """From the query's value."""
        return cls(**{name: getattr(balance, name) for name in cls.model_fields})
