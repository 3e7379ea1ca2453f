"""Values in a line of text, in their Japanese and English forms: prices, hours, telephone numbers, durations, dates,
numbers with units, "in stock", "discontinued". Pure.

    extract("税込1,980円、3〜5営業日で") -> [Found(Price(1980, "JPY", "included"), …), Found(Duration(3, 5, …), …)]

The readers go one after the other, the surest first; what one has read the next ones don't see.
"""

from __future__ import annotations

from mikomi.facts.rules.extraction.dates import dates
from mikomi.facts.rules.extraction.durations import durations
from mikomi.facts.rules.extraction.found import Found, tidy
from mikomi.facts.rules.extraction.hours import hours
from mikomi.facts.rules.extraction.money import prices
from mikomi.facts.rules.extraction.numbers import numbers
from mikomi.facts.rules.extraction.phones import phones
from mikomi.facts.rules.extraction.words import yes_no

__all__ = ["Found", "extract", "tidy"]

LONGEST_LINE = 2_000
_HIDDEN = "\x00"


def extract(line: str, *, region: str = "JP") -> list[Found]:
    """What a line says, in its order. Places are those of `tidy(line)`; long lines are read to the 2,000th letter."""
    text = tidy(line)[:LONGEST_LINE]
    found: list[Found] = []
    rest = text
    for read in (lambda text: phones(text, region), dates, hours, prices, durations, numbers, yes_no):
        for one in read(rest):
            found.append(one)
            rest = rest[: one.start] + _HIDDEN * (one.end - one.start) + rest[one.end :]
    return sorted(found, key=lambda one: one.start)
