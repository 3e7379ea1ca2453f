"""The line of an order in one row."""

from hashlib import sha256

from mikomi.integrations.files import cells as read
from mikomi.integrations.files.building import make_line
from mikomi.integrations.files.columns import Cells, Columns
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import ITEM, DecimalSign
from mikomi.integrations.files.issues import ERROR
from mikomi.integrations.files.records import OrderLineRecord

_LONGEST_KEY = 100
_LINE_FIELDS = [field for field in Field if field.startswith("line.")]


class LineReader:
    """Reads the line of an order in a row."""

    def __init__(self, columns: Columns, decimal: DecimalSign) -> None:
        self._decimal = decimal
        self.item = [field for field in ITEM if field in columns.first]
        self.places = [place for field in _LINE_FIELDS for place in columns.places.get(field, ())]
        self._has = frozenset(columns.places)
        self._sku, self._product_id = columns.place(Field.SKU), columns.place(Field.PRODUCT_ID)
        self._name, self._line_id = columns.place(Field.LINE_NAME), columns.place(Field.LINE_ID)

    def is_blank(self, cells: list[str]) -> bool:
        """Does the row hold no line at all?"""
        return not any(cells[place] for place in self.places)

    def read(self, cells: Cells, currency: str, seen: dict[str, int]) -> OrderLineRecord | None:
        """The row's line, its key counted in `seen`; None where it can't be taken, which `cells.issues` explains."""
        has = self._has
        values = cells.values
        sku, product_id, name = values[self._sku], values[self._product_id], values[self._name]
        if self.item and not (sku or product_id or name):
            cells.issue(self.item[0], "missing_value", "", ERROR)
        quantity = self._quantity(cells)
        unit_price = cells.amount(Field.UNIT_PRICE, currency, self._decimal, ERROR)
        total = (
            cells.amount(Field.LINE_TOTAL, currency, self._decimal, ERROR)
            if Field.LINE_TOTAL in has
            else None
        )
        discount = (
            cells.amount(Field.LINE_DISCOUNT, currency, self._decimal) if Field.LINE_DISCOUNT in has else 0
        )
        if cells.issues and any(issue.severity == ERROR for issue in cells.issues):
            return None
        if unit_price is None and total is not None and quantity:
            unit_price = round(total / quantity)
        variant = " / ".join(cells.texts(Field.VARIANT)) if Field.VARIANT in has else ""
        return make_line(
            _key(values[self._line_id], sku or product_id or name, variant, seen),
            sku, product_id, name, variant, quantity, unit_price, total, abs(discount or 0), cells.line,
        )  # fmt: skip

    def _quantity(self, cells: Cells) -> int:
        """The quantity; 1 where the file has no such column, as lists of single items do."""
        if Field.QUANTITY not in self._has:
            return 1
        text = cells.text(Field.QUANTITY)
        found = read.whole_number(text)
        if found is None:
            cells.issue(Field.QUANTITY, "bad_number" if text else "missing_value", text, ERROR)
        return found or 0


def _key(line_id: str, item: str, variant: str, seen: dict[str, int]) -> str:
    """The shop's own id of the line, else what is sold; with a count where the order has it before."""
    base = line_id or (f"{item}/{variant}" if variant else item)
    if len(base) > _LONGEST_KEY:
        base = sha256(base.encode("utf-8", "replace")).hexdigest()[:32]
    count = seen[base] = seen.get(base, 0) + 1
    return base if count == 1 else f"{base}#{count}"
