"""How bad a contradiction is for who reads it. Pure."""

from __future__ import annotations

from mikomi.facts.rules.values import Duration, Price, Value, YesNo

HIGH, NORMAL, LOW = "high", "normal", "low"


def severity(*, kind: str, what: str, fact: Value | None, found: Value | None) -> str:
    """High: customers go astray or are promised more than is kept. Normal: they are told something untrue."""
    if what in ("dead_product", "broken_quote") or kind in ("phone", "hours"):
        return HIGH
    if what == "dead_link":
        return NORMAL
    if _promises_more(kind, fact, found):
        return HIGH
    return LOW if kind == "text" else NORMAL


def _promises_more(kind: str, fact: Value | None, found: Value | None) -> bool:
    """A lower price, a shorter time, something in stock that isn't."""
    if isinstance(fact, Price) and isinstance(found, Price):
        return found.minor < fact.minor
    if isinstance(fact, Duration) and isinstance(found, Duration):
        return _minutes(found) < _minutes(fact)
    return kind == "stock" and isinstance(found, YesNo) and found.yes


_MINUTES = {
    "minutes": 1, "hours": 60, "days": 1440, "working_days": 2016, "weeks": 10_080, "months": 43_830, "years": 525_960,
}  # fmt: skip


def _minutes(value: Duration) -> int:
    """A working day as seven fifths of a day: five of them in a week."""
    return value.high * _MINUTES[value.unit]
