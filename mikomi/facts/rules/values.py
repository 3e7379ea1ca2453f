"""The values a fact can have, and when two of them say the same. Pure; as JSON in the tables and the API.

A value found in a text may be partial (hours of two weekdays only); `differs` compares what both say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from mikomi.core.money import EXPONENTS, MAX_MINOR

DAY_MINUTES = 1440
LONGEST_TEXT = 2_000
INCLUDED, EXCLUDED = "included", "excluded"
TAX_RATES = (Decimal("1.10"), Decimal("1.08"))
"""The Japanese rates: a price without tax agrees with one that includes it if either leads there."""

Spans = tuple[tuple[int, int], ...]
"""Open intervals of a day in minutes since midnight; beyond 1440 it goes on after midnight. Empty: closed."""


class WrongValueError(ValueError):
    """The value can't be. `code`: type, money, phone, hours, duration, number, date, yes_no or text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Price:
    """Money; `tax`: included, excluded, or empty where nothing is said of it."""

    minor: int
    currency: str
    tax: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in E.164."""

    e164: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours, Monday first. None for a day: nothing is said of it; `every`: hours with no day named."""

    week: tuple[Spans | None, ...] = (None,) * 7
    every: Spans = ()


@dataclass(frozen=True, slots=True)
class Duration:
    """`low` to `high` of a unit of UNITS; low 0: "within"."""

    low: int
    high: int
    unit: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit, one of `units.UNITS` or any word."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    day: date


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no: in stock, discontinued, dishwasher-safe."""

    yes: bool


@dataclass(frozen=True, slots=True)
class Words:
    """Free text; what it says in each language is the fact's wording."""

    text: str


Value = Price | Phone | Hours | Duration | Number | Day | YesNo | Words
DURATION_MINUTES = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10_080}
DURATION_UNITS = (*DURATION_MINUTES, "working_days", "months", "years")
TYPES: dict[str, type[Any]] = {
    "money": Price, "phone": Phone, "hours": Hours, "duration": Duration, "number": Number,
    "date": Day, "yes_no": YesNo, "text": Words,
}  # fmt: skip
NAMES = {kind: name for name, kind in TYPES.items()}
KIND_TYPES: dict[str, tuple[str, ...]] = {
    "price": ("money",),
    "hours": ("hours",),
    "phone": ("phone",),
    "lead": ("duration",),
    "spec": ("number", "duration", "date", "yes_no", "text"),
    "stock": ("yes_no", "number"),
    "discontinued": ("yes_no", "date"),
    "text": ("text",),
}
"""Which types of value a kind of fact may have; the first is the usual one."""


def type_of(value: Value) -> str:
    """The word for the value's type."""
    return NAMES[type(value)]


# JSON: `to_json` and `from_json` are each other's inverse: keep them together.


def to_json(value: Value) -> dict[str, Any]:
    """The value as JSON with its type."""
    found: dict[str, Any] = {"type": type_of(value)}
    for name in value.__slots__:
        part = getattr(value, name)
        if isinstance(part, Decimal):
            part = format(part, "f")
        elif isinstance(part, date):
            part = part.isoformat()
        elif isinstance(part, tuple):
            part = [
                None if item is None else [list(x) if isinstance(x, tuple) else x for x in item]
                for item in part
            ]
        found[name] = part
    return found


def from_json(data: Mapping[str, Any]) -> Value:
    """The value of its JSON. Raises `WrongValueError`."""
    read = _READERS.get(str(data.get("type")))
    if read is None:
        raise WrongValueError("type")
    try:
        return read(data)
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise WrongValueError(str(data["type"])) from error


def _whole(value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(value)
    return value


def _one_of(value: object, known: Mapping[str, object] | tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ValueError(value)
    return value


def _price(data: Mapping[str, Any]) -> Price:
    tax = _one_of(data.get("tax") or "", ("", INCLUDED, EXCLUDED))
    return Price(_whole(data["minor"], 0, MAX_MINOR), _one_of(data["currency"], EXPONENTS), tax)


def _phone(data: Mapping[str, Any]) -> Phone:
    text = data["e164"]
    if (
        not isinstance(text, str)
        or not text.startswith("+")
        or not text[1:].isdigit()
        or not 8 <= len(text) <= 16
    ):
        raise ValueError(text)
    return Phone(text)


def _spans(rows: Any) -> Spans:
    spans = tuple(sorted((_whole(a, 0, DAY_MINUTES), _whole(b, 1, 2 * DAY_MINUTES)) for a, b in rows))
    if any(opens >= closes for opens, closes in spans):
        raise ValueError(spans)
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise ValueError(spans)
    return spans


def _hours(data: Mapping[str, Any]) -> Hours:
    week = tuple(None if day is None else _spans(day) for day in data["week"])
    if len(week) != 7:
        raise ValueError(week)
    return Hours(week, _spans(data.get("every") or ()))


def _duration(data: Mapping[str, Any]) -> Duration:
    high = _whole(data["high"], 0, 100_000)
    return Duration(_whole(data["low"], 0, high), high, _one_of(data["unit"], DURATION_UNITS))


def _number(data: Mapping[str, Any]) -> Number:
    amount = Decimal(str(data["amount"]))
    unit = str(data["unit"]).strip()
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or not -12 <= exponent <= 15 or abs(amount) >= Decimal(10) ** 15:
        raise ValueError(amount)
    if len(unit) > 20 or "\0" in unit:
        raise ValueError(unit)
    return Number(amount, unit)


def _yes_no(data: Mapping[str, Any]) -> YesNo:
    if not isinstance(data["yes"], bool):
        raise TypeError(data["yes"])
    return YesNo(data["yes"])


def _words(data: Mapping[str, Any]) -> Words:
    text = data["text"]
    if not isinstance(text, str) or len(text) > LONGEST_TEXT or "\0" in text:
        raise ValueError(text)
    return Words(text.strip())


_READERS: dict[str, Callable[[Mapping[str, Any]], Value]] = {
    "money": _price, "phone": _phone, "hours": _hours, "duration": _duration, "number": _number,
    "date": lambda data: Day(date.fromisoformat(data["day"])), "yes_no": _yes_no, "text": _words,
}  # fmt: skip


# Comparing what a fact says with what was found


def differs(fact: Value, found: Value) -> bool:
    """Whether the two contradict each other. Values of different types don't: they say different things."""
    if type(fact) is not type(found):
        return False
    compare = _COMPARISONS.get(type(fact))
    return compare(fact, found) if compare else fact != found


def _prices_differ(fact: Price, found: Price) -> bool:
    if fact.currency != found.currency:
        return False  # the price in another currency is another price
    if fact.tax == found.tax or not (fact.tax and found.tax):
        return fact.minor != found.minor
    net, gross = sorted((fact.minor, found.minor))
    gross_is_taxed = (fact if fact.minor == gross else found).tax == INCLUDED
    return not (gross_is_taxed and any(abs(net * rate - gross) < 1 for rate in TAX_RATES))


def _hours_differ(fact: Hours, found: Hours) -> bool:
    if any(said is not None and fact.week[day] not in (None, said) for day, said in enumerate(found.week)):
        return True
    known = {spans for spans in fact.week if spans}
    return bool(found.every and known and found.every not in known)


def _durations_differ(fact: Duration, found: Duration) -> bool:
    mine, theirs = _scaled(fact), _scaled(found)
    if mine[2] != theirs[2] or mine[1] != theirs[1]:
        return True
    said = [low for low, high, _unit in (mine, theirs) if low not in (0, high)]
    return len(said) == 2 and said[0] != said[1]


def _scaled(value: Duration) -> tuple[int, int, str]:
    factor = DURATION_MINUTES.get(value.unit)
    if factor is None:
        return value.low, value.high, value.unit
    return value.low * factor, value.high * factor, "minutes"


def _numbers_differ(fact: Number, found: Number) -> bool:
    from mikomi.facts.rules.units import convert

    mine = convert(fact.amount, fact.unit, found.unit)
    if mine is None:
        return False  # grams and metres say different things
    return mine != found.amount and round(mine, _decimals(found.amount)) != found.amount


def _decimals(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _yes_no_differ(fact: YesNo, found: YesNo) -> bool:
    return fact.yes != found.yes


_COMPARISONS: dict[type[Any], Callable[[Any, Any], bool]] = {
    Price: _prices_differ, Hours: _hours_differ, Duration: _durations_differ, Number: _numbers_differ,
    YesNo: _yes_no_differ,
}  # fmt: skip
