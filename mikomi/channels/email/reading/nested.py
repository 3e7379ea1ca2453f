"""What a message carries besides its text: messages in it, invitations, and a reader's complaint (RFC 5965)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from . import limits
from .addresses import Address, parse_addresses
from .body import read_body
from .calendars import MAX_ENTRIES, Entry, read_calendar
from .charset import clean, decode
from .dates import parse_date
from .headers import text_value
from .mime import Entity, parse_entity, read_headers
from .parsed import NestedMessage, Part

MAX_NESTED = 10
MAX_NESTED_TEXT = 20_000
"""Characters of a nested message that are shown; all of it is in the part."""
_MAX_NESTED_BYTES = 5_000_000
_WORD = re.compile(r"[a-z\-]{1,30}")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A reader's complaint, as their provider reports it: its kind (abuse, fraud…) and the message it is about."""

    kind: str
    original_message_id: str


def nested_messages(parts: Iterable[Part]) -> tuple[NestedMessage, ...]:
    """The messages among the parts, each with its head, the beginning of its text and the names of its own parts."""
    found = [part for part in parts if part.kind == "message" and not part.refused]
    return tuple(_nested(part) for part in found[:MAX_NESTED])


def _nested(part: Part) -> NestedMessage:
    root, _defects = parse_entity(part.content()[:_MAX_NESTED_BYTES])
    body = read_body(root)
    headers = root.headers
    senders = parse_addresses(headers.all("from"))
    return NestedMessage(
        part_name=part.name,
        sender=_words(senders[0]) if senders else "",
        to=", ".join(_words(item) for item in parse_addresses(headers.all("to"))[:10]),
        subject=text_value(headers.get("subject")),
        date=parse_date(headers.text("date")),
        text=body.text[:MAX_NESTED_TEXT],
        is_cut=len(body.text) > MAX_NESTED_TEXT,
        parts=tuple(item.name or item.content_type for item in body.parts[:50]),
    )


def _words(address: Address) -> str:
    return f"{address.name} <{address.address}>" if address.name else address.address


def invitations(parts: Iterable[Part]) -> tuple[Entry, ...]:
    """The appointments of every calendar part; the same in two parts counts once."""
    found: list[Entry] = []
    for part in parts:
        if part.kind == "calendar" and not part.refused and len(found) < MAX_ENTRIES:
            data = part.content()[: limits.MAX_TEXT]
            found += read_calendar(decode(data, part.charset or "utf-8").text)
    return tuple(dict.fromkeys(found))[:MAX_ENTRIES]


def complaint_in(root: Entity) -> Complaint:
    """What a feedback-loop report says; the Message-ID is that of the message it carries, or of its headers."""
    kind = original = ""
    for entity in root.walk():
        if entity.content_type == "message/feedback-report":
            data = entity.content(limits.MAX_TEXT)
            word = read_headers(data, 0, len(data))[0].text("feedback-type").lower()
            kind = word if _WORD.fullmatch(word) else ""
        elif not original and entity.content_type in (
            "message/rfc822",
            "text/rfc822-headers",
            "message/global",
        ):
            inner, _defects = parse_entity(entity.content(limits.MAX_HEADER_BLOCK))
            original = clean(inner.headers.text("message-id")).strip("<> ")[:998]
    return Complaint(kind or "abuse", original)
