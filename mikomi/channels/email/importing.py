"""Taking in old mail from a file: each message once, as history, with progress, and again from where it broke off.

What was taken in is read by the worker like every arrival, after what came by mail today.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce

from mikomi.channels.email import archives
from mikomi.channels.email.archives import Item, NotAnArchiveError
from mikomi.channels.email.inbound import CHANNEL
from mikomi.channels.intake import Arrival, message_id_in, take_in
from mikomi.channels.models import Intake, MailImport
from mikomi.core import clock
from mikomi.core.files import operations as files
from mikomi.core.files import queries as stored
from mikomi.core.live.operations import publish

AT_ONCE = 50
REFUSED_KEPT = 200
"""So many names of what could not be taken are listed; all are counted."""
KEEP_FILES = timedelta(days=30)
"""How long a file waits for somebody to go on with it."""
_HEAD_BYTES = 256_000
_logger = logging.getLogger(__name__)
State = MailImport.State
Tell = Callable[[MailImport], None]


def run(job: MailImport, path: Path | None = None, tell: Tell = lambda _job: None) -> None:
    """Take in what is left of it. Ends early where somebody stopped it. `path`: where it is not a stored file."""
    try:
        with _opened(job, path) as found:
            rest = islice(found, job.items_done, None)
            while batch := _batch(rest):
                if not _commit(job, batch):
                    return
                tell(job)
    except (NotAnArchiveError, OSError) as error:
        _logger.exception("an import of mail failed", extra={"import": job.pk})
        _end(job, State.FAILED, str(error))
        return
    _end(job, State.DONE, "")


def drop_old_files() -> int:
    """Let go of the files of imports that were stopped or failed a month ago; what was taken in stays. How many."""
    left = MailImport.objects.filter(state__in=[State.STOPPED, State.FAILED], file__isnull=False)
    left = left.annotate(ended=Coalesce("finished_at", "created_at"))
    old = dict(left.filter(ended__lt=clock.now() - KEEP_FILES).values_list("pk", "file_id"))
    with transaction.atomic():
        left.filter(pk__in=old).update(file=None)
        files.delete_unused(list(old.values()))
    return len(old)


@contextmanager
def _opened(job: MailImport, path: Path | None) -> Iterator[Iterator[Item]]:
    if path is not None:
        yield archives.items(path)
    elif job.file_id is None:
        raise NotAnArchiveError("the file was let go")
    else:
        with stored.open_file(job.file_id) as stream:
            yield archives.items_of(stream, job.file_name)


def _batch(rest: Iterator[Item]) -> list[tuple[Item, Arrival | None]]:
    """The next messages, their bytes stored; a stream is read before the next item is asked for."""
    return [(item, _arrival(item.stream) if item.stream else None) for item in islice(rest, AT_ONCE)]


def _arrival(stream: IO[bytes]) -> Arrival:
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    raw = files.store(cast(BinaryIO, stream), "message/rfc822")
    return Arrival(CHANNEL, "", message_id_in(head, raw.sha256), raw)


def _commit(job: MailImport, batch: list[tuple[Item, Arrival | None]]) -> bool:
    """Rows and progress in one transaction. False: it was stopped, or another process has gone further."""
    arrivals = [_of(job, arrival) for _item, arrival in batch if arrival]
    with transaction.atomic(durable=True):
        mine = MailImport.objects.select_for_update().filter(pk=job.pk, state=State.RUNNING)
        if mine.filter(items_done=job.items_done).first() is None:
            return False
        newest = Intake.objects.aggregate(newest=Max("pk"))["newest"] or 0
        rows = take_in(arrivals)
        fresh = {row.pk for row in rows if row.pk > newest and row.mail_import_id == job.pk}
        _advance(job, batch, len(rows), len(fresh))
        publish([f"mail-import:{job.pk}"])
    return True


def _of(job: MailImport, arrival: Arrival) -> Arrival:
    return Arrival(
        arrival.channel, str(job.mailbox_id), arrival.message_id, arrival.raw,
        mailbox_id=job.mailbox_id, mail_import_id=job.pk,
    )  # fmt: skip


def _advance(job: MailImport, batch: list[tuple[Item, Arrival | None]], count: int, fresh: int) -> None:
    refused = [{"name": item.name[:300], "reason": item.refused} for item, _arrival in batch if item.refused]
    job.items_done += len(batch)
    job.bytes_done = min(batch[-1][0].done, job.bytes_total)
    job.taken_count += fresh
    job.known_count += count - fresh
    job.refused_count += len(refused)
    job.refused = [*job.refused, *refused][:REFUSED_KEPT]
    job.save(
        update_fields=["items_done", "bytes_done", "taken_count", "known_count", "refused_count", "refused"]
    )


def _end(job: MailImport, state: State, error: str) -> None:
    """Once it is done the file is let go: its messages are kept one by one, and can be erased one by one."""
    file_id = job.file_id
    with transaction.atomic():
        mine = MailImport.objects.filter(pk=job.pk, state=State.RUNNING, items_done=job.items_done)
        values = {"state": state, "error": error[:2000], "finished_at": clock.now()}
        if state == State.DONE:
            values |= {"file": None, "bytes_done": job.bytes_total}
        if mine.update(**values) and state == State.DONE and file_id is not None:
            files.delete_unused([file_id])
        publish([f"mail-import:{job.pk}"])
    job.refresh_from_db()
