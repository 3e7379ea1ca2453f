"""CSV that spreadsheet programs open as it was meant, and as text only.

A text cell that begins with = + - @, tab, carriage return or line feed (or the full-width ＝ ＋ － ＠)
would be run as a formula when the file is opened: such cells get a ' in front. So do cells that begin
with ' and then such a character, which makes the guard reversible: `unguard` gives back exactly what
was written. Numbers are written as they are.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | float | Decimal | date | datetime | bool | None

UTF8 = "utf-8-sig"
CP932 = "cp932"
ENCODINGS = (UTF8, CP932)
REPLACEMENT = "〓"  # the mark that Japanese print uses for a character it doesn't have
_FORMULA = re.compile("^'*[=+\\-@\t\r\n＝＋－＠]")
_CHUNK = 64 * 1024  # characters
# The same letter has two code points; cp932 knows only the second.
_TWINS = str.maketrans(
    {
        "\u301c": "\uff5e",
        "\u2212": "\uff0d",
        "\u2014": "\u2015",
        "\u2016": "\u2225",
        "\u00a5": "\\",
        "\u00a2": "\uffe0",
        "\u00a3": "\uffe1",
        "\u00ac": "\uffe2",
    }
)


def guard(text: str) -> str:
    """The text, made harmless for spreadsheet programs."""
    return "'" + text if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """The inverse of `guard`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


class CsvWriter:
    """Rows to bytes, a piece at a time; `replaced` counts the characters that the encoding doesn't have.

    Lines end in CR LF (RFC 4180). UTF-8 begins with a byte order mark, without which Excel reads it as cp932.
    """

    def __init__(self, encoding: str = UTF8) -> None:
        if encoding not in ENCODINGS:
            raise ValueError(f"CSV is written in {' or '.join(ENCODINGS)}, not in {encoding!r}")
        self.encoding = encoding
        self.replaced = 0

    def chunks(self, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
        """The whole file as pieces of some 64 KB, made while the rows come."""
        if self.encoding == UTF8:
            yield b"\xef\xbb\xbf"
        buffer = _Buffer()
        write = csv.writer(buffer).writerow
        write([guard(name) for name in header])
        for row in rows:
            write([_text(cell) for cell in row])
            if buffer.size > _CHUNK:
                yield self._encode(buffer.take())
        yield self._encode(buffer.take())

    def _encode(self, text: str) -> bytes:
        if self.encoding == UTF8:
            return text.encode("utf-8", "replace")
        try:
            return text.encode(CP932)
        except UnicodeEncodeError:
            return b"".join(self._encode_char(char) for char in text.translate(_TWINS))

    def _encode_char(self, char: str) -> bytes:
        try:
            return char.encode(CP932)
        except UnicodeEncodeError:
            self.replaced += 1
            return REPLACEMENT.encode(CP932)


class _Buffer:
    """What csv.writer writes to."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.size = 0

    def write(self, text: str) -> int:
        self._pieces.append(text)
        self.size += len(text)
        return len(text)

    def take(self) -> str:
        text = "".join(self._pieces)
        self._pieces, self.size = [], 0
        return text


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guard(cell.replace("\0", ""))
    if isinstance(cell, date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell)
