"""From the server's folder into our own store: raw bytes first, then, in one transaction, row and cursor.

A process that is killed at any line has either stored a message together with the cursor that passes it, or will
fetch it again; a message fetched twice is one arrival (`intake.take_in`). Nothing here looks into a message.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.db import transaction
from django.db.models import QuerySet

from mikomi.channels.email.imap import CHUNK_BYTES, Folder, Listed, Session
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.intake import Arrival, message_id_in, take_in
from mikomi.channels.models import FolderCursor, Intake, Mailbox, ServerCopy
from mikomi.core import bulk, clock
from mikomi.core.files import operations as files
from mikomi.core.files.models import StoredFile

CHANNEL = "email"
CONTENT_TYPE = "message/rfc822"
BATCH_MESSAGES = 50
_HEAD_BYTES = 256_000


@dataclass(slots=True)
class Budget:
    """How long one visit to a mailbox may last, so that the others get their turn. Seconds of the monotonic clock."""

    until: float
    fetched: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether the visit should end; the next one goes on where it stopped."""
        return clock.monotonic() >= self.until


def read_folder(session: Session, mailbox: Mailbox, name: str, budget: Budget) -> bool:
    """Fetch what is new in a folder. Answers whether all of it was fetched. Raises `MailProblem`."""
    folder = session.examine(name)
    cursor = _cursor(mailbox, folder)
    careful = mailbox.poll_failures > 0
    for batch in _batches(session.messages_after(cursor.last_uid), careful):
        if budget.is_spent:
            return False
        budget.fetched += _fetch(session, mailbox, cursor, batch, careful)
    _compare(session, mailbox, cursor, folder)
    return True


def _cursor(mailbox: Mailbox, folder: Folder) -> FolderCursor:
    """The cursor of this numbering. A new numbering begins at 0: everything is fetched again and known again."""
    mine = FolderCursor.objects.filter(mailbox=mailbox, folder=folder.name)
    with transaction.atomic():
        cursor, created = mine.get_or_create(
            uid_validity=folder.uid_validity, defaults={"mailbox": mailbox, "folder": folder.name}
        )
        if created or not cursor.is_current:
            mine.exclude(pk=cursor.pk).update(is_current=False)
            mine.filter(pk=cursor.pk).update(is_current=True)
    return cursor


def _batches(listed: Sequence[Listed], careful: bool) -> Iterator[list[Listed]]:
    """Small messages together, large ones alone; after a failure each alone, to find the one that fails."""
    batch: list[Listed] = []
    size = 0
    most = 1 if careful else BATCH_MESSAGES
    for item in listed:
        if batch and (len(batch) >= most or size + item.size > CHUNK_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
    if batch:
        yield batch


def _fetch(
    session: Session, mailbox: Mailbox, cursor: FolderCursor, batch: Sequence[Listed], careful: bool
) -> int:
    try:
        arrivals = _arrivals(session, mailbox, batch)
    except MailProblem as problem:
        # A connection that ends at the same message again and again must not hold up those behind it.
        if careful and mailbox.poll_failures >= GIVE_UP_AFTER and len(batch) == 1:
            _write(mailbox, cursor, batch, {}, str(problem))
        raise
    _write(mailbox, cursor, batch, arrivals, "folder_damaged")
    if mailbox.after_reading == Mailbox.AfterReading.SEEN and arrivals:
        session.examine(cursor.folder, writable=True)
        session.mark_seen(list(arrivals))
    return len(arrivals)


GIVE_UP_AFTER = 3
"""Failures in a row after which a message that can't be fetched is passed by, noted with its error."""


def _arrivals(session: Session, mailbox: Mailbox, batch: Sequence[Listed]) -> dict[int, Arrival]:
    """The bytes of a batch, stored and synced to disk, by message number."""
    if len(batch) == 1 and batch[0].size > CHUNK_BYTES:
        raw, head = _store_large(session, batch[0].uid)
        return {batch[0].uid: _arrival(mailbox, batch[0], raw, head)}
    bodies = session.bodies([item.uid for item in batch])
    there = [item for item in batch if item.uid in bodies]
    raws = files.store_many([bodies[item.uid] for item in there], CONTENT_TYPE)
    return {
        item.uid: _arrival(mailbox, item, raw, bodies[item.uid])
        for item, raw in zip(there, raws, strict=True)
    }


def _store_large(session: Session, uid: int) -> tuple[StoredFile, bytes]:
    """Store a message piece by piece: its size doesn't matter for memory."""
    with tempfile.TemporaryFile() as file:
        for piece in session.pieces(uid):
            file.write(piece)
        file.seek(0)
        head = file.read(_HEAD_BYTES)
        file.seek(0)
        return files.store(cast(BinaryIO, file), CONTENT_TYPE), head


def _arrival(mailbox: Mailbox, item: Listed, raw: StoredFile, head: bytes) -> Arrival:
    return Arrival(
        channel=CHANNEL,
        source=str(mailbox.pk),
        mailbox_id=mailbox.pk,
        message_id=message_id_in(head, raw.sha256),
        raw=raw,
        arrived_at=item.arrived_at,
    )


def _write(
    mailbox: Mailbox, cursor: FolderCursor, batch: Sequence[Listed], arrivals: dict[int, Arrival], error: str
) -> None:
    """Rows and cursor together. What the server did not hand out is noted, so that it is missed by nobody."""
    with transaction.atomic(durable=True):
        rows = dict(zip(arrivals, take_in(list(arrivals.values())), strict=True))
        _note_copies(mailbox, cursor, batch, rows, error)
        last_uid = max(cursor.last_uid, *(item.uid for item in batch))
        FolderCursor.objects.filter(pk=cursor.pk).update(last_uid=last_uid)
    cursor.last_uid = last_uid


def _note_copies(
    mailbox: Mailbox, cursor: FolderCursor, batch: Sequence[Listed], rows: dict[int, Intake], error: str
) -> None:
    now, uids = clock.now(), [item.uid for item in batch]
    mine = ServerCopy.objects.filter(mailbox=mailbox, folder=cursor.folder, uid_validity=cursor.uid_validity)
    known = set(mine.filter(uid__in=uids).values_list("uid", flat=True))
    for uid in known:  # noted at an earlier visit as one that could not be handed out
        mine.filter(uid=uid).update(intake=rows.get(uid), error="" if uid in rows else error)
    copies = [
        ServerCopy(
            mailbox=mailbox,
            folder=cursor.folder,
            uid_validity=cursor.uid_validity,
            uid=uid,
            intake=rows.get(uid),
            error="" if uid in rows else error,
            seen_at=now,
        )
        for uid in uids
        if uid not in known
    ]
    bulk.insert(copies)


def _copies(cursor: FolderCursor) -> QuerySet[ServerCopy]:
    """The message numbers of a folder that are known and, as far as is known, still on the server."""
    return ServerCopy.objects.filter(
        mailbox_id=cursor.mailbox_id, folder=cursor.folder, uid_validity=cursor.uid_validity, gone_at=None
    )


def _compare(session: Session, mailbox: Mailbox, cursor: FolderCursor, folder: Folder) -> None:
    """Hold what the server counts against what is known here; where they differ, look at every number."""
    if _copies(cursor).count() != folder.count:
        known = set(_copies(cursor).values_list("uid", flat=True))
        numbers = session.numbers()
        _mark_gone(cursor, known - numbers)
        missed = session.list_numbered(sorted(numbers - known))
        for batch in _batches([item for item in missed if item.uid <= cursor.last_uid], careful=True):
            _write(mailbox, cursor, batch, _arrivals(session, mailbox, batch), "folder_damaged")
        folder = Folder(folder.name, folder.uid_validity, len(numbers))
    FolderCursor.objects.filter(pk=cursor.pk).update(server_count=folder.count, checked_at=clock.now())


def _mark_gone(cursor: FolderCursor, uids: set[int]) -> None:
    gone = sorted(uids)
    for start in range(0, len(gone), 500):
        _copies(cursor).filter(uid__in=gone[start : start + 500]).update(gone_at=clock.now())
