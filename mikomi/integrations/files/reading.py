"""The way in: a file to a stream of records, whatever it is.

with read_file(path, "orders", settings) as reading:
    if reading.refused: show reading.issues
    for found in reading.records(): OrderRecord | PersonRecord | MeasuredRow | RowIssue
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from mikomi.core.tables.reading import Row, Table, open_table
from mikomi.integrations.files.formats.format import Kind
from mikomi.integrations.files.issues import WARNING, RowIssue
from mikomi.integrations.files.measurements import MeasuredRow, parse_measurements
from mikomi.integrations.files.orders import parse_orders
from mikomi.integrations.files.people import parse_people
from mikomi.integrations.files.recognition import Match, by_hand, recognise
from mikomi.integrations.files.records import OrderRecord, PersonRecord
from mikomi.integrations.files.settings import ParseSettings

Found = OrderRecord | PersonRecord | MeasuredRow | RowIssue
_TITLE_ROWS = 10  # how far down the header may stand


class Reading:
    """A file understood. `issues`: what is wrong with it as a whole; `refused`: it gives no records."""

    def __init__(
        self, table: Table, kind: Kind, settings: ParseSettings, mapping: Mapping[str, str] | None
    ) -> None:
        self._table = table
        self._settings = settings
        self.kind = kind
        self.header_line, self.match = _find_header(table, kind, mapping)
        self.issues = _file_issues(self.match, kind, self.header_line, table)
        self.refused = any(issue.severity != WARNING for issue in self.issues)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._table.__exit__(kind, error, at)

    @property
    def encoding(self) -> str:
        """The name of the file's encoding."""
        return self._table.encoding.name

    def records(self) -> Iterator[Found]:
        """Records and row issues, read while they are asked for; nothing where the file is refused."""
        if self.refused:
            return iter(())
        rows = (row for row in self._table.rows() if row.line > self.header_line)
        if self.kind == "measurements":
            return parse_measurements(rows, self.match, self._settings)
        parse = parse_orders if self.kind == "orders" else parse_people
        return iter(parse(rows, self.match, self._settings))

    def sample(self, rows: int = 5) -> list[Row]:
        """The first rows behind the header, for the mapping screen."""
        return list(islice((row for row in self._table.rows() if row.line > self.header_line), rows))


def read_file(
    source: Path | BinaryIO, kind: Kind, settings: ParseSettings, mapping: Mapping[str, str] | None = None
) -> Reading:
    """Open a file of a kind. `mapping` (column name → field) takes the place of recognition."""
    return Reading(open_table(source), kind, settings, mapping)


def _find_header(table: Table, kind: Kind, mapping: Mapping[str, str] | None) -> tuple[int, Match]:
    """The first row that reads like a header; some exports put a title above it."""
    head = [row for row in islice(table.rows(), _TITLE_ROWS) if row.problem is None]
    if not head:
        return 0, recognise([], kind)
    if mapping is not None:
        held = max(head, key=lambda row: (sum(name.strip() in mapping for name in row.cells), -row.line))
        return held.line, by_hand(held.cells, mapping, kind)
    for row in head:
        match = recognise(row.cells, kind)
        if not match.missing:
            return row.line, match
    best = max(head, key=lambda row: (len(recognise(row.cells, kind).mapping), -row.line))
    return best.line, recognise(best.cells, kind)


def _file_issues(match: Match, kind: Kind, line: int, table: Table) -> list[RowIssue]:
    if not match.header:
        return [RowIssue(0, "", "empty_file")]
    issues = []
    if match.format.kind != kind:
        issues.append(RowIssue(line, "", f"wrong_kind_{match.format.kind}", {"format": match.format.label}))
    elif match.missing:
        columns = ", ".join(match.missing)
        issues.append(RowIssue(line, columns, "missing_columns", {"columns": columns}))
    if table.encoding.lost:
        issues.append(RowIssue(0, "", "unreadable_characters", {"count": table.encoding.lost}, WARNING))
    return issues
