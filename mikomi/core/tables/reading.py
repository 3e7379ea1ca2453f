"""Tables from files of unknown encoding, newline and separator, row by row in bounded memory.

    with open_table(path) as table:
        for row in table.rows():
            row.line, row.cells, row.problem

Whatever the bytes, reading doesn't raise: what is wrong with a row is said in `Row.problem`, and
reading goes on. Only the operating system's errors (no such file) pass through.
"""

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from mikomi.core.tables import splitting
from mikomi.core.tables.dialect import declared_delimiter, guess_delimiter
from mikomi.core.tables.encodings import Encoding, detect
from mikomi.core.tables.lines import Lines

ROW_LIMIT = 1_000_000  # characters in one row; more is a row error
ROW_TOO_LONG = "row_too_long"
UNCLOSED_QUOTE = "unclosed_quote"
_LOOK_AHEAD = 200  # lines that the guess of the separator reads
_STRAY_LINES = 10  # an open quote that runs further than this to the end of the file is a stray character
_MOST_STRAYS = 20  # after so many the file's quotes don't come in pairs, and a cell ends with its line
_NOTHING = ([""], ["\x1a"])  # a blank line; what DOS programs write at the end of a file


class Row(NamedTuple):
    """`line`: the number, from 1, of the line it begins in. `problem`: why its cells can't be trusted."""

    line: int
    cells: list[str]
    problem: str | None = None


class Table:
    """An open table. `encoding.lost` counts characters that could not be read, `nuls` those dropped so
    far.
    """

    def __init__(self, stream: BinaryIO, encoding: Encoding, delimiter: str, skipped: int) -> None:
        self.encoding = encoding
        self.delimiter = delimiter
        self.nuls = 0
        self._stream = stream
        self._skipped = skipped
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._closing.close()

    def rows(self) -> Iterator[Row]:
        """All rows that hold anything, the header first; every call reads from the beginning."""
        return _Reader(self).rows()

    def lines(self, behind: int) -> "_RowLines":
        """The physical lines behind one of them, and behind a `sep=` line."""
        lines = _RowLines(self._stream, self.encoding, ROW_LIMIT)
        lines.skip_to(max(behind, self._skipped))
        return lines

    def _own(self, stack: ExitStack) -> Self:
        self._closing = stack
        return self


def open_table(source: Path | BinaryIO) -> Table:
    """Find out encoding and separator. A file object stays the caller's; one that can't seek is copied
    to disk.
    """
    with ExitStack() as stack:
        if isinstance(source, Path):
            stream: BinaryIO = stack.enter_context(source.open("rb"))
        elif source.seekable():
            stream = source
        else:
            stream = stack.enter_context(tempfile.TemporaryFile())
            shutil.copyfileobj(source, stream)
        encoding = detect(stream)
        head = list(islice(Lines(stream, encoding, ROW_LIMIT), _LOOK_AHEAD))
        declared = declared_delimiter(head[0]) if head else None
        table = Table(stream, encoding, declared or guess_delimiter(head), 1 if declared else 0)
        return table._own(stack.pop_all())


def read_bytes(data: bytes) -> list[Row]:
    """All rows of a small table that is in memory already."""
    return list(open_table(io.BytesIO(data)).rows())


class _LongRowError(Exception):
    """The row being read has grown beyond the limit."""


class _RowLines(Lines):
    """Lines that remember which of them the present row has taken."""

    def __init__(self, stream: BinaryIO, encoding: Encoding, limit: int) -> None:
        super().__init__(stream, encoding, limit)
        self.taken: list[str] = []
        self._size = 0

    def begin_row(self) -> None:
        """What comes next belongs to another row."""
        self.taken.clear()
        self._size = 0

    def __next__(self) -> str:
        line = super().__next__()
        self.taken.append(line)
        self._size += len(line)
        if self._size > ROW_LIMIT or self.cut == self.number:
            raise _LongRowError
        return line


class _Reader:
    """One pass through a table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._strays = 0
        self._go_on_behind(0)

    def _go_on_behind(self, line: int) -> None:
        self._lines = self._table.lines(line)
        self._strict = splitting.strict_reader(self._lines, self._table.delimiter)

    def rows(self) -> Iterator[Row]:
        while True:
            lines = self._lines
            lines.begin_row()
            try:
                cells = next(self._strict)
            except StopIteration:
                break
            except (csv.Error, _LongRowError):
                yield self._patient(lines.taken.copy())
                continue
            if cells and cells not in _NOTHING:
                yield Row(lines.number - len(lines.taken) + 1, cells)
        self._table.nuls = self._lines.nuls

    def _patient(self, taken: list[str]) -> Row:
        """A row with odd quotes, cut off, or too long; `taken` are its first lines."""
        number = self._lines.number - len(taken) + 1
        if self._lines.cut == self._lines.number:
            return Row(number, [], ROW_TOO_LONG)
        row, whole = splitting.Row(self._table.delimiter), False
        for line in taken:
            whole = row.feed(line)
        if not whole and self._strays >= _MOST_STRAYS:
            return self._literal(taken[0], number)
        too_long = row.size > ROW_LIMIT
        while not whole:
            self._lines.begin_row()
            try:
                line = next(self._lines)
            except StopIteration:
                return self._unclosed(row, taken[0], number, too_long)
            except _LongRowError:
                return Row(number, [], ROW_TOO_LONG)
            whole = row.feed(line)
            if row.size > ROW_LIMIT:
                row.forget()
                too_long = True
        return Row(number, [], ROW_TOO_LONG) if too_long else Row(number, row.cells)

    def _unclosed(self, row: splitting.Row, first: str, number: int, too_long: bool) -> Row:
        """The file ended inside quotes: it was cut off there, or, further up, the quote is a stray one."""
        if self._lines.number - number <= _STRAY_LINES:
            return Row(number, [] if too_long else row.close(), ROW_TOO_LONG if too_long else UNCLOSED_QUOTE)
        self._strays += 1
        return self._literal(first, number)

    def _literal(self, line: str, number: int) -> Row:
        """The first line alone, its quotes taken for text; reading goes on behind it."""
        if self._lines.number != number:
            self._go_on_behind(number)
        return Row(number, line.rstrip("\r\n").split(self._table.delimiter), UNCLOSED_QUOTE)
