"""The cells of a row by field, and what is wrong with them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from mikomi.core.tables.reading import Row
from mikomi.integrations.files import cells as read
from mikomi.integrations.files.dates import AmbiguousDateError, is_no_date, parse_moment
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.issues import ERROR, WARNING, RowIssue, bad_value
from mikomi.integrations.files.recognition import Match
from mikomi.integrations.files.records import Moment
from mikomi.integrations.files.settings import ParseSettings

_SHORTER_FIRST = (Field.PERSON_PHONE, Field.PERSON_EMAIL)  # "Phone" before "Default Address Phone"


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
        """As many cells as the header has, or why the row can't be used."""
        if row.problem is not None:
            return None, RowIssue(
                row.line, "", row.problem, {"limit": "1,000,000"} if "long" in row.problem else {}
            )
        cells, width = row.cells, self.width
        if len(cells) < width:
            return cells + [""] * (width - len(cells)), None
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                return None, RowIssue(row.line, "", "too_many_cells", {"cells": len(cells), "columns": width})
            return cells[:width], None
        return cells, None


class Cells:
    """One row (or the merged rows of one order) and the issues found in it."""

    __slots__ = ("_cells", "_columns", "_settings", "issues", "line")

    def __init__(self, columns: Columns, cells: Sequence[str], line: int, settings: ParseSettings) -> None:
        self._columns = columns
        self._cells = cells
        self.line = line
        self._settings = settings
        self.issues: list[RowIssue] = []

    def text(self, field: Field) -> str:
        """The stripped cell; "" where there is no such column."""
        place = self._columns.first.get(field)
        return "" if place is None else self._cells[place].strip()

    def texts(self, field: Field) -> list[str]:
        """The cells of all columns of the field that are not blank."""
        places = self._columns.places.get(field, ())
        return [text for place in places if (text := self._cells[place].strip())]

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
