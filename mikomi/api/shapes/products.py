"""Products as the API gives and takes them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from mikomi.api.shapes.common import Amount, Currency, Day, In, Line, Moment, Money, Paging, Utc
from mikomi.api.shapes.orders import Source
from mikomi.commerce.operations import RecordedProduct
from mikomi.commerce.queries import ProductRow
from mikomi.commerce.records import ProductRecord


class ProductFilter(Paging):
    """Which products. `short`: ordered beyond what is on hand; `out`: nothing left to promise."""

    view: Literal["all", "short", "out", "uncounted", "discontinued"] = "all"
    text: Line = ""


class ProductIn(In):
    """What your system knows of a product; what it doesn't say stays as it is. Say `on_hand` (what lies on the shelf)
    or `available` (what may still be sold), not both. `known_at`: when it was so; empty: now."""

    sku: Annotated[Line, Field(min_length=1, max_length=128)]
    name: Line = ""
    variant: Annotated[Line, Field(max_length=300)] = ""
    price_minor: Amount | None = None
    currency: Currency | None = None
    on_hand: int | None = Field(None, ge=-1_000_000_000, le=1_000_000_000)
    available: int | None = Field(None, ge=-1_000_000_000, le=1_000_000_000)
    restock_on: Day | None = None
    discontinued: bool | None = None
    known_at: Moment | None = None

    def to_record(self) -> ProductRecord:
        """As the operation takes it."""
        return ProductRecord(**(self.model_dump() | {"currency": self.currency or ""}))


class ProductsIn(In):
    """Products to record."""

    source: Source = "api"
    products: list[ProductIn] = Field(min_length=1, max_length=500)


class RecordedProductOut(Schema):
    """What became of one product: created, changed, same or skipped (and why)."""

    sku: str
    outcome: str
    product_id: int | None
    reason: str
    changes: list[str]

    @classmethod
    def of(cls, sku: str, done: RecordedProduct) -> RecordedProductOut:
        """From the result."""
        return cls(
            sku=sku,
            outcome=done.outcome.value,
            product_id=done.product_id,
            reason=done.reason,
            changes=list(done.changes),
        )


class ProductOut(Schema):
    """A product. `available`: what may still be promised, null where nobody counts it; `owed`: ordered, not shipped;
    `missing`: pieces that orders go without, by the order's id."""

    id: int
    sku: str
    name: str
    variant: str
    price: Money | None
    price_known_at: Utc | None
    available: int | None
    owed: int | None
    missing: dict[str, int]
    stock_known_at: Utc | None
    restock_on: date | None
    discontinued_at: Utc | None

    @classmethod
    def of(cls, found: ProductRow) -> ProductOut:
        """From the row."""
        row, stands = found.product, found.standing
        priced = row.price_minor is not None
        return cls(
            id=row.pk,
            sku=row.sku,
            name=row.name,
            variant=row.variant,
            price=Money(minor=row.price_minor or 0, currency=row.currency) if priced else None,
            price_known_at=row.price_known_at,
            available=stands.available if stands else None,
            owed=stands.owed if stands else None,
            missing={str(key): pieces for key, pieces in stands.missing.items()} if stands else {},
            stock_known_at=row.stock_known_at,
            restock_on=row.restock_on,
            discontinued_at=row.discontinued_at,
        )
