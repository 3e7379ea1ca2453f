"""Raw arrivals: stored before anything is made of them, each once, whatever the channel.

Called inside the transaction that also moves the channel's cursor; the bytes lie on disk (core.files) before it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from mikomi.channels.models import Intake
from mikomi.core import bulk, clock
from mikomi.core.files.models import StoredFile

LONGEST_ID = 250
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)*<?([^<>\r\n]+?)>?[ \t]*\r?$", re.I | re.M)
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_HEAD_BYTES = 256_000


class NotInTransactionError(RuntimeError):
    """An arrival was recorded outside the transaction that moves the cursor."""


Key = tuple[str, str, str, str]


def erased_id(message_id: str) -> str:
    """What stands for the Message-ID of an erased arrival: it may name a person, its hash does not."""
    return f"{hashlib.sha256(message_id.encode()).hexdigest()}@erased.invalid"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that has arrived and whose bytes are stored. `source`: which of the channel's mailboxes, forms…"""

    channel: str
    source: str
    message_id: str
    raw: StoredFile
    mailbox_id: int | None = None
    mail_import_id: int | None = None
    arrived_at: datetime | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What tells it from every other arrival."""
        return self.channel, self.source, self.message_id, self.raw.sha256

    @property
    def tombstone(self) -> Key:
        """The key of the same arrival once its customer has been erased."""
        return self.channel, self.source, erased_id(self.message_id), self.raw.sha256


def take_in(arrivals: Sequence[Arrival]) -> list[Intake]:
    """The row of each arrival, made where it is not known yet. Bytes that were here before are known again."""
    if not connection.in_atomic_block:
        raise NotInTransactionError("Arrivals are taken in inside a transaction.")
    known = _known(arrivals)
    fresh = list({arrival.key: arrival for arrival in arrivals if arrival.key not in known}.values())
    taken = _ids_taken(fresh)
    rows: list[Intake] = []
    for arrival in fresh:
        place = (arrival.channel, arrival.source, arrival.message_id)
        rows.append(_row(arrival, other_content=place in taken))
        taken.add(place)
    bulk.insert(rows)
    for row in rows:
        known[row.channel, row.source, row.message_id, row.raw_sha256] = row
    return [known[arrival.key] for arrival in arrivals]


def _row(arrival: Arrival, *, other_content: bool) -> Intake:
    return Intake(
        channel=arrival.channel,
        source=arrival.source,
        mailbox_id=arrival.mailbox_id,
        mail_import_id=arrival.mail_import_id,
        message_id=arrival.message_id,
        raw=arrival.raw,
        raw_sha256=arrival.raw.sha256,
        raw_size=arrival.raw.size,
        received_at=clock.now(),
        arrived_at=arrival.arrived_at,
        same_id_other_content=other_content,
        detail=arrival.detail,
    )


def _places(arrivals: Iterable[Arrival]) -> Q:
    condition = Q(pk__in=[])
    for channel, source in sorted({(arrival.channel, arrival.source) for arrival in arrivals}):
        condition |= Q(channel=channel, source=source)
    return condition


def _known(arrivals: Sequence[Arrival]) -> dict[Key, Intake]:
    hashes = [arrival.raw.sha256 for arrival in arrivals]
    rows = Intake.objects.filter(_places(arrivals), raw_sha256__in=hashes)
    by_key = {(row.channel, row.source, row.message_id, row.raw_sha256): row for row in rows}
    found = ((arrival.key, by_key.get(arrival.key) or by_key.get(arrival.tombstone)) for arrival in arrivals)
    return {key: row for key, row in found if row is not None}


def _ids_taken(arrivals: Sequence[Arrival]) -> set[tuple[str, str, str]]:
    ids = [arrival.message_id for arrival in arrivals]
    rows = Intake.objects.filter(_places(arrivals), message_id__in=ids)
    return set(rows.values_list("channel", "source", "message_id"))


def message_id_in(head: bytes, sha256: str) -> str:
    """The Message-ID in the first bytes of a message, without brackets; made from the hash where there is none.

    One that is too long for its column is told by its own hash, so that two long ones stay two.
    """
    headers = _END_OF_HEADERS.split(head[:_HEAD_BYTES], maxsplit=1)[0]
    match = _MESSAGE_ID.search(headers)
    found = match[1].decode("utf-8", "replace").strip().replace("\0", "") if match else ""
    if not found:
        return f"{sha256}@made.invalid"
    if len(found) > LONGEST_ID:
        return f"{hashlib.sha256(found.encode()).hexdigest()}@long.invalid"
    return found
