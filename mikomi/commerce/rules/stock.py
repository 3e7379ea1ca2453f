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
    """What one order wants of one product: `left_at` when it left the shelf; none: still owed."""

    order_id: int
    quantity: int
    ordered_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """A product's stock as it was counted at `known_at`."""

    on_hand: int
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """`available`: what may still be promised, below 0 where too much was; `owed`: ordered and not yet shipped;
    `missing`: by order, how many pieces it does not get."""

    available: int
    owed: int
    missing: dict[int, int]


def standing(stock: Stock, demands: Iterable[Demand]) -> Standing:
    """Give what is on hand to the orders in their order."""
    known = list(demands)
    left = stock.on_hand - sum(
        one.quantity for one in known if one.left_at is not None and one.left_at > stock.known_at
    )
    waiting = sorted(
        (one for one in known if one.left_at is None and one.quantity > 0),
        key=lambda one: (one.ordered_at, one.order_id),
    )
    missing: dict[int, int] = {}
    for one in waiting:
        short = min(one.quantity, max(0, one.quantity - max(0, left)))
        if short:
            missing[one.order_id] = missing.get(one.order_id, 0) + short
        left -= one.quantity
    return Standing(left, sum(one.quantity for one in waiting), missing)
