"""The line of an order in one row."""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from mikomi.integrations.files import cells as read
from mikomi.integrations.files.columns import Cells, Columns
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import ITEM
from mikomi.integrations.files.issues import ERROR
from mikomi.integrations.files.records import OrderLineRecord

_LONGEST_KEY = 100
_LINE_FIELDS = [field for field in Field if field.startswith("line.")]


class LinePlan:
    """Which line columns a file has."""

    def __init__(self, columns: Columns) -> None:
        self.item = [field for field in ITEM if field in columns.first]
        self.places = [place for field in _LINE_FIELDS for place in columns.places.get(field, ())]
        self.has_lines = bool(self.places)
        self.has_quantity = Field.QUANTITY in columns.first
        self.has_total = Field.LINE_TOTAL in columns.first

    def is_blank(self, cells: list[str]) -> bool:
        """Does the row hold no line at all?"""
        return not any(cells[place].strip() for place in self.places)


@dataclass(slots=True)
class LineDraft:
    """A line before its key is known."""

    line_id: str
    sku: str
    product_id: str
    name: str
    variant: str
    quantity: int
    unit_price: int | None
    total: int | None
    discount: int
    shipping: int
    line_number: int


def read_line(
    cells: Cells, plan: LinePlan, currency: str, decimal: Literal[".", ","] | None, line_number: int
) -> LineDraft | None:
    """The row's line; None, with issues, where it can't be taken."""
    sku, product_id, name = cells.text(Field.SKU), cells.text(Field.PRODUCT_ID), cells.text(Field.LINE_NAME)
    if plan.item and not (sku or product_id or name):
        cells.issue(plan.item[0], "missing_value", "", ERROR)
    quantity = _quantity(cells, plan)
    unit_price = cells.amount(Field.UNIT_PRICE, currency, decimal, ERROR)
    total = cells.amount(Field.LINE_TOTAL, currency, decimal, ERROR) if plan.has_total else None
    discount = cells.amount(Field.LINE_DISCOUNT, currency, decimal) or 0
    shipping = cells.amount(Field.LINE_SHIPPING, currency, decimal) or 0
    if cells.issues and any(issue.severity == ERROR for issue in cells.issues):
        return None
    if unit_price is None and total is not None and quantity:
        unit_price = round(total / quantity)
    return LineDraft(
        cells.text(Field.LINE_ID), sku, product_id, name, " / ".join(cells.texts(Field.VARIANT)), quantity, unit_price,
        total, abs(discount), shipping, line_number,
    )  # fmt: skip


def _quantity(cells: Cells, plan: LinePlan) -> int:
    """The quantity; 1 where the file has no such column, as lists of single items do."""
    if not plan.has_quantity:
        return 1
    text = cells.text(Field.QUANTITY)
    found = read.whole_number(text)
    if found is None:
        cells.issue(Field.QUANTITY, "bad_number" if text else "missing_value", text, ERROR)
    return found or 0


def keyed(draft: LineDraft, seen: Counter[str]) -> OrderLineRecord:
    """The line with its key: the shop's own id, else what is sold and how often it came before in this order."""
    base = draft.line_id or "/".join(
        filter(None, (draft.sku or draft.product_id or draft.name, draft.variant))
    )
    if len(base) > _LONGEST_KEY:
        base = sha256(base.encode("utf-8", "replace")).hexdigest()[:32]
    seen[base] += 1
    count = seen[base]
    return OrderLineRecord(
        key=base if count == 1 else f"{base}#{count}",
        sku=draft.sku,
        product_id=draft.product_id,
        name=draft.name,
        variant=draft.variant,
        quantity=draft.quantity,
        unit_price_minor=draft.unit_price,
        total_minor=draft.total,
        discount_minor=draft.discount,
        line_number=draft.line_number,
    )
