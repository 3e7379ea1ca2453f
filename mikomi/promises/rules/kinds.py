"""Kinds of promises: which have a due time, and what exactly each of them says. Pure.

What exactly is promised stands in `terms`, with the same keys for every kind:

    attribute   of what: "fuel economy", "size"… (claims, attributes, service levels, norms)
    value       how much (a number), yes or no, or a word; a price in the currency's minor unit
    unit        of the number: "min", "mpg", "%", or the currency of a price
    tolerance   how far off the customer accepts, in the same unit; 0 when left out
    direction   at_least, at_most, about (within the tolerance on both sides), exactly

and for what measurements decide (`rules.claims`):

    basis       average, each (how many single cases are as claimed) or yes_no
    share       of "each": how many of them must be as claimed, 0…1
    ceiling     of "average": the largest value there can be
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TIMED = frozenset({"delivery", "shipping", "answer", "callback", "custom", "booking"})
"""Kinds with a due time: the clock alone can break them, so the sweep watches them."""
CLAIMS = frozenset({"claim", "attribute", "service_level", "norm"})
"""Kinds that measurements decide."""
STANDING = CLAIMS | {"availability", "price"}
"""Kinds without a due time: they hold until withdrawn or expired, and evidence decides them."""
KINDS = TIMED | STANDING

DIRECTIONS = ("at_least", "at_most", "about", "exactly")
KEYS = frozenset({"attribute", "value", "unit", "tolerance", "direction", "basis", "share", "ceiling"})
_NEED_NUMBER = frozenset({"booking", "claim", "service_level", "price"})


@dataclass(frozen=True, slots=True)
class Measure:
    """What exactly is promised, typed; see the module's words."""

    value: float
    unit: str
    tolerance: float = 0.0
    direction: str = "at_least"
    attribute: str = ""


def measure_of(terms: Mapping[str, Any]) -> Measure | None:
    """The number that is promised; none where a word or yes/no is, or nothing."""
    value = terms.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Measure(
        float(value),
        str(terms.get("unit", "")),
        float(terms.get("tolerance", 0) or 0),
        str(terms.get("direction", "at_least")),
        str(terms.get("attribute", "")),
    )


def problems_of(kind: str, terms: Mapping[str, Any]) -> list[str]:
    """What is wrong with these terms, as codes: unknown_key, no_number, no_unit, no_attribute, bad_direction,
    bad_tolerance, not_positive."""
    problems = ["unknown_key"] if terms.keys() - KEYS else []
    measure = measure_of(terms)
    if measure is None:
        return problems + (["no_number"] if kind in _NEED_NUMBER else [])
    if not measure.unit:
        problems.append("no_unit")
    if kind in CLAIMS and not measure.attribute:
        problems.append("no_attribute")
    if measure.direction not in DIRECTIONS:
        problems.append("bad_direction")
    if not 0 <= measure.tolerance < float("inf"):
        problems.append("bad_tolerance")
    if kind in ("booking", "price") and not 0 < measure.value < float("inf"):
        problems.append("not_positive")
    return problems


def compare(measured: float, promised: Measure) -> str:
    """What one measurement says of a number: failed, held or surpassed. For one value, not for a sample: a claim
    about many is judged statistically."""
    low, high = promised.value - promised.tolerance, promised.value + promised.tolerance
    if promised.direction == "at_most":
        return "failed" if measured > high else "surpassed" if measured < low else "held"
    if promised.direction == "at_least":
        return "failed" if measured < low else "surpassed" if measured > high else "held"
    return "held" if low <= measured <= high else "failed"
