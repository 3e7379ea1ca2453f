"""Lists of products as shops and marketplaces export them: tables (CSV, TSV, any Japanese encoding) and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from mikomi.core.money import EXPONENTS
from mikomi.core.tables.reading import open_table
from mikomi.facts.reading.structured import availability, price
from mikomi.facts.rules.documents import MOST_OFFERS, Document, Offer
from mikomi.facts.rules.extraction import extract, tidy
from mikomi.facts.rules.values import EXCLUDED, INCLUDED, Price, YesNo

_COLUMNS = {
    "code": ("sku", "商品コード", "品番", "商品番号", "商品管理番号", "code", "product code", "variant sku", "mpn",
             "g:id", "id"),
    "name": ("name", "商品名", "title", "g:title", "product name", "名称"),
    "price": ("price", "販売価格", "価格", "税込価格", "本体価格", "g:price", "variant price", "unit price", "単価"),
    "currency": ("currency", "通貨", "pricecurrency"),
    "stock": ("availability", "g:availability", "在庫", "在庫数", "stock", "inventory", "variant inventory qty",
              "quantity"),
    "status": ("status", "状態", "販売状態"),
}  # fmt: skip
_TAX = {"税込価格": INCLUDED, "本体価格": EXCLUDED}
_ENDED = ("discontinued", "販売終了", "廃番", "終了", "archived")
_LISTS = ("items", "products", "data", "entries", "offers", "results")


class FeedError(ValueError):
    """The feed can't be read. `code`: table, json, columns or empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def table_document(address: str, data: bytes, currency: str = "JPY") -> Document:
    """A table with a line of headings. Raises `FeedError`."""
    with open_table(BytesIO(data)) as table:
        rows = table.rows()
        head = next(rows, None)
        if head is None:
            raise FeedError("empty")
        names = [tidy(cell).lower() for cell in head.cells]
        records = [
            dict(zip(names, row.cells, strict=False))
            for row, _n in zip(rows, range(MOST_OFFERS), strict=False)
        ]
    return _document(address, records, currency)


def json_document(address: str, data: bytes, currency: str = "JPY") -> Document:
    """A list of objects, bare or under one of the usual names. Raises `FeedError`."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FeedError("json") from error
    records = _records(content)
    return _document(
        address, [{str(key).lower(): value for key, value in row.items()} for row in records], currency
    )


def _records(content: Any, depth: int = 0) -> Sequence[Mapping[str, Any]]:
    if isinstance(content, list):
        return [one for one in content[:MOST_OFFERS] if isinstance(one, dict)]
    if isinstance(content, dict) and depth < 2:
        for name in _LISTS:
            if isinstance(content.get(name), list | dict):
                return _records(content[name], depth + 1)
    raise FeedError("json")


def _document(address: str, records: Sequence[Mapping[str, Any]], currency: str) -> Document:
    if not records:
        raise FeedError("empty")
    columns = {part: _column(records[0], names) for part, names in _COLUMNS.items()}
    if columns["code"] is None or all(columns[part] is None for part in ("price", "stock", "status")):
        raise FeedError("columns")
    offers = tuple(_offer(row, columns, currency) for row in records)
    return Document(address, offers=tuple(one for one in offers if one.code))


def _column(row: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((name for name in names if name in row), None)


def _offer(row: Mapping[str, Any], columns: Mapping[str, str | None], currency: str) -> Offer:
    def cell(part: str) -> Any:
        name = columns[part]
        return row.get(name, "") if name else ""

    stock, ended = _stock(cell("stock"))
    if str(cell("status")).strip().lower() in _ENDED:
        ended, stock = True, False
    code = str(cell("currency")).strip().upper()
    amount = _price(
        cell("price"), code if code in EXPONENTS else currency, _TAX.get(columns["price"] or "", "")
    )
    return Offer(str(cell("code")).strip()[:128], str(cell("name")).strip()[:300], amount, stock, ended)


def _price(said: object, currency: str, tax: str) -> Price | None:
    """`1980`, `1,980円`, `1980 JPY`."""
    plain = price(said, currency, tax)
    if plain is not None:
        return plain
    found = [one.value for one in extract(str(said)[:60]) if isinstance(one.value, Price)]
    return Price(found[0].minor, found[0].currency, found[0].tax or tax) if found else None


def _stock(said: object) -> tuple[bool | None, bool | None]:
    """A number of pieces, a feed's word, or words of a language."""
    text = str(said).strip()
    if isinstance(said, bool):
        return said, None
    if text.lstrip("-").isdigit():
        return int(text) > 0, None
    known = availability(text)
    if known != (None, None):
        return known
    words = [one for one in extract(text[:60]) if isinstance(one.value, YesNo)]
    stock = next(
        (one.value.yes for one in words if one.mark == "stock" and isinstance(one.value, YesNo)), None
    )
    return stock, True if any(one.mark == "discontinued" for one in words) else None
