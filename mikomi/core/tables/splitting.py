"""Lines to cells.

Quoting as in RFC 4180, and forgiving as spreadsheet programs are: a quote closes a cell only where a
separator or the line's end follows (blanks between are dropped), any other quote inside is part of the text.
"""

import csv
from collections.abc import Iterable, Iterator

QUOTE = '"'


class _Strict(csv.Dialect):
    quotechar = QUOTE
    doublequote = True
    quoting = csv.QUOTE_MINIMAL
    lineterminator = "\n"
    strict = True  # an odd quote raises, and the patient way below takes over
    delimiter = ","


def strict_reader(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    """Well-quoted rows, in C; csv.Error at a row that is not."""
    return csv.reader(lines, _Strict, delimiter=delimiter)


class Row:
    """A row being put together from one or more lines; any quoting, linear in its length."""

    __slots__ = ("_delimiter", "_open", "cells", "size")

    def __init__(self, delimiter: str) -> None:
        self.cells: list[str] = []
        self.size = 0  # characters kept so far
        self._delimiter = delimiter
        self._open: list[str] | None = None  # pieces of the quoted cell that the next line goes on with

    def feed(self, line: str) -> bool:
        """Add a line; True when the row is whole."""
        self.size += len(line)
        end = len(line.rstrip("\r\n"))
        at = 0
        if self._open is not None:
            at = self._quoted(line, 0, end)
        while 0 <= at <= end:
            if line.startswith(QUOTE, at):
                self._open = []
                at = self._quoted(line, at + 1, end)
            else:
                at = self._plain(line, at, end)
        return self._open is None

    def close(self) -> list[str]:
        """The cells, the unfinished one too, though its quote was never closed."""
        rest = [] if self._open is None else ["".join(self._open).removesuffix("\n").removesuffix("\r")]
        return [*self.cells, *rest]

    def forget(self) -> None:
        """Drop what was kept (the row is too long), go on looking for its end."""
        self.cells = []
        self.size = 0
        if self._open is not None:
            self._open = []

    def _plain(self, line: str, at: int, end: int) -> int:
        stop = line.find(self._delimiter, at, end)
        self.cells.append(line[at : stop if stop >= 0 else end])
        return stop + 1 if stop >= 0 else -1

    def _quoted(self, line: str, at: int, end: int) -> int:
        """Read on inside quotes; the place after the cell's separator, −1 at the line's end."""
        assert self._open is not None
        start = at
        while (quote := line.find(QUOTE, at, end)) >= 0:
            if line.startswith(QUOTE, quote + 1):
                self._open.append(line[start : quote + 1])
                start = at = quote + 2
                continue
            after = quote + 1
            while after < end and line[after] == " ":
                after += 1
            if after == end or line[after] == self._delimiter:
                self._open.append(line[start:quote])
                self.cells.append("".join(self._open))
                self._open = None
                return -1 if after == end else after + 1
            at = quote + 1
        self._open.append(line[start:])
        return -1


def split_lines(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Rows of some lines; blank lines and an unfinished last row are left out."""
    row = Row(delimiter)
    for line in lines:
        if row.feed(line):
            if row.cells not in ([], [""]):
                yield row.cells
            row = Row(delimiter)
