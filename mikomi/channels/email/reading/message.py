"""`parse_message`: raw bytes to a `ParsedMessage`, whatever the bytes are."""

import re
from datetime import datetime

from . import limits
from .addresses import Address, parse_addresses
from .authentication import authentication_of
from .automation import judge_automation
from .body import Body, read_body
from .bounces import BounceFinding, find_bounces
from .charset import clean, codec_name, decode
from .dates import parse_date, received_date
from .headers import raw_text, text_value, unfold
from .mime import Entity, Headers, parse_entity
from .nested import complaint_in, invitations, nested_messages
from .parsed import Authentication, Automation, ParsedMessage

PARSER_VERSION = 2
"""Raised with every change that reads a message differently; stored messages of an older one can be re-derived."""

_MESSAGE_ID = re.compile(r"<\s*([^<>\s][^<>]{0,990}?)\s*>")
_WORD_CHARSET = re.compile(rb"=\?([A-Za-z0-9_\-]{2,40})(?:\*[a-z\-]+)?\?[bq]\?", re.I)
_MEANS_LITTLE = ("", "utf-8", "cp1252", "cp1254", "ascii")
_KEPT_HEADERS = (
    "auto-submitted", "authentication-results", "content-type", "date", "delivered-to", "errors-to", "feedback-id",
    "importance", "in-reply-to", "list-id", "list-post", "list-unsubscribe", "message-id", "organization", "precedence",
    "priority", "received", "references", "reply-to", "return-path", "sender", "to", "from", "cc", "subject",
    "x-auto-response-suppress", "x-autoreply", "x-envelope-to", "x-failed-recipients", "x-forwarded-to", "x-loop",
    "x-mailer", "x-mikomi-reply-token", "x-original-to", "x-priority", "user-agent",
)  # fmt: skip


def parse_message(raw: bytes, *, own_domains: frozenset[str] = frozenset()) -> ParsedMessage:
    """Read a message. Never raises; what could not be read is named in `defects`.

    `own_domains` are the domains of the Message-IDs that this installation makes: a message that carries one is our
    own mail coming back and must not be answered.
    """
    try:
        return _parse(raw, own_domains)
    except (
        Exception
    ) as error:  # the message is kept and shown as it is: one poison message never blocks the others
        return _unreadable(raw, error)


def _unreadable(raw: bytes, error: Exception) -> ParsedMessage:
    text = decode(bytes(raw[: limits.MAX_TEXT])).text
    return ParsedMessage(
        parser_version=PARSER_VERSION,
        text=text,
        auto=Automation(may_auto_reply=False, reasons=("unreadable",)),
        lossy=True,
        defects=(f"the reader failed: {type(error).__name__}",),
    )


def _parse(raw: bytes, own_domains: frozenset[str]) -> ParsedMessage:
    root, defects = parse_entity(raw)
    body = read_body(root)
    headers = root.headers
    charset = _header_charset(root, body)
    text, markup = body.text, body.html
    subject = text_value(headers.get("subject"), charset)
    sender = _sender(headers, charset)
    kept = _kept(headers)
    found: BounceFinding = find_bounces(root, sender, subject, text)
    message_id = _message_id(headers)
    own = message_id.rpartition("@")[2].lower() in own_domains
    auto = judge_automation(root, sender, subject, own=own, is_bounce=found.is_bounce)
    complaint = complaint_in(root) if auto.is_feedback_loop else None
    return ParsedMessage(
        parser_version=PARSER_VERSION,
        sender=sender,
        to=parse_addresses(headers.all("to"), charset),
        cc=parse_addresses(headers.all("cc"), charset),
        bcc=parse_addresses(headers.all("bcc"), charset),
        reply_to=parse_addresses(headers.all("reply-to"), charset),
        subject=subject,
        date=parse_date(headers.text("date")),
        delivered_at=_delivered_at(headers),
        message_id=message_id,
        in_reply_to=message_ids(headers.text("in-reply-to")),
        references=message_ids(" ".join(raw_text(value) for value in headers.all("references"))),
        text=text,
        html=markup,
        parts=tuple(body.parts),
        headers=kept,
        auto=auto,
        is_bounce=found.is_bounce,
        bounces=found.bounces,
        original_message_id=complaint.original_message_id if complaint else found.original_message_id,
        authentication=_authentication(headers),
        nested=nested_messages(body.parts),
        invitations=invitations(body.parts),
        complaint=complaint.kind if complaint else "",
        security=_security(root),
        charset=body.charset,
        lossy=body.lossy,
        defects=tuple(dict.fromkeys([*defects, *body.defects])),
    )


def _header_charset(root: Entity, body: Body) -> str:
    """The charset that raw bytes in headers are most likely in: one that the message names elsewhere."""
    named = [item.parameters["charset"] for item in root.walk() if item.parameters.get("charset")]
    named += [
        match[1].decode("ascii") for _, value in root.headers.items for match in _WORD_CHARSET.finditer(value)
    ]
    named.append(body.charset)
    return next((name for name in named[:100] if codec_name(name) not in _MEANS_LITTLE), "")


def _sender(headers: Headers, charset: str) -> Address:
    """The author: From, else Sender, Reply-To or Return-Path."""
    fallback = Address("", "")
    for name in ("from", "sender", "reply-to", "return-path"):
        for found in parse_addresses(headers.all(name), charset):
            if "@" in found.address:
                return found
            fallback = fallback if fallback.address or fallback.name else found
    return fallback


def _kept(headers: Headers) -> dict[str, tuple[str, ...]]:
    kept: dict[str, tuple[str, ...]] = {}
    for name, value in headers.items:
        if name in _KEPT_HEADERS and len(kept.get(name, ())) < 20:
            kept[name] = (*kept.get(name, ()), text_value(value)[:4_000])
    return kept


def message_ids(text: str) -> tuple[str, ...]:
    """The Message-IDs in a header, without angle brackets, in order, each once; the newest 200."""
    found = [re.sub(r"\s+", "", item) for item in _MESSAGE_ID.findall(text)]
    if not found:
        found = [word.strip("<>,;\"'") for word in text.split() if "@" in word]
    return tuple(dict.fromkeys(clean(item)[:998] for item in found if item))[-limits.MAX_REFERENCES :]


def _message_id(headers: Headers) -> str:
    value = clean(headers.text("message-id"))
    found = message_ids(value)
    return found[0] if found else value.strip("<> ")[:998]


def _delivered_at(headers: Headers) -> datetime | None:
    """The time our server took the message: the topmost Received header, else the Date."""
    for value in headers.all("received")[:5]:
        found = received_date(unfold(raw_text(value)))
        if found is not None:
            return found
    return parse_date(headers.text("delivery-date")) or parse_date(headers.text("date"))


def _authentication(headers: Headers) -> Authentication:
    topmost = headers.get("authentication-results")
    return authentication_of(unfold(raw_text(topmost))) if topmost else Authentication()


def _security(root: Entity) -> str:
    for entity in root.walk():
        kind, protocol = entity.content_type, entity.parameters.get("protocol", "").lower()
        if kind == "multipart/signed":
            return "pgp-signed" if "pgp" in protocol else "smime-signed"
        if kind == "multipart/encrypted":
            return "pgp-encrypted"
        if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            smime = entity.parameters.get("smime-type", "").lower()
            return "smime-signed" if smime == "signed-data" else "smime-encrypted"
    return ""
