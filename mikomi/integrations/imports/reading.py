"""The records of a file in batches, with what is wrong in them; the same batches however often it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mikomi.integrations.files.issues import ERROR, RowIssue
from mikomi.integrations.files.measurements import MeasuredRow
from mikomi.integrations.files.reading import Found
from mikomi.integrations.files.records import OrderRecord, PersonRecord

ORDERS_AT_ONCE = 100
PEOPLE_AT_ONCE = 500
MEASURED_AT_ONCE = 2_000
_MOST_ISSUES = 2_000


@dataclass(slots=True)
class Batch:
    """Neighbouring finds of a file: `until` is the number of finds up to and with this batch."""

    until: int = 0
    orders: list[OrderRecord] = field(default_factory=list)
    people: list[PersonRecord] = field(default_factory=list)
    measured: list[MeasuredRow] = field(default_factory=list)
    issues: list[RowIssue] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether it is worth a transaction."""
        return (
            len(self.orders) >= ORDERS_AT_ONCE
            or len(self.people) >= PEOPLE_AT_ONCE
            or len(self.measured) >= MEASURED_AT_ONCE
            or len(self.issues) >= _MOST_ISSUES
        )

    @property
    def refused_rows(self) -> int:
        """How many rows are not taken because of what is wrong in them."""
        return len({issue.line for issue in self.issues if issue.severity == ERROR})


def batches(found: Iterable[Found], done: int = 0) -> Iterator[Batch]:
    """The finds after the first `done`. A batch never ends between two issues of the same row."""
    batch, number, line = Batch(), 0, -1
    for number, one in enumerate(found, 1):
        if number <= done:
            continue
        if batch.is_full and not (isinstance(one, RowIssue) and one.line == line):
            yield batch
            batch = Batch()
        line = one.line if isinstance(one, RowIssue) else -1
        batch.until = number
        _put(batch, one)
    if batch.until:
        yield batch


def _put(batch: Batch, one: Found) -> None:
    if isinstance(one, RowIssue):
        batch.issues.append(one)
    elif isinstance(one, OrderRecord):
        batch.orders.append(one)
    elif isinstance(one, MeasuredRow):
        batch.measured.append(one)
    else:
        batch.people.append(one)
