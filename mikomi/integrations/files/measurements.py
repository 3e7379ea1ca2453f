"""Files of measured values: which column holds what, and the rows as the ledger takes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from mikomi.core.tables.reading import Row, open_table
from mikomi.integrations.files.dates import AmbiguousDateError, parse_moment
from mikomi.integrations.files.headers import normalise
from mikomi.integrations.files.issues import ERROR, RowIssue, bad_value
from mikomi.promises.records import NewMeasurement

MOST_ROWS = 20_000
"""More in one file would hold the database for too long."""
WORDS = {
    "value": ("value", "measured", "measurement", "result", "reading", "測定値", "実測値", "値", "結果", "数値"),
    "at": ("measuredat", "date", "datetime", "time", "when", "at", "day", "測定日時", "測定日", "日時", "日付"),
    "unit": ("unit", "units", "単位"),
    "item": ("item", "serial", "serialnumber", "sample", "個体", "個体番号", "製造番号", "シリアル", "試料"),
    "by": ("measuredby", "by", "source", "lab", "tester", "測定者", "測定元", "出所", "出典", "試験機関"),
    "id": ("id", "key", "number", "no", "番号", "管理番号", "測定番号"),
    "note": ("note", "notes", "comment", "remarks", "備考", "メモ"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A measurement with the line of the file where it stands."""

    line: int
    measurement: NewMeasurement


def read_measurements(
    source: Path | BinaryIO, zone: ZoneInfo, now: datetime, day_first: bool | None = None
) -> Iterator[Found | RowIssue]:
    """The measurements of a file in its order, and what is wrong with the rows that give none.

    A row without a date was measured `now`. A row without an id is known by its own text and how often that came.
    """
    with open_table(source) as table:
        rows = table.rows()
        header = next(rows, None)
        if header is None:
            yield RowIssue(0, "", "empty_file")
            return
        places = _places(header.cells)
        if "value" not in places:
            yield RowIssue(header.line, "value", "missing_columns", {"columns": "value（測定値）"})
            return
        reader = _Reader(header.cells, places, zone, now, day_first)
        for count, row in enumerate(rows):
            if count >= MOST_ROWS:
                yield RowIssue(row.line, "", "too_many_rows", {"limit": MOST_ROWS})
                return
            if (found := reader.read(row)) is not None:
                yield found


def _places(header: Sequence[str]) -> dict[str, int]:
    """Where each field's column stands: the first whose name is one of the field's words."""
    names = [normalise(name) for name in header]
    return {
        field: names.index(word)
        for field, words in WORDS.items()
        for word in [next((word for word in words if word in names), "")]
        if word
    }


class _Reader:
    def __init__(
        self,
        header: list[str],
        places: Mapping[str, int],
        zone: ZoneInfo,
        now: datetime,
        day_first: bool | None,
    ) -> None:
        self._header, self._places = header, places
        self._zone, self._now, self._day_first = zone, now, day_first
        self._seen: dict[str, int] = {}

    def read(self, row: Row) -> Found | RowIssue | None:
        """The row's measurement, or why it gives none; none for a row without anything in it."""
        if row.problem:
            return RowIssue(row.line, "", row.problem, {"limit": 1_000_000})
        if not any(cell.strip() for cell in row.cells):
            return None
        value = self._cell(row, "value")
        if not value:
            return RowIssue(row.line, self._name("value"), "missing_value")
        at = self._moment(row)
        if isinstance(at, RowIssue):
            return at
        unit = self._cell(row, "unit")
        measurement = NewMeasurement(
            value=f"{value} {unit}" if unit else value,
            measured_at=at,
            once_key=self._key(row),
            source="csv",
            measured_by=self._cell(row, "by")[:200],
            item=self._cell(row, "item")[:120],
            note=self._cell(row, "note")[:2_000],
        )
        return Found(row.line, measurement)

    def _cell(self, row: Row, field: str) -> str:
        place = self._places.get(field, len(row.cells))
        return row.cells[place].strip().replace("\0", "") if place < len(row.cells) else ""

    def _name(self, field: str) -> str:
        return self._header[self._places[field]]

    def _moment(self, row: Row) -> datetime | RowIssue:
        text = self._cell(row, "at")
        if not text:
            return self._now
        try:
            found = parse_moment(text, self._zone, self._day_first)
        except AmbiguousDateError:
            return bad_value(row.line, self._name("at"), "ambiguous_date", text, ERROR)
        if isinstance(found, datetime):
            return found
        if isinstance(found, date):
            # Only the day is known: noon, or now on the day itself.
            return min(datetime.combine(found, time(12), self._zone), max(self._now, self._midnight(found)))
        return bad_value(row.line, self._name("at"), "bad_date", text, ERROR)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)

    def _key(self, row: Row) -> str:
        if given := self._cell(row, "id"):
            return f"csv:{given}"[:120]
        digest = hashlib.sha256("\x1f".join(cell.strip() for cell in row.cells).encode()).hexdigest()[:32]
        self._seen[digest] = self._seen.get(digest, 0) + 1
        return f"csv:{digest}:{self._seen[digest]}"
