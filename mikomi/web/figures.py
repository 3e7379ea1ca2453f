"""Numbers as people read them (money: `mikomi.core.money`), and the geometry of the tiny inline charts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

MINUS = "\N{MINUS SIGN}"


def say_number(value: float | Decimal, digits: int | None = None) -> str:
    """`12345.6` → `12,345.6`; `digits` fixes the places behind the point. A true minus sign."""
    text = f"{value:,}" if digits is None else f"{value:,.{digits}f}"
    return text.replace("-", MINUS)


def say_percent(share: float, digits: int = 0) -> str:
    """A share of one as percent: `0.934` → `93 %` is `93%` in both our languages."""
    return f"{say_number(share * 100, digits)}%"


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How much of a span is used up: `share_used` 0…1 for the thin bar, and its level."""

    share_used: float
    level: str  # "calm", "soon" (a quarter or less remains) or "over"


def time_left(due: datetime, now: datetime, total: timedelta) -> TimeLeft:
    """The state of a span of length `total` that ends at `due`. Raises ValueError for an empty span."""
    if total <= timedelta(0):
        raise ValueError("total must be a positive span")
    share_left = (due - now) / total
    level = "over" if share_left <= 0 else "soon" if share_left <= 0.25 else "calm"
    return TimeLeft(share_used=min(1.0, max(0.0, 1 - share_left)), level=level)


def line_points(values: Sequence[float], width: int, height: int, inset: float = 2) -> str:
    """The `points` of an SVG polyline that draws `values` from left to right, scaled to the box."""
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = (width - 2 * inset) / max(1, len(values) - 1)
    reach = height - 2 * inset
    flat = high == low
    return " ".join(
        f"{inset + step * i:.1f},{height / 2 if flat else height - inset - reach * (v - low) / spread:.1f}"
        for i, v in enumerate(values)
    )


def place(value: float, low: float, high: float) -> str:
    """Where `value` lies between `low` and `high`, as an SVG percentage, held inside the track."""
    if high <= low:
        raise ValueError("high must be above low")
    return f"{100 * min(1.0, max(0.0, (value - low) / (high - low))):.2f}%"


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """One or two letters for an avatar: 山田 花子 → 山, Hana Yamada → HY."""
    words = name.split()
    if not words:
        return "?"
    if words[0][0].isascii():
        return "".join(word[0] for word in words[:2]).upper()
    return words[0][0]


@lru_cache(maxsize=4096)
def tone(name: str) -> int:
    """A steady number 0…5 of a name, for the quiet colour of an avatar."""
    return sum(ord(letter) for letter in name) % 6
