"""From the rows of a claim to its terms and its verdict, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mikomi.promises.models import Claim, Measurement, Promise
from mikomi.promises.rules import claims as rules
from mikomi.promises.subjects import views

_BOUNDS = {"exactly": "about"}
"""What a promise may say more finely than a claim can be judged."""
JUDGED = (
    "outcome", "count", "estimate", "low", "high", "limit_low", "limit_high", "more", "is_close", "doubt",
)  # fmt: skip
"""The figures of a verdict that a claim keeps, named as in `rules.ClaimVerdict`."""


def terms_of(terms: Mapping[str, Any]) -> rules.ClaimTerms:
    """What a claim says exactly, from the terms of its promise; shares of people are in percent there.

    Raises `rules.ClaimError` where nothing can be judged by it.
    """
    basis = rules.Basis(terms.get("basis", rules.Basis.AVERAGE))
    direction = str(terms.get("direction", "at_least"))
    value, tolerance = terms.get("value"), terms.get("tolerance") or 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise rules.ClaimError("no_number")
    scale = 100 if basis is rules.Basis.YES_NO else 1
    ceiling = terms.get("ceiling")
    return rules.check_terms(
        rules.ClaimTerms(
            basis=basis,
            bound=rules.Bound(_BOUNDS.get(direction, direction)),
            target=float(value) / scale,
            unit=str(terms.get("unit", "")),
            tolerance=float(tolerance) / scale,
            share=float(terms.get("share") or rules.EACH_BY_DEFAULT),
            ceiling=None if ceiling is None else float(ceiling),
        )
    )


def values_of(claim_id: int) -> list[float]:
    """The independent values that count: what was not set aside, several of one item as their mean."""
    rows = Measurement.objects.filter(claim_id=claim_id, is_set_aside=False)
    single: list[float] = []
    items: dict[str, list[float]] = {}
    for value, item in rows.values_list("value", "item"):
        (items.setdefault(item, []) if item else single).append(value)
    return single + [sum(values) / len(values) for values in items.values()]


def counted(terms: rules.ClaimTerms, values: list[float]) -> list[float]:
    """The same for what is a yes or no: an item that was measured several times is what it mostly was."""
    return [float(value >= 0.5) for value in values] if terms.basis is rules.Basis.YES_NO else values


def verdict_of(claim: Claim) -> rules.ClaimVerdict:
    """The stored verdict, for the words about it."""
    values = {name: getattr(claim, name) for name in JUDGED}
    return rules.ClaimVerdict(**{**values, "outcome": rules.Outcome(claim.outcome)})


def stops(claim: Claim) -> str:
    """Why a claim can't be published: a code; empty: it can."""
    promise = claim.promise
    if promise.state == Promise.State.WITHDRAWN:
        return "withdrawn"
    if promise.subject_id is None and not claim.feed:
        return "no_subject"
    if promise.subject_id is not None and not views([promise]):
        return "no_product"
    if claim.count == 0:
        return "no_evidence"
    return claim.outcome if claim.outcome in (Claim.Outcome.UNDECIDED, Claim.Outcome.BROKEN) else ""
