"""Rows to orders: neighbouring rows of one order come together, memory stays bounded.

The last `_OPEN_ORDERS` orders are kept open, so that rows which are nearly neighbours meet; what is further apart
becomes a second record of the order (see `records`). A row without an order number that says nothing of the order
goes on with the order above it.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mikomi.core.money import EXPONENTS
from mikomi.core.tables.reading import Row
from mikomi.integrations.files import cells as read
from mikomi.integrations.files.building import make_order
from mikomi.integrations.files.columns import Cells, Columns
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.issues import ERROR, RowIssue
from mikomi.integrations.files.order_head import HeadReader
from mikomi.integrations.files.order_lines import LineReader
from mikomi.integrations.files.recognition import Match
from mikomi.integrations.files.records import OrderLineRecord, OrderRecord
from mikomi.integrations.files.settings import ParseSettings

_OPEN_ORDERS = 200
_AMOUNTS = (Field.SHIPPING, Field.TOTAL)
_SAME_IN_ALL_ROWS = (Field.ORDERED_AT, Field.CURRENCY, *_AMOUNTS, Field.PERSON_EMAIL, Field.PERSON_NAME)

_YEN = dict.fromkeys(("円", "¥", "￥"), "JPY")

Found = list[OrderRecord | RowIssue]


@dataclass(slots=True)
class _Open:
    """An order whose rows are still coming. `head`: the order's cells, of each the first that is not blank."""

    number: str
    head: list[str]
    line: int
    currency: str
    lines: list[OrderLineRecord] = field(default_factory=list)
    line_numbers: list[int] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)  # how often each line key has come
    line_shipping: int = 0
    total_is_of_lines: bool = False
    lost_a_line: bool = False


def parse_orders(
    rows: Iterable[Row], match: Match, settings: ParseSettings
) -> Iterator[OrderRecord | RowIssue]:
    """Orders and what is wrong, in about the file's order."""
    parser = _Parser(match, settings)
    for row in rows:
        yield from parser.take(row)
    yield from parser.finish()


class _Parser:
    def __init__(self, match: Match, settings: ParseSettings) -> None:
        self._format = match.format
        self._settings = settings
        self._columns = Columns(match)
        self._lines = LineReader(self._columns, match.format.decimal)
        self._heads = HeadReader(self._columns, match.format, settings)
        first = self._columns.first
        self._number = first[Field.NUMBER]
        self._head_places = [
            place
            for one, places in self._columns.places.items()
            if not one.startswith("line.") and one != Field.NUMBER
            for place in places
        ]
        self._fixed = [(one, first[one]) for one in _SAME_IN_ALL_ROWS if one in first]
        self._filled = [[one for one in group if one in first] for group in self._format.filled]
        self._has_line_shipping = Field.LINE_SHIPPING in first
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._above: _Open | None = None  # the order of the row above
        self._above_refused = False

    def take(self, row: Row) -> Found:
        """Add a row; gives the orders that are whole by now and what is wrong."""
        cells, problem = self._columns.fit(row)
        if cells is None:
            return [problem] if problem is not None else []
        number = read.spared(cells[self._number])
        order = self._open.get(number)
        if not number:
            if not self._goes_on(cells):
                blank = not any(cells)
                name = self._columns.names[self._number]
                return [] if blank else [RowIssue(row.line, name, "missing_value")]
            if self._above_refused:
                return []
            order = self._above
        if order is None:
            return self._first_row(number, cells, row.line)
        return self._further_row(order, cells, row.line)

    def finish(self) -> Iterator[OrderRecord | RowIssue]:
        """What is still open at the file's end."""
        while self._open:
            yield from self._close(self._open.popitem(last=False)[1])

    def _goes_on(self, cells: list[str]) -> bool:
        """Is a row without number a further line of the order above?"""
        if self._above is None and not self._above_refused:
            return False
        has_head = any(cells[place] for place in self._head_places)
        return not has_head and not self._lines.is_blank(cells)

    def _first_row(self, number: str, raw: list[str], line: int) -> Found:
        cells = Cells(self._columns, raw, line, self._settings)
        for group in self._filled:
            if group and not any(cells.text(one) for one in group):
                cells.issue(group[0], "missing_value", "", ERROR)
        if cells.text(Field.ORDERED_AT):
            cells.moment(Field.ORDERED_AT, ERROR)
        currency = self._currency(cells)
        if cells.issues:
            self._above, self._above_refused = None, True
            return list(cells.issues)
        order = _Open(number, raw, line, currency)
        self._open[number] = self._above = order
        self._above_refused = False
        found = self._add_line(order, raw, line)
        if len(self._open) > _OPEN_ORDERS:
            found += self._close(self._open.popitem(last=False)[1])
        return found

    def _further_row(self, order: _Open, raw: list[str], line: int) -> Found:
        self._above, self._above_refused = order, False
        self._open.move_to_end(order.number)
        head = order.head
        for one, place in self._fixed:
            if raw[place] != head[place] and self._conflicts(order, one, place, raw):
                order.lost_a_line = True
                cells = Cells(self._columns, raw, line, self._settings)
                cells.issue(
                    one,
                    "conflict",
                    raw[place],
                    ERROR,
                    first=head[place],
                    first_line=order.line,
                )
                return list(cells.issues)
        self._fill_gaps(order, raw)
        return self._add_line(order, raw, line)

    def _fill_gaps(self, order: _Open, raw: list[str]) -> None:
        head = order.head
        for place in self._head_places:
            if raw[place] and not head[place]:
                if head is order.head:
                    head = list(head)
                head[place] = raw[place]
        order.head = head

    def _add_line(self, order: _Open, raw: list[str], line: int) -> Found:
        order.line_numbers.append(line)
        if not self._lines.places or (order.lines and self._lines.is_blank(raw)):
            return []
        cells = Cells(self._columns, raw, line, self._settings)
        found = self._lines.read(cells, order.currency, order.keys)
        if found is None:
            order.lost_a_line = True
        else:
            order.lines.append(found)
            if self._has_line_shipping:
                order.line_shipping += (
                    cells.amount(Field.LINE_SHIPPING, order.currency, self._format.decimal) or 0
                )
        return list(cells.issues)

    def _currency(self, cells: Cells) -> str:
        text = cells.text(Field.CURRENCY)
        if not text:
            return self._settings.currency
        found = _YEN.get(text, text.upper())
        if found not in EXPONENTS:
            cells.issue(Field.CURRENCY, "bad_currency", text, ERROR)
        return found

    def _conflicts(self, order: _Open, one: Field, place: int, raw: list[str]) -> bool:
        first, later = order.head[place], raw[place]
        if not first or not later or _plain(first) == _plain(later):
            return False
        if one in _AMOUNTS:
            amounts = [read.amount(text, order.currency, self._format.decimal) for text in (first, later)]
            if amounts[0] == amounts[1] is not None or (order.total_is_of_lines and one == Field.TOTAL):
                return False
            if one == Field.TOTAL and self._is_of_lines(order, amounts, raw):
                order.total_is_of_lines = True
                return False
        return True

    def _is_of_lines(self, order: _Open, amounts: list[int | None], raw: list[str]) -> bool:
        """Is the column that we took for the order's total the total of each line?"""
        cells = Cells(self._columns, raw, 0, self._settings)
        line = self._lines.read(cells, order.currency, {})
        return line is not None and bool(order.lines) and amounts == [_worth(order.lines[0]), _worth(line)]

    def _close(self, order: _Open) -> Found:
        if order.lost_a_line and not order.lines:
            return []
        cells = Cells(self._columns, order.head, order.line, self._settings)
        record = make_order(
            source=self._format.source,
            external_id=read.spared(cells.text(Field.EXTERNAL_ID)) or order.number,
            number=order.number,
            currency=order.currency,
            lines=tuple(order.lines),
            line_numbers=tuple(order.line_numbers),
            **self._heads.read(cells, order.currency),
            **self._sums(order, cells),
        )
        return [*cells.issues, record]

    def _sums(self, order: _Open, cells: Cells) -> dict[str, Any]:
        """Shipping, discount and total; the total is computed where the file has none and the lines are all priced."""
        decimal, currency = self._format.decimal, order.currency
        total = cells.amount(Field.TOTAL, currency, decimal)
        shipping = cells.amount(Field.SHIPPING, currency, decimal)
        if shipping is None and Field.LINE_SHIPPING in self._columns.first:
            shipping = order.line_shipping
        discount = cells.amount(Field.DISCOUNT, currency, decimal)
        fee = cells.amount(Field.FEE, currency, decimal)
        worths = [_worth(one) for one in order.lines]
        if order.total_is_of_lines or (len(worths) > 1 and not discount and set(worths) == {total} and total):
            total = None
        computed = total is None and bool(worths) and None not in worths
        if computed:
            total = sum(one or 0 for one in worths) + (shipping or 0) + (fee or 0) - abs(discount or 0)
        return {
            "shipping_minor": shipping,
            "discount_minor": None if discount is None else abs(discount),
            "total_minor": total,
            "total_is_computed": computed,
        }


def _worth(line: OrderLineRecord) -> int | None:
    if line.total_minor is not None:
        return line.total_minor
    return (
        None if line.unit_price_minor is None else line.unit_price_minor * line.quantity - line.discount_minor
    )


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
