"""Reading stored files."""

from __future__ import annotations

from typing import BinaryIO

from mikomi.core.files.models import StoredFile
from mikomi.core.files.paths import blob_path


class FileMissingError(FileNotFoundError):
    """There is no such file, or its bytes are gone from the disk (restore a backup)."""


def open_file(file_id: int) -> BinaryIO:
    """The bytes as a stream; the caller closes it. Raises `FileMissingError`."""
    sha256 = StoredFile.objects.filter(pk=file_id).values_list("sha256", flat=True).first()
    try:
        if sha256 is not None:
            return blob_path(sha256).open("rb")
    except FileNotFoundError as error:
        raise FileMissingError(f"The bytes of file {file_id} are missing from the data folder.") from error
    raise FileMissingError(f"There is no file {file_id}.")


def read(file_id: int) -> bytes:
    """All bytes of a file. Raises `FileMissingError`."""
    with open_file(file_id) as stream:
        return stream.read()
