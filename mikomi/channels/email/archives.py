"""Old mail in files: .eml, mbox, Maildir, folders of these, and a ZIP of any of them.

Line ends become those of the wire (CRLF), so that a message that a mailbox has given already is known again. mbox as
RFC 4155 and its common kinds: a line "From … time … year" after an empty line begins a message; ">From " loses one ">".
Whatever is no message is told by name with the reason; nothing is left out in silence.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

LARGEST_MESSAGE = 200_000_000
BOMB_BYTES = 50_000_000
BOMB_RATIO = 200
_IN_MEMORY = 2_000_000
_LONGEST_PIECE = 1_000_000
_FROM_LINE = re.compile(rb"^From \S.*\d{1,2}:\d{2}.*\d{4}\s*$")
_QUOTED_FROM = re.compile(rb"^>+From ")
_HEADER = re.compile(rb"^[!-9;-~]{1,100}:")
_NOT_MAIL = re.compile(
    r"(^|/)(\.[^/]*$|__MACOSX/|dovecot|courier|subscriptions$|maildirfolder$|tmp/)", re.IGNORECASE
)


class NotAnArchiveError(ValueError):
    """There is no mail in this file or folder, or it is damaged."""


@dataclass(frozen=True, slots=True)
class Item:
    """One message of an archive, or what could not be taken for one (`refused`: not_mail, too_large, bomb, damaged).

    `done`: bytes of the archive that are behind us. The stream holds until the next item is asked for.
    """

    name: str
    done: int
    stream: IO[bytes] | None = None
    refused: str = ""


def size_of(path: Path) -> int:
    """Bytes of a file, or of everything in a folder."""
    return sum(one.stat().st_size for one in _files(path)) if path.is_dir() else path.stat().st_size


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not _NOT_MAIL.search(f"/{path.relative_to(folder).as_posix()}"):
            yield path


def items(path: Path) -> Iterator[Item]:
    """Every message in a file or folder, in the same order each time. Raises `NotAnArchiveError`, `OSError`."""
    if not path.is_dir():
        with path.open("rb") as stream:
            yield from items_of(stream, path.name)
        return
    done = 0
    for file in _files(path):
        with file.open("rb") as stream:
            for item in _mails(stream, str(file.relative_to(path))):
                yield Item(item.name, done + item.done, item.stream, item.refused)
        done += file.stat().st_size


def items_of(stream: BinaryIO, name: str) -> Iterator[Item]:
    """Every message in one file."""
    begins = stream.read(4)
    stream.seek(0)
    if begins in (b"PK\3\4", b"PK\5\6"):
        yield from _zipped(stream)
    else:
        yield from _mails(stream, name)


def _zipped(stream: BinaryIO) -> Iterator[Item]:
    try:
        archive = zipfile.ZipFile(stream)
    except zipfile.BadZipFile as error:
        raise NotAnArchiveError(str(error)) from error
    done = 0
    for info in sorted(archive.infolist(), key=lambda one: one.filename):
        if info.is_dir() or _NOT_MAIL.search(f"/{info.filename}"):
            continue
        if info.file_size > BOMB_BYTES and info.file_size > BOMB_RATIO * max(1, info.compress_size):
            yield Item(info.filename, done, refused="bomb")
        else:
            yield from _entry(archive, info, done)
        done += info.compress_size


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, done: int) -> Iterator[Item]:
    try:
        with archive.open(info) as file:
            for item in _mails(file, info.filename):
                yield Item(item.name, done + info.compress_size, item.stream, item.refused)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        yield Item(f"{info.filename}: {error}", done, refused="damaged")


def _mails(stream: IO[bytes], name: str) -> Iterator[Item]:
    """The messages of an mbox, or the one that the file is."""
    first = stream.readline(_LONGEST_PIECE).removeprefix(b"\xef\xbb\xbf")
    if first.startswith(b"From "):
        yield from _mbox(stream, name, first)
    elif _HEADER.match(first):
        yield _one(stream, name, first)
    else:
        yield Item(name, len(first), refused="not_mail")


class _Message:
    """A message that is being put together."""

    def __init__(self) -> None:
        self.file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as this
        self.size = 0

    def add(self, line: bytes) -> None:
        """One line, or a piece of a very long one. What is too much is counted and dropped."""
        if line.endswith(b"\n") and not line.endswith(b"\r\n"):
            line = line[:-1] + b"\r\n"
        self.size += len(line)
        if self.size <= LARGEST_MESSAGE:
            self.file.write(line)

    def item(self, name: str, done: int) -> Item:
        """What it came to."""
        self.file.seek(0)
        if self.size > LARGEST_MESSAGE:
            return Item(name, done, refused="too_large")
        if not _HEADER.match(self.file.readline(_LONGEST_PIECE)):
            return Item(name, done, refused="not_mail")
        self.file.seek(0)
        return Item(name, done, self.file)


def _one(stream: IO[bytes], name: str, first: bytes) -> Item:
    message, done = _Message(), len(first)
    message.add(first)
    while line := stream.readline(_LONGEST_PIECE):
        done += len(line)
        message.add(line)
    return message.item(name, done)


def _mbox(stream: IO[bytes], name: str, first: bytes) -> Iterator[Item]:
    """`first`: the first From line. Where that names no time, those of this file don't, and any begins a message."""
    strict = _FROM_LINE.match(first) is not None
    message, done, number, empty = _Message(), len(first), 1, b""
    while line := stream.readline(_LONGEST_PIECE):
        done += len(line)
        if empty and line.startswith(b"From ") and (not strict or _FROM_LINE.match(line)):
            yield message.item(f"{name} · {number}", done)
            message, number, empty = _Message(), number + 1, b""
            continue
        if empty:
            message.add(empty)
        # The last empty line belongs to the mbox, not to the message: it is held back until another line follows.
        empty = line if line in (b"\n", b"\r\n") else b""
        if not empty:
            message.add(line[1:] if _QUOTED_FROM.match(line) else line)
    yield message.item(f"{name} · {number}", done)
