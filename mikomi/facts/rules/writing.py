"""A value as a person types it into a form: `1,980円（税込）`, `月〜金 10:00〜19:00`, `3-5 business days`. Pure.

Read by the same readers as texts are. What `saying.say` writes reads back as the same value: keep them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from mikomi.core.money import BadAmountError, CurrencyMismatchError, parse_amount
from mikomi.core.phones import to_e164
from mikomi.facts.rules.extraction import extract, tidy
from mikomi.facts.rules.units import canonical
from mikomi.facts.rules.values import (
    TYPES,
    Day,
    Hours,
    Number,
    Phone,
    Price,
    Spans,
    Value,
    Words,
    WrongValueError,
    YesNo,
)

_YES = ("はい", "yes", "あり", "有り", "有", "true", "1", "○", "可", "対応")
_NO = ("いいえ", "no", "なし", "無し", "無", "false", "0", "×", "不可", "非対応")
_NUMBER = re.compile(r"(?P<amount>-?[\d,]+(?:\.\d+)?) ?(?P<unit>\S.{0,19})?")


def read_value(type_name: str, text: str, *, currency: str, region: str = "JP") -> Value:
    """What the text says, as a value of this type. Raises `WrongValueError`."""
    read = _READERS.get(type_name)
    value = read(text, region, currency) if read else _first(text, type_name, region)
    if value is None:
        raise WrongValueError(type_name)
    return value


def _first(text: str, type_name: str, region: str) -> Value | None:
    wanted = TYPES.get(type_name)
    found = [one.value for one in extract(text, region=region)]
    return next((value for value in found if wanted is not None and isinstance(value, wanted)), None)


def _money(text: str, region: str, currency: str) -> Value | None:
    """With or without its currency; of "1,980円 税込" both are read."""
    found = _first(text, "money", region)
    if found is not None:
        return found
    try:
        minor = parse_amount(tidy(text), currency).minor
    except (BadAmountError, CurrencyMismatchError):
        return None
    return Price(minor, currency) if minor >= 0 else None


def _phone(text: str, region: str, _currency: str) -> Value | None:
    number = to_e164(text, region)
    return Phone(number) if number else None


def _hours(text: str, region: str, _currency: str) -> Value | None:
    """A week, over several lines if one likes. Days of which nothing is said are closed once others are named."""
    week: list[Spans | None] = [None] * 7
    every: Spans = ()
    for line in text.splitlines():
        for found in extract(line, region=region):
            if isinstance(found.value, Hours):
                week = [
                    new if new is not None else old for new, old in zip(found.value.week, week, strict=True)
                ]
                every = found.value.every or every
    if all(day is None for day in week):
        return Hours((every,) * 7) if every else None
    return Hours(tuple(day if day is not None else every for day in week))


def _number(text: str, _region: str, _currency: str) -> Value | None:
    match = _NUMBER.fullmatch(tidy(text))
    if match is None:
        return None
    try:
        return Number(Decimal(match["amount"].replace(",", "")), canonical(match["unit"] or ""))
    except InvalidOperation:
        return None


def _day(text: str, region: str, _currency: str) -> Value | None:
    found = _first(text, "date", region)
    if found is not None:
        return found
    try:
        return Day(date.fromisoformat(text.strip()))
    except ValueError:
        return None


def _yes_no(text: str, region: str, _currency: str) -> Value | None:
    plain = tidy(text).lower()
    if plain in _YES or plain in _NO:
        return YesNo(plain in _YES)
    return _first(text, "yes_no", region)


def _words(text: str, _region: str, _currency: str) -> Value | None:
    return Words(text.strip()) if text.strip() else None


_READERS: dict[str, Callable[[str, str, str], Value | None]] = {
    "money": _money, "phone": _phone, "hours": _hours, "number": _number, "date": _day, "yes_no": _yes_no,
    "text": _words,
}  # fmt: skip
