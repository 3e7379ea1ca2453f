"""What is left of a product, and which orders get none of it. Pure.

Who ordered first is served first. What was counted at one moment is less by what has left since; what is not shipped
yet is still owed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Demand:
    """What one order, not shipped yet, wants of one product."""

    order_id: int
    quantity: int
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class Stock:
    """A product's stock as it was counted at `known_at`. `less_orders`: without what the orders placed until then
    still wanted."""

    counted: int
    known_at: datetime
    less_orders: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """`available`: what may still be promised, below 0 where too much was; `owed`: ordered and not yet shipped;
    `missing`: by order, how many pieces it does not get."""

    available: int
    owed: int
    missing: dict[int, int]


def standing(stock: Stock, owed: Iterable[Demand], left: int = 0) -> Standing:
    """Give what is on hand to the orders in their order. `left`: pieces that have left the count since; where it was
    without orders, those of later orders alone."""
    waiting = sorted(
        (one for one in owed if one.quantity > 0), key=lambda one: (one.ordered_at, one.order_id)
    )
    rest = stock.counted - left
    if stock.less_orders:
        rest += sum(one.quantity for one in waiting if one.ordered_at <= stock.known_at)
    missing: dict[int, int] = {}
    for one in waiting:
        short = min(one.quantity, max(0, one.quantity - max(0, rest)))
        if short:
            missing[one.order_id] = missing.get(one.order_id, 0) + short
        rest -= one.quantity
    return Standing(rest, sum(one.quantity for one in waiting), missing)
