"""A file of contact cards (vCard): recognised by how it begins, read like a table, but without columns to match."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from mikomi.integrations.files.reading import Found
from mikomi.integrations.files.settings import ParseSettings
from mikomi.integrations.files.vcard import read_cards

FORMAT = "vcard"
_HEAD = 4_096
_NOT_LETTERS = b"\0\xff\xfe\xef\xbb\xbf \t\r\n"
"""What may stand before and between the letters of a card: byte order marks, UTF-16's zeros, empty lines."""


def is_cards(source: Path | BinaryIO) -> bool:
    """Whether the file is one of cards, whatever it is called. Leaves a stream where it stood."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return is_cards(stream)
    head = source.read(_HEAD)
    source.seek(0)
    return bytes(byte for byte in head if byte not in _NOT_LETTERS).upper().startswith(b"BEGIN:VCARD")


class Cards:
    """An open file of cards."""

    def __init__(self, source: Path | BinaryIO, settings: ParseSettings) -> None:
        self._stream = source.open("rb") if isinstance(source, Path) else source
        self._settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stream.close()

    def records(self) -> Iterator[Found]:
        """A person for each card, and what is wrong, read while they are asked for."""
        return read_cards(self._stream, self._settings)
