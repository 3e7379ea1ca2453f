"""What an order promises, and what its steps say about these promises. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mikomi.promises.records import Observation

ORDER_DATE, SHIP_DATE, SHIP_RULE = "order_date", "ship_date", "ship_rule"
SOURCES = (ORDER_DATE, SHIP_DATE, SHIP_RULE)
"""The promises that orders make; those that people make about an order are theirs to change."""

EVIDENCE = {"shipped_at": "shipped", "delivered_at": "delivered", "cancelled_at": "withdrawn"}
"""Which column of an order is which kind of evidence."""


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop's own rule: orders are shipped by the end of `ship_day(moment)`; none: no rule."""

    ship_day: Callable[[datetime], date] | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A promise that an order makes: `due_at` a moment, or a day by whose end it is due."""

    kind: str
    due_at: datetime | date
    source: str
    made_at: datetime
    group_key: str


def wanted(order: Mapping[str, Any], shop: Shop, *, store: str, is_counter: bool) -> list[Wanted]:
    """The promises of an order with these columns: a delivery by the date given; shipping by the date given, or,
    where there is no date at all, by the shop's rule, from payment on. At a counter nothing is shipped."""
    made_at: datetime = order["ordered_at"]
    promises = []
    if order["promised_at"]:
        group = group_key(store, order["destination_region"], order["carrier"])
        promises.append(Wanted("delivery", order["promised_at"], ORDER_DATE, made_at, group))
    if order["ship_by_at"]:
        promises.append(Wanted("shipping", order["ship_by_at"], SHIP_DATE, made_at, group_key(store)))
    if not promises and shop.ship_day and not is_counter and order["payment"] not in ("pending", "voided"):
        paid_at = max(order["paid_at"] or made_at, made_at)
        promises.append(Wanted("shipping", shop.ship_day(paid_at), SHIP_RULE, paid_at, group_key(store)))
    return promises


def can_be_judged(
    kind: str, order: Mapping[str, Any], *, due_at: datetime, now: datetime, is_new: bool
) -> bool:
    """Whether what we know of an order is enough to judge this promise.

    Many files say that an order was shipped but not when: of such an order, seen for the first time, nobody
    knows whether it was in time, so nothing is said. The same for arrival, when its due time is over.
    """
    if not is_new:
        return True
    word = order["fulfilment"]
    if kind == "shipping":
        return bool(order["shipped_at"] or order["delivered_at"] or word not in ("shipped", "delivered"))
    if order["delivered_at"] or word not in ("shipped", "delivered"):
        return True
    return word == "shipped" and due_at >= now


def group_key(*parts: str) -> str:
    """The group of comparable cases, from the general to the particular: store/region/carrier."""
    return "/".join(part.replace("/", " ").strip()[:20] for part in parts).rstrip("/")


@dataclass(frozen=True, slots=True)
class Telling:
    """How an observation came to us."""

    source: str
    now: datetime
    backfill: bool
    reason: str = ""

    def known_at(self, at: datetime) -> datetime:
        """Imported history was known when it happened; news is known now."""
        return min(at, self.now) if self.backfill else self.now


def observations(
    before: Mapping[str, Any], after: Mapping[str, Any], kind: str, telling: Telling, *, group: str = ""
) -> Iterator[Observation]:
    """What the difference between two states of an order says about a promise of this kind. A moment that was
    corrected takes its forerunner back."""
    for column, evidence in EVIDENCE.items():
        old, new = before.get(column), after[column]
        if new is None or old == new:
            continue
        if old is not None:
            yield _retraction(evidence, old, new, telling)
        yield _observation(evidence, new, telling, group)
    if kind == "delivery" and after["expected_at"] and before.get("expected_at") != after["expected_at"]:
        yield _estimate(after["expected_at"], telling)


def _observation(evidence: str, at: datetime, telling: Telling, group: str) -> Observation:
    return Observation(
        kind=evidence,
        occurred_at=at,
        once_key=f"{evidence}:{at.isoformat()}",
        source=telling.source,
        known_at=telling.known_at(at),
        reason="cancelled" if evidence == "withdrawn" else "",
        backfill=telling.backfill,
        group_key=group,
    )


def _retraction(evidence: str, old: datetime, new: datetime, telling: Telling) -> Observation:
    return Observation(
        kind="retracted",
        occurred_at=telling.now,
        once_key=f"corrected:{evidence}:{old.isoformat()}",
        source=telling.source,
        retracts=f"{evidence}:{old.isoformat()}",
        backfill=telling.backfill,
    )


def _estimate(expected_at: datetime, telling: Telling) -> Observation:
    return Observation(
        kind="estimate",
        occurred_at=telling.now,
        once_key=f"estimate:{telling.now.isoformat()}",
        source=telling.source,
        expected_at=expected_at,
        reason=telling.reason,
        backfill=telling.backfill,
    )
