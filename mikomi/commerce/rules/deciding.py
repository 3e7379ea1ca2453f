"""What is new about an order: created, changed, the same. The one decision behind the dry run and the import. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from mikomi.commerce.rules.reading import LineFacts, OrderFacts, RefundFacts, free_key


class Outcome(StrEnum):
    """What becomes of a record."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """What is stored of an order: the columns by name, its lines by key, its refunds by the source's id."""

    order_id: int
    values: Mapping[str, Any]
    lines: Mapping[str, LineFacts]
    refunds: Mapping[str, int]
    content_hash: str
    parts: Sequence[str]
    run: str
    updated_at: datetime | None
    is_anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written. `values` are the columns that differ; `lines` none: they stay as they are.

    `removed` are keys of lines that the source no longer has; `is_part`: the record adds to what the same import
    brought before. `is_quiet`: nothing differs, but the source has said it anew, later or in other words.
    """

    outcome: Outcome
    reason: str = ""
    values: Mapping[str, Any] | None = None
    lines: tuple[LineFacts, ...] = ()
    removed: tuple[str, ...] = ()
    refunds: tuple[RefundFacts, ...] = ()
    parts: tuple[str, ...] = ()
    is_part: bool = False
    is_quiet: bool = False
    names_customer: bool = False
    """An anonymous sale becomes somebody's."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what changes, for the dry run."""
        lines = ("lines",) if self.lines or self.removed else ()
        refunds = ("refunds",) if self.refunds else ()
        customer = ("customer",) if self.names_customer else ()
        return (*(self.values or {}), *lines, *refunds, *customer)


def decide(known: KnownOrder | None, facts: OrderFacts, *, run: str, now: datetime) -> Change:
    """What a record changes. What it doesn't say stays; older news than what is known changes nothing.

    `run` names the import: an order that the same import meets again in another piece adds that piece's lines.
    """
    if known is None:
        values = _with_known_moments(facts, {}, now)
        refunds = _new_refunds(facts, {}, now)
        return Change(
            Outcome.CREATED, "", _with_refunds(values, {}, refunds, facts), facts.lines, (), refunds
        )
    if facts.content_hash == known.content_hash or facts.content_hash in known.parts:
        return Change(Outcome.SAME)
    if facts.updated_at and known.updated_at and facts.updated_at < known.updated_at:
        return Change(Outcome.SAME, "older")
    is_part = bool(run) and run == known.run
    return _changed(known, _added(known, facts) if is_part else facts, is_part=is_part, now=now)


def _changed(known: KnownOrder, facts: OrderFacts, *, is_part: bool, now: datetime) -> Change:
    refunds = _new_refunds(facts, known.refunds, now)
    said = _with_refunds(_with_known_moments(facts, known.values, now), known.values, refunds, facts)
    values = {name: value for name, value in said.items() if known.values[name] != value}
    lines = tuple(line for line in facts.lines if known.lines.get(line.key) != line)
    kept = {line.key for line in facts.lines}
    removed = () if is_part or not facts.lines else tuple(key for key in known.lines if key not in kept)
    parts = (*(known.parts or (known.content_hash,)), facts.content_hash) if is_part else ()
    change = Change(
        outcome=Outcome.CHANGED,
        values=values,
        lines=lines,
        removed=removed,
        refunds=refunds,
        parts=parts,
        is_part=is_part,
        names_customer=known.is_anonymous and facts.names_somebody,
    )
    return change if change.fields else replace(change, outcome=Outcome.SAME, is_quiet=True)


def _added(known: KnownOrder, facts: OrderFacts) -> OrderFacts:
    """The second piece of an order: its lines get keys of their own, and computed sums are added up."""
    taken = set(known.lines)
    lines = []
    for line in facts.lines:
        key = free_key(line.key, taken)
        taken.add(key)
        lines.append(replace(line, key=key))
    values = dict(facts.values)
    if facts.record.total_is_computed:
        for name in ("subtotal_minor", "total_minor"):
            if name in values:
                values[name] += known.values[name]
    return replace(facts, lines=tuple(lines), values=values)


def _with_known_moments(facts: OrderFacts, before: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The values said, and where a source tells of a step without its time, the time at which we learn of it:
    only for an order that we knew before the step; of the others nobody knows when it was."""
    values = dict(facts.values)
    if not before:
        return values
    learned, word = facts.updated_at or now, values.get("fulfilment")
    if word == "delivered" and before["fulfilment"] != "delivered":
        values["delivered_at"] = values.get("delivered_at") or before["delivered_at"] or learned
    if word in ("shipped", "delivered") and before["fulfilment"] not in ("shipped", "delivered"):
        arrived = values.get("delivered_at") or learned
        values["shipped_at"] = values.get("shipped_at") or before["shipped_at"] or min(learned, arrived)
    return values


def _new_refunds(facts: OrderFacts, known: Mapping[str, int], now: datetime) -> tuple[RefundFacts, ...]:
    """The refunds not seen before; a growing total without its single refunds makes one of the difference."""
    if facts.refunds:
        return tuple(refund for refund in facts.refunds if refund.external_id not in known)
    before, total = sum(known.values()), facts.refunded_minor or 0
    if total <= before:
        return ()
    at = facts.updated_at or (now if known else facts.values["ordered_at"])
    return (RefundFacts(f"total:{total}", total - before, at, ""),)


def _with_refunds(
    values: dict[str, Any], before: Mapping[str, Any], refunds: Sequence[RefundFacts], facts: OrderFacts
) -> dict[str, Any]:
    refunded = before.get("refunded_minor", 0) + sum(refund.amount_minor for refund in refunds)
    values["refunded_minor"] = refunded
    total = values.get("total_minor", before.get("total_minor", 0))
    payment = values.get("payment", before.get("payment", ""))
    if refunded > 0 and payment not in ("voided", "refunded"):
        values["payment"] = "refunded" if refunded >= total > 0 else "partly_refunded"
    return values
