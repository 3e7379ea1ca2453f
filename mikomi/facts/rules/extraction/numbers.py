"""Numbers with a unit: 350g, 12.5 cm, 1.2キロ, 30 miles per gallon, 15%. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from mikomi.facts.rules.extraction.found import Found
from mikomi.facts.rules.units import WRITTEN, canonical
from mikomi.facts.rules.values import Number

_UNIT = "|".join(
    re.escape(word) + ("(?![A-Za-z])" if word[-1].isascii() and word[-1].isalpha() else "")
    for word in sorted(WRITTEN, key=len, reverse=True)
)
_NUMBER = re.compile(
    rf"(?<![\d.,A-Za-z-])(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?) ?(?P<unit>{_UNIT})"
)
_MARKS_BEFORE = re.compile(r"(?:約|およそ|最大|最小|about|approx\.?|up to|at least|over)\s?$", re.IGNORECASE)
_MARKS_AFTER = re.compile(
    r"^ ?(?:以上|以下|未満|off|オフ|引き|還元|or more|or less|ポイント|discount)", re.IGNORECASE
)


def numbers(text: str) -> Iterator[Found]:
    """Every number that a known unit follows. `mark`: bound, for "about", "at least", "10 % off"."""
    for match in _NUMBER.finditer(text):
        bound = _MARKS_BEFORE.search(text[: match.start()]) or _MARKS_AFTER.search(text[match.end() :])
        value = Number(Decimal(match["number"].replace(",", "")), canonical(match["unit"]))
        yield Found(value, *match.span(), "bound" if bound else "")
