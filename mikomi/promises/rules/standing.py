"""What becomes of a promise without a due time: it stands until evidence decides. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from mikomi.promises.rules.deadlines import Fact, State, standing

DECIDING = frozenset({"held", "surpassed", "undecided", "failed"})


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands: `risk` 0…1 is the chance that it does not hold, as far as the newest finding knows."""

    state: State
    decided_at: datetime | None
    is_exceeded: bool = False
    risk: float = 0.0


def stands(facts: Iterable[Fact], threshold: float) -> Standing:
    """The newest finding decides: held, surpassed, failed, or undecided (at risk from the threshold on).

    Withdrawn: taken back while it had not failed. What failed before it was taken back stays broken.
    """
    valid = standing(facts)
    withdrawn_at = min((fact.occurred_at for fact in valid if fact.kind == "withdrawn"), default=None)
    findings = [
        fact
        for fact in valid
        if fact.kind in DECIDING and (withdrawn_at is None or fact.occurred_at <= withdrawn_at)
    ]
    newest = max(findings, key=lambda fact: (fact.occurred_at, fact.once_key), default=None)
    if newest is not None and newest.kind == "failed":
        return Standing(State.BROKEN, newest.occurred_at, risk=1.0)
    if withdrawn_at is not None:
        return Standing(State.WITHDRAWN, withdrawn_at)
    if newest is None:
        return Standing(State.OPEN, None)
    if newest.kind == "undecided":
        chance = min(1.0, max(0.0, newest.reading or 0.0))
        return Standing(State.AT_RISK if chance >= threshold else State.OPEN, None, risk=chance)
    return Standing(State.KEPT, newest.occurred_at, is_exceeded=newest.kind == "surpassed")


def is_expired(valid_until: date | None, today: date) -> bool:
    """Whether the last day on which it holds has passed."""
    return valid_until is not None and today > valid_until
