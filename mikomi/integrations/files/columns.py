"""The cells of a row by field, and what is wrong with them."""

from datetime import date, datetime
from typing import Literal

from mikomi.core.tables.reading import ROW_LIMIT, ROW_TOO_LONG, Row
from mikomi.integrations.files import cells as read
from mikomi.integrations.files.dates import AmbiguousDateError, is_no_date, parse_moment
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.issues import ERROR, WARNING, RowIssue, bad_value
from mikomi.integrations.files.recognition import Match
from mikomi.integrations.files.records import Moment
from mikomi.integrations.files.settings import ParseSettings

_SHORTER_FIRST = (Field.PERSON_PHONE, Field.PERSON_EMAIL)  # "Phone" before "Default Address Phone"


ABSENT = -1  # the place of a column that isn't there: `fit` puts a blank cell at the end
_LIMIT: dict[str, str | int] = {"limit": f"{ROW_LIMIT:,}"}


class Columns:
    """Places and names of a match's columns."""

    def __init__(self, match: Match) -> None:
        self.names = match.header
        self.width = len(match.header)
        self.places: dict[Field, tuple[int, ...]] = {}
        for field in dict.fromkeys(match.mapping.values()):
            places = match.columns(field)
            if field in _SHORTER_FIRST:
                places = tuple(sorted(places, key=lambda place: len(self.names[place])))
            if places:
                self.places[field] = places
        self.first = {field: places[0] for field, places in self.places.items()}

    def name(self, field: Field) -> str:
        """The header of the field's first column; "" if there is none."""
        place = self.first.get(field)
        return "" if place is None else self.names[place]

    def fit(self, row: Row) -> tuple[list[str] | None, RowIssue | None]:
        """The stripped cells, as many as the header has and a blank one behind; or why the row can't be used."""
        if row.problem is not None:
            return None, RowIssue(row.line, "", row.problem, _LIMIT if row.problem == ROW_TOO_LONG else {})
        cells = list(map(str.strip, row.cells))
        surplus = len(cells) - self.width
        if surplus > 0:
            if any(cells[self.width :]):
                counts: dict[str, str | int] = {"cells": len(cells), "columns": self.width}
                return None, RowIssue(row.line, "", "too_many_cells", counts)
            del cells[self.width :]
        cells.extend([""] * (1 - min(surplus, 0)))
        return cells, None

    def place(self, field: Field) -> int:
        """The place of the field's first column; `ABSENT` if it has none."""
        return self.first.get(field, ABSENT)

    def present(self, **fields: Field) -> list[tuple[str, Field, int]]:
        """Name, field and place of those that have a column: what isn't there costs no time in any row."""
        return [(name, field, self.first[field]) for name, field in fields.items() if field in self.first]


class Cells:
    """One row (or the merged rows of one order) and the issues found in it. `cells` are those of `Columns.fit`."""

    __slots__ = ("_columns", "_settings", "issues", "line", "values")

    def __init__(self, columns: Columns, cells: list[str], line: int, settings: ParseSettings) -> None:
        self._columns = columns
        self.values = cells
        self.line = line
        self._settings = settings
        self.issues: list[RowIssue] = []

    def text(self, field: Field) -> str:
        """The cell; "" where there is no such column."""
        return self.values[self._columns.first.get(field, ABSENT)]

    def texts(self, field: Field) -> list[str]:
        """The cells of all columns of the field that are not blank."""
        places = self._columns.places.get(field)
        if places is None:
            return []
        values = self.values
        return [values[place] for place in places if values[place]]

    def issue(
        self, field: Field, code: str, value: str, severity: str = WARNING, **params: str | int
    ) -> None:
        """Note what is wrong with a cell."""
        self.issues.append(bad_value(self.line, self._columns.name(field), code, value, severity, **params))

    def amount(
        self, field: Field, currency: str, decimal: Literal[".", ","] | None, severity: str = WARNING
    ) -> int | None:
        """Minor units; None where the cell is blank or no amount."""
        text = self.text(field)
        if not text:
            return None
        found = read.amount(text, currency, decimal)
        if found is None:
            self.issue(field, "bad_amount", text, severity, currency=currency)
        return found

    def moment(self, field: Field, severity: str = WARNING) -> Moment | None:
        """A date or a moment; None where the cell is blank, says that there is none, or is no date."""
        text = self.text(field)
        if not text:
            return None
        code = "bad_date"
        try:
            found = parse_moment(text, self._settings.zone, self._settings.day_first)
        except AmbiguousDateError:
            found, code = None, "ambiguous_date"
        if found is None and (severity == ERROR or not is_no_date(text)):
            self.issue(field, code, text, severity)
        return found

    def day(self, field: Field) -> date | None:
        """The day only, local to the business."""
        found = self.moment(field)
        return found.astimezone(self._settings.zone).date() if isinstance(found, datetime) else found
