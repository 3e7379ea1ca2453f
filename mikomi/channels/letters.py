"""Arrivals that are not mails: what a form or a program sent, kept as JSON bytes, and read back from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from mikomi.channels.intake import Arrival, take_in
from mikomi.channels.models import Intake
from mikomi.channels.rules import language_of, plausible_moment
from mikomi.conversations.records import IncomingAttachment, IncomingMessage
from mikomi.core.files import operations as files
from mikomi.core.files import queries as stored
from mikomi.core.files.scanning import scan
from mikomi.core.text import clean
from mikomi.customers.records import PersonRecord

VERSION = 1
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A file that came along; its bytes are stored."""

    file_id: int
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Letter:
    """What was sent, as it was sent. `external_ids`: pairs (source, id) by which the sender knows the person."""

    name: str
    email: str
    phone: str
    text: str
    subject: str = ""
    language: str = ""
    sent_at: str = ""
    external_ids: tuple[tuple[str, str], ...] = ()
    files: tuple[LetterFile, ...] = field(default_factory=tuple)

    def to_bytes(self) -> bytes:
        """The same letter gives the same bytes. Inverse of `letter_from`."""
        data = {"version": VERSION, **asdict(self)}
        return json.dumps(data, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")

    @property
    def sha256(self) -> str:
        """The hash of the bytes under which it is stored."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def letter_from(raw: bytes) -> Letter:
    """The letter that was stored. Inverse of `Letter.to_bytes`."""
    data: dict[str, Any] = json.loads(raw)
    data.pop("version")
    data["files"] = tuple(LetterFile(**item) for item in data["files"])
    data["external_ids"] = tuple((source, value) for source, value in data["external_ids"])
    return Letter(**data)


def store(
    *, channel: str, source: str, message_id: str, letter: Letter, detail: dict[str, Any] | None = None
) -> Intake:
    """Keep a letter, committed, before anything is made of it. The same one again is the one that is there."""
    raw = files.store(letter.to_bytes(), "application/json")
    shown = {"from": letter.email[:_SHOWN], "subject": (letter.subject or letter.text)[:_SHOWN]}
    arrival = Arrival(channel, source, message_id, raw, detail=shown | (detail or {}))
    with transaction.atomic(durable=True):
        return take_in([arrival])[0]


def incoming(
    intake: Intake, letter: Letter, *, team_id: int | None, sender_key: str, automatic: bool = False
) -> IncomingMessage:
    """The message that a letter is."""
    sent_at = datetime.fromisoformat(letter.sent_at) if letter.sent_at else None
    return IncomingMessage(
        channel=intake.channel,
        intake_id=intake.pk,
        person=PersonRecord(
            source=intake.channel,
            name=clean(letter.name),
            emails=(letter.email,) if letter.email else (),
            phones=(letter.phone,) if letter.phone else (),
            external_ids=letter.external_ids,
        ),
        from_name=clean(letter.name),
        from_address=letter.email,
        subject=clean(letter.subject),
        text=clean(letter.text),
        sent_at=plausible_moment(sent_at, intake.received_at),
        attachments=_attachments(letter.files),
        is_automatic=automatic,
        sender_key=sender_key,
        team_id=team_id,
        language=letter.language or language_of(letter.text),
    )


def _attachments(items: Sequence[LetterFile]) -> tuple[IncomingAttachment, ...]:
    return tuple(_attachment(item) for item in items)


def _attachment(item: LetterFile) -> IncomingAttachment:
    """A file, shown to the virus scanner before anybody gets it; a refused one is listed with the reason."""
    with stored.open_file(item.file_id) as stream:
        refused = scan(stream).reason
    file_id = None if refused else item.file_id
    return IncomingAttachment(item.name, item.content_type, item.size, file_id=file_id, refused=refused)


def read_letter(intake: Intake) -> Letter | None:
    """The letter of an arrival; none once it was erased."""
    return letter_from(stored.read(intake.raw_id)) if intake.raw_id is not None else None
