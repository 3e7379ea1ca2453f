"""Physical lines of a stream, with their numbers, in bounded memory."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from mikomi.core.tables.encodings import CHUNK, Encoding

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)")


class Lines:
    """Iterator of text lines with their ends (\\n, \\r\\n or \\r); `number` is that of the line given last.

    A line longer than `limit` characters is cut: its rest is dropped and `cut` is set to its number.
    NUL characters are dropped and counted in `nuls`.
    """

    def __init__(self, stream: BinaryIO, encoding: Encoding, limit: int) -> None:
        self.number = 0
        self.cut = 0
        self.nuls = 0
        self._batches = _batches(self._text(stream, encoding), limit)
        self._batch: list[str] = []
        self._at = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while self._at == len(self._batch):
            self._batch, was_cut = next(self._batches)
            self._at = 0
            if was_cut:
                self.cut = self.number + 1
        line = self._batch[self._at]
        self._at += 1
        self.number += 1
        return line

    def skip_to(self, number: int) -> None:
        """Go on behind line `number`."""
        while self.number < number and Lines.__next__(self):
            pass

    def _text(self, stream: BinaryIO, encoding: Encoding) -> Iterator[str]:
        decoder = encoding.decoder()
        stream.seek(encoding.mark)
        while chunk := stream.read(CHUNK):
            yield self._without_nul(decoder.decode(chunk))
        yield self._without_nul(decoder.decode(b"", True))

    def _without_nul(self, text: str) -> str:
        if "\0" not in text:
            return text
        self.nuls += text.count("\0")
        return text.replace("\0", "")


def _last_end(text: str, stop: int) -> int:
    """Where the last whole line before `stop` ends; 0 if there is none."""
    return max(text.rfind("\n", 0, stop), text.rfind("\r", 0, stop)) + 1


def _batches(texts: Iterator[str], limit: int) -> Iterator[tuple[list[str], bool]]:
    """Lines, many at a time; (one line, True) for a line that was cut."""
    rest, dropping = "", False
    for text in texts:
        rest += text
        held = "\r" if rest.endswith("\r") else ""  # its \n may come with the next piece
        end = _last_end(rest, len(rest) - len(held))
        lines = _LINE.findall(rest, 0, end)
        if lines and dropping:
            del lines[0]
            dropping = False
        if end > limit and lines and len(lines[0]) > limit:
            yield [lines.pop(0)[:limit]], True
        yield lines, False
        rest = rest[end:]
        if dropping:
            rest = held
        elif len(rest) > limit:
            yield [rest[:limit]], True
            rest, dropping = held, True
    if rest and not dropping:
        yield [rest], False
