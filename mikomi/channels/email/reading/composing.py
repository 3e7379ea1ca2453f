"""Outgoing messages, by the standard library: text with an optional HTML twin, threading, machine headers.

Names and subjects are written as UTF-8 encoded words, which every client of the last 25 years reads. Nothing that
comes from outside can add a header: line ends in values are refused.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.headerregistry import Address as Mailbox
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import SMTP, Policy, compat32
from email.utils import format_datetime

from .addresses import Address
from .threading import TOKEN_HEADER, plus_address


class _Whole(UnstructuredHeader, BaseHeader):
    """A header of ids or addresses: folded between its words only.

    The standard library would write a word that is longer than a line as encoded words, which no program reads
    there: replies would no longer thread, and the one-click address would not be found.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(str(self).split(" ")) + policy.linesep


def _header_factory() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in ("in-reply-to", "references", "list-unsubscribe", TOKEN_HEADER.lower()):
        registry.map_to_type(name, _Whole)
    return registry


POLICY = SMTP.clone(max_line_length=76, cte_type="7bit", header_factory=_header_factory())
_MAX_REFERENCES = 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,250}@[!-;=?-~]{1,250}")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+\-]{1,80}/[a-z0-9!#$&^_.+\-]{1,80}")


class HeaderInjection(ValueError):  # noqa: N818  (names the attempt)
    """A value that would have become more than one header."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send; `content_id` makes it an inline image of the HTML."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be sent.

    `message_id` is made by `make_message_id`, so that a repeated attempt carries the same one. `reply_token` goes
    into the Reply-To address (plus address) and into a header. `automatic` marks what no person wrote.
    """

    sender: Address
    to: Sequence[Address]
    subject: str
    text: str
    message_id: str
    date: datetime
    html: str = ""
    cc: Sequence[Address] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: Sequence[str] = ()
    reply_token: str = ""
    automatic: bool = False
    list_unsubscribe: str = ""
    """https address that takes the one-click POST of RFC 8058"""
    attachments: Sequence[Attachment] = field(default_factory=tuple)


def make_message_id(key: str, domain: str) -> str:
    """A Message-ID (without brackets) that is the same for the same key: one outbox row has one for ever."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return _checked_id(f"{digest}@{_ascii_domain(domain)}")


def compose(draft: Draft) -> EmailMessage:
    """The message of a draft. Raises HeaderInjection or ValueError when a value can't stand in a header."""
    message = EmailMessage(policy=POLICY)
    message["Date"] = format_datetime(draft.date)
    message["Message-ID"] = f"<{_checked_id(draft.message_id)}>"
    message["From"] = _mailbox(draft.sender)
    message["To"] = tuple(_mailbox(item) for item in draft.to)
    if draft.cc:
        message["Cc"] = tuple(_mailbox(item) for item in draft.cc)
    message["Subject"] = _one_line(draft.subject)
    _add_threading(message, draft)
    _add_machine_headers(message, draft)
    _add_body(message, draft)
    return message


def _add_threading(message: EmailMessage, draft: Draft) -> None:
    if draft.in_reply_to:
        message["In-Reply-To"] = f"<{_checked_id(draft.in_reply_to)}>"
    chain = [item for item in (*draft.references, draft.in_reply_to) if item]
    if chain:
        chain = list(dict.fromkeys(_checked_id(item) for item in chain))
        kept = chain[:1] + chain[1:][-(_MAX_REFERENCES - 1) :]
        message["References"] = " ".join(f"<{item}>" for item in kept)
    answer_to = draft.reply_to or (draft.sender if draft.reply_token else None)
    if answer_to is not None:
        address = (
            plus_address(answer_to.address, draft.reply_token) if draft.reply_token else answer_to.address
        )
        message["Reply-To"] = _mailbox(Address(answer_to.name, address))
    if draft.reply_token:
        message[TOKEN_HEADER] = _one_line(draft.reply_token)


def _add_machine_headers(message: EmailMessage, draft: Draft) -> None:
    if draft.automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    if draft.list_unsubscribe:
        address = _one_line(draft.list_unsubscribe)
        if not re.fullmatch(r"https://[^\s<>]{1,2000}", address):
            raise ValueError("List-Unsubscribe must be an https address")
        message["List-Unsubscribe"] = f"<{address}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _add_body(message: EmailMessage, draft: Draft) -> None:
    message.set_content(_mail_text(draft.text), charset="utf-8", cte=_encoding(draft.text))
    if draft.html:
        message.add_alternative(draft.html, subtype="html", charset="utf-8", cte=_encoding(draft.html))
        part = message.get_payload()[-1]  # type: ignore[index]
        for item in draft.attachments:
            if item.content_id:
                _attach(part, item, related=True)  # type: ignore[arg-type]
    for item in draft.attachments:
        if not (item.content_id and draft.html):
            _attach(message, item, related=False)


def _attach(message: EmailMessage, item: Attachment, *, related: bool) -> None:
    kind = (
        item.content_type.lower()
        if _MEDIA_TYPE.fullmatch(item.content_type.lower())
        else "application/octet-stream"
    )
    if kind.startswith(("text/", "message/", "multipart/")):
        kind = "application/octet-stream" if not kind.startswith("text/") else kind
    maintype, _, subtype = kind.partition("/")
    name = _CONTROL.sub("", item.name) or "attachment"
    if related:
        identifier = f"<{_one_line(item.content_id).strip('<>')}>"
        message.add_related(
            item.content, maintype, subtype, cid=identifier, filename=name, disposition="inline"
        )
    else:
        message.add_attachment(item.content, maintype=maintype, subtype=subtype, filename=name)
    if not name.isascii():
        _name_for_old_clients(message.get_payload()[-1], name)  # type: ignore[index, arg-type]


def _name_for_old_clients(part: Message, name: str) -> None:
    """Write the name as encoded words in Content-Type too, for clients that don't know RFC 2231.

    The RFC does not foresee it, all of them read it; the modern policy would not let it stand.
    """
    kind = part.get_content_type()
    encoded = Header(name, "utf-8", maxlinelen=60).encode(linesep="\r\n")
    del part["Content-Type"]
    part.policy = compat32
    part["Content-Type"] = f'{kind};\r\n name="{encoded}"'


def _encoding(text: str) -> str:
    """quoted-printable for mostly Latin text, base64 for the rest: both pass every old server."""
    if text.isascii() and all(len(line) < 900 for line in text.splitlines()):
        return "7bit"
    foreign = sum(char > "\x7f" for char in text)
    return "quoted-printable" if foreign * 6 < len(text) else "base64"


def _mail_text(text: str) -> str:
    return "\n".join(text.replace("\x00", "").splitlines()) + "\n"


def _mailbox(item: Address) -> Mailbox:
    address = _one_line(item.address).strip()
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or re.search(r"[\s<>,;:()\[\]\\\"]", address):
        raise ValueError("not an address")
    return Mailbox(_one_line(item.name), local, _ascii_domain(domain))


def _ascii_domain(domain: str) -> str:
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


def _checked_id(message_id: str) -> str:
    bare = message_id.strip().strip("<>")
    if not _MESSAGE_ID.fullmatch(bare):
        raise HeaderInjection("not a Message-ID")
    return bare


def _one_line(value: str) -> str:
    if _CONTROL.search(value):
        raise HeaderInjection("a header value holds a line end or a control character")
    return value.encode("utf-8", "replace").decode("utf-8")
