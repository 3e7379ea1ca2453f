"""Stored files are whole, kept once, and gone only when nobody uses them."""

from __future__ import annotations

import errno
import hashlib
import os
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from mikomi.core import clock
from mikomi.core.files import operations, queries, references
from mikomi.core.files.models import StoredFile
from mikomi.core.files.paths import blob_path

pytestmark = pytest.mark.django_db


def blobs(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]


def test_what_is_stored_is_read_back() -> None:
    stored = operations.store(b"bytes \x00\xff", "image/png")

    assert queries.read(stored.pk) == b"bytes \x00\xff"
    assert (stored.size, stored.content_type) == (8, "image/png")
    assert stored.sha256 == hashlib.sha256(b"bytes \x00\xff").hexdigest()


def test_a_stream_larger_than_a_chunk(data_folder: Path) -> None:
    data = os.urandom(operations.CHUNK + 7)

    stored = operations.store(BytesIO(data), "application/zip")

    assert queries.read(stored.pk) == data


def test_the_same_content_is_kept_once(data_folder: Path) -> None:
    first = operations.store(b"same", "text/plain")
    second = operations.store(BytesIO(b"same"), "application/pdf")

    assert first.pk == second.pk
    assert len(blobs(data_folder)) == 1


def test_bytes_cut_short_by_a_crash_are_written_again() -> None:
    stored = operations.store(b"whole", "text/plain")
    blob_path(stored.sha256).write_bytes(b"wh")

    operations.store(b"whole", "text/plain")

    assert queries.read(stored.pk) == b"whole"


def test_a_full_disk_stores_nothing(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(operations.StorageError):
        operations.store(b"much", "text/plain")

    assert not StoredFile.objects.exists()
    assert blobs(data_folder) == []


def test_missing_files_say_so() -> None:
    stored = operations.store(b"x", "text/plain")
    blob_path(stored.sha256).unlink()

    with pytest.raises(queries.FileMissingError, match="missing from the data folder"):
        queries.read(stored.pk)
    with pytest.raises(queries.FileMissingError, match="no file"):
        queries.read(stored.pk + 1)


def test_a_file_in_use_is_not_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    used, unused = operations.store(b"used", "text/plain"), operations.store(b"unused", "text/plain")
    monkeypatch.setitem(references._users, "test", lambda ids: [used.pk])

    assert operations.delete_unused([used.pk, unused.pk]) == 1

    assert list(StoredFile.objects.all()) == [used]


def test_bytes_without_a_row_go_after_a_day(data_folder: Path) -> None:
    kept, old, fresh = (operations.store(data, "text/plain") for data in (b"kept", b"old", b"fresh"))
    yesterday = clock.now().timestamp() - 2 * operations.GRACE_SECONDS
    for stored in (kept, old):
        os.utime(blob_path(stored.sha256), (yesterday, yesterday))
    StoredFile.objects.exclude(pk=kept.pk).delete()

    assert operations.sweep() == 1

    assert blob_path(kept.sha256).exists()
    assert blob_path(fresh.sha256).exists()
    assert not blob_path(old.sha256).exists()


def test_several_contents_are_kept_with_one_commit_each_once(django_assert_max_num_queries: Any) -> None:
    known = operations.store(b"known", "text/plain")
    with django_assert_max_num_queries(6):
        rows = operations.store_many([b"new", b"known", b"new", b"other"], "message/rfc822")
    assert [queries.read(row.pk) for row in rows] == [b"new", b"known", b"new", b"other"]
    assert (rows[1].pk, rows[0].pk, rows[1].content_type) == (known.pk, rows[2].pk, "text/plain")
    assert StoredFile.objects.count() == 3
    assert operations.store_many([], "text/plain") == []


def test_of_several_contents_none_has_a_row_when_one_could_not_be_kept() -> None:
    write = operations._write

    def full(stream: Any) -> tuple[str, int]:
        if stream.getvalue() == b"second":
            raise OSError(28, "No space left on device")
        return write(stream)

    with patch.object(operations, "_write", full), pytest.raises(operations.StorageError):
        operations.store_many([b"first", b"second"], "text/plain")
    assert not StoredFile.objects.exists()
