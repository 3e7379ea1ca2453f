"""A value found in a text, and how a text is made ready for the readers. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from mikomi.facts.rules.values import Value

_SPACE = re.compile(r"\s+")
_WAVES = str.maketrans(
    {"〜": "~", "～": "~", "∼": "~", "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "’": "'"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it stands. `mark`: what keeps it from being the thing itself (a shipping fee, a former price,
    "from …", a fax, hours of the telephone); empty: nothing does."""

    value: Value
    start: int
    end: int
    mark: str = ""


def tidy(text: str) -> str:
    """The text in the form that the readers know: NFKC, one kind of dash and wave, single spaces."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).translate(_WAVES)).strip()


_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}
_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        0,
    )
}
KANJI = "〇零一二三四五六七八九十百千万"


def whole_number(text: str) -> int | None:
    """A whole number in digits, Chinese numerals, a mixture of both (1万2千), or an English word up to twelve."""
    plain = text.replace(",", "").replace(" ", "").lower()
    if plain.isascii() and plain.isdigit():
        return int(plain) if len(plain) <= 15 else None
    if plain in _WORDS:
        return _WORDS[plain]
    return _chinese(plain)


def _chinese(text: str) -> int | None:
    """1万2千 → 12,000; 1.5万 → 15,000; 二千五百 → 2,500."""
    head, ten_thousand, tail = text.rpartition("万")
    if ten_thousand:
        high = _decimal(head) if head.replace(".", "", 1).isdigit() else _below(head)
        low = _below(tail) if tail else 0
        return None if high is None or low is None else round(high * 10_000) + low
    return _below(text)


def _decimal(text: str) -> float:
    return float(text)


def _below(text: str) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text)
    total, current, run = 0, 0, ""
    for char in text:
        if char in _TENS:
            total += (int(run) if run else current or 1) * _TENS[char]
            current, run = 0, ""
        elif char.isascii() and char.isdigit():
            run += char
        elif char in _DIGITS:
            current = current * 10 + _DIGITS[char]
        else:
            return None
    return total + (int(run) if run else current) if text else None
