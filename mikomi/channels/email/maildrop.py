"""From a POP3 maildrop into our own store: raw bytes first, row and cursor in one transaction, deletion last.

The cursor is the set of marks (UIDL) that are known; each gets a number of ours, so that everything else (copies,
cursor, reconciliation) is as with IMAP. Where the mailbox says so the server's copy is deleted: only of what is
committed here, and again at the next visit should the deletion not have taken effect.
"""

from __future__ import annotations

import tempfile
from typing import BinaryIO, cast

from django.db import transaction

from mikomi.channels.email.imap import CHUNK_BYTES
from mikomi.channels.email.inbound import CHANNEL, GIVE_UP_AFTER, Budget
from mikomi.channels.email.pop3 import Held, RefusedError, Session
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.intake import Arrival, message_id_in, take_in
from mikomi.channels.models import FolderCursor, Mailbox, ServerCopy
from mikomi.core import clock
from mikomi.core.files import operations as files

FOLDER = "POP3"
"""What stands for the folder: a maildrop has none."""
_HEAD_BYTES = 256_000


def read_maildrop(session: Session, mailbox: Mailbox, budget: Budget) -> bool:
    """Fetch what is new in a maildrop. Answers whether all of it was fetched. Raises `MailProblem`."""
    cursor, _created = FolderCursor.objects.get_or_create(mailbox=mailbox, folder=FOLDER, uid_validity=0)
    held = {item.uidl: item for item in session.held()}
    known = _settle_known(mailbox, set(held))
    complete = True
    for item in held.values():
        if item.uidl in known:
            continue
        if budget.is_spent:
            complete = False
            break
        _take(session, mailbox, cursor, item)
        budget.fetched += 1
    if mailbox.after_reading == Mailbox.AfterReading.DELETE:
        _delete_stored(session, mailbox, held)
    FolderCursor.objects.filter(pk=cursor.pk).update(server_count=len(held), checked_at=clock.now())
    return complete


def _settle_known(mailbox: Mailbox, held: set[str]) -> set[str]:
    """The marks that are known; those that the server has no more are noted. A mark may come again for another
    message once its own is gone (RFC 1939, 7), so a gone one is not known."""
    living = ServerCopy.objects.filter(mailbox=mailbox, folder=FOLDER, gone_at=None)
    known = set(living.values_list("uidl", flat=True))
    gone = sorted(known - held)
    for start in range(0, len(gone), 500):
        living.filter(uidl__in=gone[start : start + 500]).update(gone_at=clock.now())
    return known & held


def _take(session: Session, mailbox: Mailbox, cursor: FolderCursor, item: Held) -> None:
    """One message: stored, synced, committed. One that can't be handed out is noted, so that nobody misses it."""
    try:
        arrival, error = _arrival(session, mailbox, item), ""
    except RefusedError as refusal:
        arrival, error = None, str(refusal)
    except MailProblem as problem:
        # A connection that ends at the same message again and again must not hold up those behind it.
        if mailbox.poll_failures >= GIVE_UP_AFTER:
            _write(mailbox, cursor, item, None, str(problem))
        raise
    _write(mailbox, cursor, item, arrival, error)


def _arrival(session: Session, mailbox: Mailbox, item: Held) -> Arrival:
    with tempfile.SpooledTemporaryFile(max_size=CHUNK_BYTES) as file:
        for piece in session.pieces(item.number):
            file.write(piece)
        file.seek(0)
        head = file.read(_HEAD_BYTES)
        file.seek(0)
        raw = files.store(cast(BinaryIO, file), "message/rfc822")
    return Arrival(CHANNEL, str(mailbox.pk), message_id_in(head, raw.sha256), raw, mailbox_id=mailbox.pk)


def _write(mailbox: Mailbox, cursor: FolderCursor, item: Held, arrival: Arrival | None, error: str) -> None:
    with transaction.atomic(durable=True):
        row = take_in([arrival])[0] if arrival else None
        ServerCopy.objects.create(
            mailbox=mailbox, folder=FOLDER, uid_validity=0, uid=cursor.last_uid + 1, uidl=item.uidl,
            intake=row, error=error, seen_at=clock.now(),
        )  # fmt: skip
        FolderCursor.objects.filter(pk=cursor.pk).update(last_uid=cursor.last_uid + 1)
    cursor.last_uid += 1


def _delete_stored(session: Session, mailbox: Mailbox, held: dict[str, Held]) -> None:
    """Delete on the server what is committed here, this time or at an earlier visit."""
    stored = ServerCopy.objects.filter(mailbox=mailbox, folder=FOLDER, gone_at=None, intake__isnull=False)
    for uidl in stored.values_list("uidl", flat=True):
        if uidl in held:
            session.delete(held[uidl].number)
