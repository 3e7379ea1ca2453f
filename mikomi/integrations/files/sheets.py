"""Files of filled-in questionnaires: one row a person, columns named by the codes of the answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import BinaryIO
from zoneinfo import ZoneInfo

from mikomi.core.tables.reading import Row, open_table
from mikomi.integrations.files.cells import whole_number
from mikomi.integrations.files.dates import AmbiguousDateError, parse_moment
from mikomi.integrations.files.headers import normalise
from mikomi.integrations.files.issues import ERROR, RowIssue, bad_value

MOST_ROWS = 1_000
_ID = ("id", "key", "no", "番号", "回答者", "回答id")
_AT = ("date", "datetime", "answeredat", "at", "回答日", "回答日時", "日付", "日時")


@dataclass(frozen=True, slots=True)
class Found:
    """A sheet: its line, key, moment and answers."""

    line: int
    key: str
    at: datetime
    answers: dict[str, int]


def read_sheets(
    source: BinaryIO, codes: Mapping[str, int], zone: ZoneInfo, now: datetime
) -> Iterator[Found | RowIssue]:
    """The sheets of a file in its order, and what is wrong with the rows that give none. Other columns are left."""
    with open_table(source) as table:
        rows = table.rows()
        header = next(rows, None)
        if header is None:
            yield RowIssue(0, "", "empty_file")
            return
        reader = _Reader(header.cells, codes, zone, now)
        if not reader.answers:
            yield RowIssue(header.line, "", "missing_columns", {"columns": ", ".join(list(codes)[:4]) + "…"})
            return
        for count, row in enumerate(rows):
            if count >= MOST_ROWS:
                yield RowIssue(row.line, "", "too_many_rows", {"limit": MOST_ROWS})
                return
            if (found := reader.read(row)) is not None:
                yield found


class _Reader:
    def __init__(
        self, header: Sequence[str], codes: Mapping[str, int], zone: ZoneInfo, now: datetime
    ) -> None:
        names = [name.strip().lower() for name in header]
        plain = [normalise(name) for name in header]
        self._header, self._zone, self._now = header, zone, now
        self.answers = {code: names.index(code) for code in codes if code in names}
        self._id = next((plain.index(word) for word in _ID if word in plain), None)
        self._at = next((plain.index(word) for word in _AT if word in plain), None)
        self._seen: dict[str, int] = {}

    def read(self, row: Row) -> Found | RowIssue | None:
        """The row's sheet; none for a row without anything in it."""
        if row.problem:
            return RowIssue(row.line, "", row.problem, {"limit": 1_000_000})
        if not any(cell.strip() for cell in row.cells):
            return None
        answers = {}
        for code, place in self.answers.items():
            text = self._cell(row, place)
            if not text:
                continue
            value = whole_number(text)
            if value is None:
                return bad_value(row.line, self._header[place], "bad_number", text, ERROR)
            answers[code] = value
        at = self._moment(row)
        return at if isinstance(at, RowIssue) else Found(row.line, self._key(row), at, answers)

    def _cell(self, row: Row, place: int | None) -> str:
        return row.cells[place].strip() if place is not None and place < len(row.cells) else ""

    def _moment(self, row: Row) -> datetime | RowIssue:
        text = self._cell(row, self._at)
        if not text or self._at is None:
            return self._now
        try:
            found = parse_moment(text, self._zone)
        except AmbiguousDateError:
            return bad_value(row.line, self._header[self._at], "ambiguous_date", text, ERROR)
        if isinstance(found, datetime):
            return found
        if isinstance(found, date):
            return datetime.combine(found, time(), self._zone)
        return bad_value(row.line, self._header[self._at], "bad_date", text, ERROR)

    def _key(self, row: Row) -> str:
        if given := self._cell(row, self._id):
            return f"csv:{given}"[:120]
        digest = hashlib.sha256("\x1f".join(cell.strip() for cell in row.cells).encode()).hexdigest()[:32]
        self._seen[digest] = self._seen.get(digest, 0) + 1
        return f"csv:{digest}:{self._seen[digest]}"
