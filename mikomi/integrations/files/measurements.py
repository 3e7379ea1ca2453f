"""Files of measured values: the rows as the ledger takes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from mikomi.core.tables.reading import Row
from mikomi.integrations.files.dates import AmbiguousDateError, parse_moment
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.issues import ERROR, RowIssue, bad_value
from mikomi.integrations.files.recognition import Match
from mikomi.integrations.files.settings import ParseSettings
from mikomi.promises.records import NewMeasurement


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """A measurement with the line of the file where it stands."""

    line: int
    measurement: NewMeasurement


def parse_measurements(
    rows: Iterable[Row], match: Match, settings: ParseSettings
) -> Iterator[MeasuredRow | RowIssue]:
    """The measurements of the rows in their order, and what is wrong with the rows that give none.

    A row without a date was measured when the file came. A row without an id is known by its own text and how often
    that came.
    """
    if settings.now is None:
        raise ValueError("Say when the file of measurements came.")
    reader = _Reader(match, settings, settings.now)
    for row in rows:
        if (found := reader.read(row)) is not None:
            yield found


class _Reader:
    def __init__(self, match: Match, settings: ParseSettings, now: datetime) -> None:
        self._header, self._settings, self._now = match.header, settings, now
        self._places = {field: match.columns(field)[0] for field in match.mapping.values()}
        self._seen: dict[str, int] = {}

    def read(self, row: Row) -> MeasuredRow | RowIssue | None:
        """The row's measurement, or why it gives none; none for a row without anything in it."""
        if row.problem:
            return RowIssue(row.line, "", row.problem, {"limit": 1_000_000})
        if not any(cell.strip() for cell in row.cells):
            return None
        value = self._cell(row, Field.MEASURED_VALUE)
        if not value:
            return RowIssue(row.line, self._name(Field.MEASURED_VALUE), "missing_value")
        at = self._moment(row)
        if isinstance(at, RowIssue):
            return at
        unit = self._cell(row, Field.MEASURED_UNIT)
        measurement = NewMeasurement(
            value=f"{value} {unit}" if unit else value,
            measured_at=at,
            once_key=self._key(row),
            source="csv",
            measured_by=self._cell(row, Field.MEASURED_BY)[:200],
            item=self._cell(row, Field.MEASURED_ITEM)[:120],
            note=self._cell(row, Field.MEASURED_NOTE)[:2_000],
        )
        return MeasuredRow(row.line, measurement)

    def _cell(self, row: Row, field: Field) -> str:
        place = self._places.get(field, len(row.cells))
        return row.cells[place].strip().replace("\0", "") if place < len(row.cells) else ""

    def _name(self, field: Field) -> str:
        return self._header[self._places[field]]

    def _moment(self, row: Row) -> datetime | RowIssue:
        text, name = self._cell(row, Field.MEASURED_AT), Field.MEASURED_AT
        if not text:
            return self._now
        try:
            found = parse_moment(text, self._settings.zone, self._settings.day_first)
        except AmbiguousDateError:
            return bad_value(row.line, self._name(name), "ambiguous_date", text, ERROR)
        if isinstance(found, datetime):
            return found
        if isinstance(found, date):
            # Only the day is known: noon, or now on the day itself.
            midnight, noon = (datetime.combine(found, time(hour), self._settings.zone) for hour in (0, 12))
            return min(noon, max(self._now, midnight))
        return bad_value(row.line, self._name(name), "bad_date", text, ERROR)

    def _key(self, row: Row) -> str:
        if given := self._cell(row, Field.MEASURED_ID):
            return f"csv:{given}"[:120]
        digest = hashlib.sha256("\x1f".join(cell.strip() for cell in row.cells).encode()).hexdigest()[:32]
        self._seen[digest] = self._seen.get(digest, 0) + 1
        return f"csv:{digest}:{self._seen[digest]}"
