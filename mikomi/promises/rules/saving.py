"""The one act that helps most to save a promise, and why. Pure: a table of conditions, the first that holds counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from mikomi.promises.rules.circumstances import Circumstances

LOST = 0.8
"""From this chance of breach on, other terms help more than haste."""
SOON = timedelta(hours=36)
"""Before a due time this near, nothing that is ordered now arrives."""
ACTS = (
    "release_notice",
    "order_stock",
    "ask_terms",
    "ship",
    "hand_over",
    "call",
    "answer",
    "ask_carrier",
    "do",
)
Act = Literal[
    "release_notice", "order_stock", "ask_terms", "ship", "hand_over", "call", "answer", "ask_carrier", "do"
]


@dataclass(frozen=True, slots=True)
class Plight:
    """How an endangered promise stands. `is_shipped` none: it is not about goods; `is_asked`: the customer has been
    asked about new terms already; `is_told`: they know that it slips."""

    kind: str
    risk: float
    now: datetime
    due_at: datetime
    around: Circumstances
    expected_at: datetime | None = None
    is_shipped: bool | None = None
    has_held_notice: bool = False
    is_told: bool = False
    is_asked: bool = False

    @property
    def slips(self) -> bool:
        """Whether an estimate lies beyond the due time."""
        return self.expected_at is not None and self.expected_at > self.due_at

    @property
    def arrives_in_time(self) -> bool:
        """Whether the missing goods are known to arrive before the due time."""
        shortage = self.around.shortage
        return bool(shortage and shortage.arrives_at and shortage.arrives_at < self.due_at)

    @property
    def has_time_to_order(self) -> bool:
        """Whether goods that are ordered now may come in time."""
        return self.due_at - self.now > SOON


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, with the reasons as codes, the weightiest first."""

    act: Act
    reasons: tuple[str, ...]


def advise(plight: Plight) -> Advice:
    """The act that helps most. There is always one: at the least, do what was promised."""
    act = next(act for act, holds in _TABLE if holds(plight))
    return Advice(act, _reasons(plight))


def _is_short(plight: Plight) -> bool:
    return plight.around.shortage is not None and not plight.is_shipped


_TABLE: tuple[tuple[Act, Callable[[Plight], bool]], ...] = (
    # What is written already only waits for a yes.
    ("release_notice", lambda it: it.has_held_notice),
    # Missing goods: nothing else helps while they can still come in time; no second order for what is on its way.
    ("order_stock", lambda it: _is_short(it) and not it.arrives_in_time and it.has_time_to_order),
    # Hardly to be kept: the customer decides what they want instead, before they find out.
    ("ask_terms", lambda it: not it.is_asked and (it.slips or it.risk >= LOST) and not _can_be_done_now(it)),
    ("hand_over", lambda it: "few_staff" in it.around.reasons),
    ("ship", lambda it: it.is_shipped is False and not _is_short(it)),
    ("ask_carrier", lambda it: bool(it.is_shipped)),
    ("call", lambda it: it.kind == "callback" or it.is_asked or it.slips),
    ("answer", lambda it: it.kind == "answer"),
    ("do", lambda it: True),
)


def _can_be_done_now(plight: Plight) -> bool:
    """A call, an answer, a parcel whose goods are there: haste still keeps it, unless an estimate says otherwise."""
    if plight.slips or plight.due_at <= plight.now:
        return False
    return plight.kind in ("callback", "answer") or (
        plight.kind == "shipping" and plight.is_shipped is False and not _is_short(plight)
    )


def _reasons(plight: Plight) -> tuple[str, ...]:
    found = list(plight.around.reasons)
    if plight.is_shipped:
        found = [code for code in found if code not in ("no_stock", "stock_later")]
    if plight.slips:
        found.append("slips_told" if plight.is_told else "slips_untold")
    if plight.due_at - plight.now <= SOON:
        found.append("due_soon")
    if plight.is_asked:
        found.append("asked")
    return tuple(found) or ("slow",)
