"""Reading stored files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from mikomi.core.files.blobs import blobs
from mikomi.core.files.models import StoredFile
from mikomi.core.files.paths import blob_path


class FileMissingError(FileNotFoundError):
    """There is no such file, or its bytes are gone from the disk (restore a backup)."""


def open_file(file_id: int) -> BinaryIO:
    """The bytes as a stream; the caller closes it. Raises `FileMissingError`."""
    sha256 = StoredFile.objects.filter(pk=file_id).values_list("sha256", flat=True).first()
    try:
        if sha256 is not None:
            return blobs().open(sha256)
    except FileNotFoundError as error:
        raise FileMissingError(f"The bytes of file {file_id} are missing from the data folder.") from error
    raise FileMissingError(f"There is no file {file_id}.")


def read_content(sha256: str) -> bytes:
    """All bytes of the file with this hash, for whoever holds its row. Raises `FileMissingError`."""
    try:
        with blobs().open(sha256) as stream:
            return stream.read()
    except FileNotFoundError as error:
        raise FileMissingError(f"The bytes of {sha256} are missing from the data folder.") from error


def read(file_id: int) -> bytes:
    """All bytes of a file. Raises `FileMissingError`."""
    with open_file(file_id) as stream:
        return stream.read()


def source(file_id: int) -> Path | BinaryIO:
    """The bytes for a reader that prefers a path where there is one: the file on this disk, else a stream.

    Raises `FileMissingError`.
    """
    sha256 = StoredFile.objects.filter(pk=file_id).values_list("sha256", flat=True).first()
    if sha256 is not None and not settings.FILES_STORE and blob_path(sha256).exists():
        return blob_path(sha256)
    return open_file(file_id)
