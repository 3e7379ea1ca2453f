"""What reading a message yields: plain frozen values, safe to store and to show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .addresses import Address
from .calendars import Entry
from .transfer import decode_transfer


@dataclass(frozen=True, slots=True)
class Part:
    """One part below the text: an attachment, an inline image, a nested message, a signature, a report.

    `size` counts the decoded bytes (an estimate for a refused part). `refused` says why a part is not offered for
    download; such a part is listed all the same.
    """

    name: str
    content_type: str
    size: int
    disposition: str = ""
    content_id: str = ""
    refused: str = ""
    kind: str = "file"
    """file, inline, message, calendar, signature, encrypted, report, container"""
    charset: str = ""
    _body: memoryview = field(default=memoryview(b""), repr=False, compare=False)
    _encoding: str = field(default="", repr=False)

    def content(self) -> bytes:
        """The decoded bytes; computed at each call, so that a message with large parts stays small in memory."""
        return b"" if self.refused else decode_transfer(bytes(self._body), self._encoding)


@dataclass(frozen=True, slots=True)
class Automation:
    """Whether a program sent the message, and which kind of program."""

    may_auto_reply: bool = True
    out_of_office: bool = False
    is_list: bool = False
    is_bulk: bool = False
    is_feedback_loop: bool = False
    own: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounce:
    """One delivery report on one recipient.

    `status` is the enhanced status code ("5.1.1"; "" when none can be told). `hard` is true only where the address
    itself is dead: no such user or host, moved, takes no mail. `reason` is a word such as "userunknown".
    """

    recipient: str
    status: str = ""
    action: str = ""
    reason: str = ""
    hard: bool = False
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Authentication:
    """What the receiving server found out about the sender ("pass", "fail", "none"…; "" when it says nothing)."""

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    server: str = ""
    """Who says so: the name at the beginning of the header, in lower case."""


@dataclass(frozen=True, slots=True)
class NestedMessage:
    """A message that stands in another one: its head, the beginning of its text, the names of its parts."""

    part_name: str
    sender: str = ""
    to: str = ""
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    is_cut: bool = False
    parts: tuple[str, ...] = ()


NOBODY = Address("", "")
"""The sender of a message that names none."""
_PERSON = Automation()
_UNTESTED = Authentication()


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """A message as read. The whole text stays here; folding of quotes is the view's business."""

    parser_version: int
    sender: Address = NOBODY
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None
    delivered_at: datetime | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    parts: tuple[Part, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    auto: Automation = _PERSON
    is_bounce: bool = False
    bounces: tuple[Bounce, ...] = ()
    original_message_id: str = ""
    """Message-ID of the message that a bounce, a report or a complaint is about."""
    authentication: Authentication = _UNTESTED
    """By the topmost header, whoever wrote it; see `authentication.trusted_authentication`."""
    nested: tuple[NestedMessage, ...] = ()
    invitations: tuple[Entry, ...] = ()
    complaint: str = ""
    """Of a feedback loop: what the reader complained of (abuse, fraud…)."""
    security: str = ""
    """smime-signed, smime-encrypted, pgp-signed, pgp-encrypted or empty"""
    charset: str = ""
    lossy: bool = False
    """True when characters of the text could not be read."""
    defects: tuple[str, ...] = ()
