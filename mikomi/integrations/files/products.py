"""Files of products: which column holds what, and the rows as commerce takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from mikomi.commerce.records import ProductRecord
from mikomi.core.tables.reading import Row, open_table
from mikomi.integrations.files import cells
from mikomi.integrations.files.dates import AmbiguousDateError, parse_moment
from mikomi.integrations.files.headers import normalise
from mikomi.integrations.files.issues import WARNING, RowIssue, bad_value

MOST_ROWS = 20_000
WORDS = {
    "sku": ("variantsku", "sku", "productcode", "itemcode", "商品コード", "品番", "商品番号", "商品管理番号", "型番"),
    "name": ("title", "name", "productname", "itemname", "商品名", "品名"),
    "variant": ("option1value", "variant", "variation", "バリエーション", "種類名", "規格"),
    "price": ("variantprice", "price", "sellingprice", "販売価格", "税込価格", "価格", "単価"),
    "on_hand": ("onhandcurrent", "onhand", "stock", "quantityonhand", "在庫数", "在庫", "実在庫", "実在庫数"),
    "available": ("variantinventoryqty", "available", "availablecurrent", "inventoryquantity", "販売可能数"),
    "restock": ("restockon", "restockdate", "incomingdate", "入荷予定日", "再入荷日", "入荷日"),
    "status": ("status", "状態", "販売状態", "公開状態"),
}  # fmt: skip
_GONE = frozenset({"archived", "discontinued", "販売終了", "廃番", "終売"})
_SOLD = frozenset({"active", "販売中", "公開", "公開中"})


@dataclass(slots=True)
class Products:
    """The products of a file in its order, and what is wrong with the rows that give none or only a part."""

    records: list[ProductRecord] = field(default_factory=list)
    issues: list[RowIssue] = field(default_factory=list)


def read_products(source: Path | BinaryIO, zone: ZoneInfo, currency: str) -> Products:
    """Read a file of products by the names in its header; Shopify's export as it is: rows of pictures have no SKU
    and are passed over, further variants take the product's title from the row that has it."""
    found = Products()
    with open_table(source) as table:
        rows = table.rows()
        header = next(rows, None)
        if header is None:
            found.issues.append(RowIssue(0, "", "empty_file"))
            return found
        reader = _Reader(header.cells, zone, currency, found)
        if "sku" not in reader.places or not reader.says_something:
            columns = "SKU（商品コード）, Variant Inventory Qty（在庫数）"
            found.issues.append(RowIssue(header.line, "", "missing_columns", {"columns": columns}))
            return found
        for count, row in enumerate(rows):
            if count >= MOST_ROWS:
                found.issues.append(RowIssue(row.line, "", "too_many_rows", {"limit": MOST_ROWS}))
                break
            reader.read(row)
    return found


class _Reader:
    def __init__(self, header: list[str], zone: ZoneInfo, currency: str, found: Products) -> None:
        self._header, self._zone, self._currency, self._found = header, zone, currency, found
        self.places = _places(header)
        self.says_something = not {"price", "on_hand", "available", "restock"}.isdisjoint(self.places)
        self._name = ""

    def read(self, row: Row) -> None:
        """Add the row's product, or what is wrong with it."""
        if row.problem:
            self._found.issues.append(RowIssue(row.line, "", row.problem, {"limit": 1_000_000}))
            return
        self._name = self._cell(row, "name") or self._name
        sku = self._cell(row, "sku").removeprefix("'")
        if not sku:
            return
        price = self._price(row)
        status = self._cell(row, "status").lower()
        self._found.records.append(
            ProductRecord(
                sku=sku,
                name=self._name,
                variant=_variant(self._cell(row, "variant")),
                price_minor=price,
                currency=self._currency if price is not None else "",
                on_hand=self._count(row, "on_hand"),
                available=None if "on_hand" in self.places else self._count(row, "available"),
                restock_on=self._day(row),
                discontinued=True if status in _GONE else False if status in _SOLD else None,
                line_numbers=(row.line,),
            )
        )

    def _cell(self, row: Row, name: str) -> str:
        place = self.places.get(name, len(row.cells))
        return row.cells[place].strip().replace("\0", "") if place < len(row.cells) else ""

    def _price(self, row: Row) -> int | None:
        text = self._cell(row, "price")
        found = cells.amount(text, self._currency, None) if text else None
        if text and (found is None or found < 0):
            self._bad(row, "price", "bad_amount", text, currency=self._currency)
            return None
        return found

    def _count(self, row: Row, name: str) -> int | None:
        text = self._cell(row, name)
        if not text:
            return None
        sign = -1 if text.startswith(("-", "−", "▲")) else 1
        found = cells.whole_number(text.lstrip("-−▲"))
        if found is None:
            self._bad(row, name, "bad_number", text)
            return None
        return sign * found

    def _day(self, row: Row) -> date | None:
        text = self._cell(row, "restock")
        if not text:
            return None
        try:
            found = parse_moment(text, self._zone, None)
        except AmbiguousDateError:
            self._bad(row, "restock", "ambiguous_date", text)
            return None
        if found is None:
            self._bad(row, "restock", "bad_date", text)
        return found.astimezone(self._zone).date() if isinstance(found, datetime) else found

    def _bad(self, row: Row, name: str, code: str, text: str, **params: str) -> None:
        column = self._header[self.places[name]]
        self._found.issues.append(bad_value(row.line, column, code, text, WARNING, **params))


def _places(header: list[str]) -> dict[str, int]:
    """Where each field's column stands: the first whose name is one of the field's words."""
    names = [normalise(name) for name in header]
    return {
        name: names.index(word)
        for name, words in WORDS.items()
        for word in [next((word for word in words if word in names), "")]
        if word
    }


def _variant(text: str) -> str:
    """Shopify writes "Default Title" where there are no variants."""
    return "" if text == "Default Title" else text
