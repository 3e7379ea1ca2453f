"""How bad a contradiction is for who reads it. Pure."""

from __future__ import annotations

from mikomi.facts.rules.values import Duration, Price, Value, YesNo

HIGH, NORMAL, LOW = "high", "normal", "low"


def severity(*, kind: str, what: str, fact: Value | None, found: Value | None) -> str:
    """High: customers go astray or are promised more than is kept. Normal: they are told something untrue. Low: the rest."""
    if what in ("dead_product", "broken_quote"):
        return HIGH
    if what == "dead_link":
        return NORMAL
    if kind in ("phone", "hours"):
        return HIGH
    if isinstance(fact, Price) and isinstance(found, Price):
        return HIGH if found.minor < fact.minor else NORMAL
    if isinstance(fact, Duration) and isinstance(found, Duration):
        return HIGH if _minutes(found) < _minutes(fact) else NORMAL
    if kind == "stock" and isinstance(found, YesNo):
        return HIGH if found.yes else NORMAL
    return LOW if kind == "text" else NORMAL


_MINUTES = {
    "minutes": 1, "hours": 60, "days": 1440, "working_days": 2016, "weeks": 10_080, "months": 43_830, "years": 525_960,
}  # fmt: skip


def _minutes(value: Duration) -> int:
    """A working day as seven fifths of a day: five of them in a week."""
    return value.high * _MINUTES[value.unit]
