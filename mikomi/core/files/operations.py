"""Keeping files by content. The bytes are durable before the row is: a row never points at nothing."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.db import IntegrityError, transaction

from mikomi.core import bulk, clock, lookups
from mikomi.core.files import references
from mikomi.core.files.blobs import blobs
from mikomi.core.files.models import StoredFile
from mikomi.core.files.paths import root
from mikomi.core.rows import build
from mikomi.core.text import clean_single_line

CHUNK = 1024 * 1024
GRACE_SECONDS = 24 * 3600
"""Bytes without a row stay this long: somebody may be about to write the row."""


class StorageError(OSError):
    """The bytes could not be kept (disk full, folder not writable). Nothing was stored."""


def store(data: bytes | BinaryIO, content_type: str) -> StoredFile:
    """Keep these bytes; the same content is kept once, with the content type that came first.

    Written to the disk and synced before the row. Safe to call again. Raises `StorageError`.
    """
    sha256, size = _kept(BytesIO(data) if isinstance(data, bytes | bytearray | memoryview) else data)
    return _row(sha256, size, _type_of(content_type))


def store_many(contents: Sequence[bytes], content_type: str) -> list[StoredFile]:
    """Keep several contents, as `store` does, with one look-up and one transaction for the rows of all."""
    kept = [_kept(BytesIO(content)) for content in contents]
    known = {row.sha256: row for row in StoredFile.objects.filter(sha256__in=[sha256 for sha256, _ in kept])}
    fresh = {
        sha256: _new_row(sha256, size, _type_of(content_type)) for sha256, size in kept if sha256 not in known
    }
    try:
        with transaction.atomic():
            bulk.insert(list(fresh.values()))
    except IntegrityError:  # somebody else has just kept one of them
        fresh = {row.sha256: _row(row.sha256, row.size, row.content_type) for row in fresh.values()}
    known |= fresh
    return [known[sha256] for sha256, _ in kept]


def _kept(stream: BinaryIO) -> tuple[str, int]:
    try:
        return _write(stream)
    except OSError as error:
        raise StorageError(error.errno, f"The file could not be kept: {error.strerror or error}") from error


def _type_of(claimed: str) -> str:
    return clean_single_line(claimed, 100) or "application/octet-stream"


def _new_row(sha256: str, size: int, content_type: str) -> StoredFile:
    return build(StoredFile, sha256=sha256, size=size, content_type=content_type, stored_at=clock.now())


def _row(sha256: str, size: int, content_type: str) -> StoredFile:
    if not lookups.exists(StoredFile, sha256=sha256):
        with suppress(IntegrityError), transaction.atomic():
            row = _new_row(sha256, size, content_type)
            bulk.insert([row])
            return row
    return StoredFile.objects.get(sha256=sha256)


def _write(stream: BinaryIO) -> tuple[str, int]:
    """The bytes under their hash, by way of a temporary file in the same folder tree."""
    incoming = root() / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=incoming)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        blobs().put(temporary, digest.hexdigest(), size)
    finally:
        temporary.unlink(missing_ok=True)
    return digest.hexdigest(), size


@transaction.atomic
def delete_unused(file_ids: Sequence[int]) -> int:
    """Delete those of these files that no app uses any more; how many. Their bytes go with the next `sweep`."""
    unused = set(file_ids) - references.still_used(file_ids)
    deleted, _ = StoredFile.objects.filter(pk__in=unused).delete()
    return deleted


def sweep() -> int:
    """Delete bytes that have had no row for a day; how many files. Run once a day."""
    before = clock.now().timestamp() - GRACE_SECONDS
    deleted = blobs().sweep(_with_rows, before)
    for path in (root() / "incoming").glob("*"):
        if path.stat().st_mtime < before:
            path.unlink()
            deleted += 1
    return deleted


def _with_rows(names: Sequence[str]) -> set[str]:
    return set(StoredFile.objects.filter(sha256__in=names).values_list("sha256", flat=True))
