"""Dates with their year: 2026年11月22日, 令和8年11月22日, 2026/11/22, 22 November 2026, Nov 22, 2026. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from mikomi.facts.rules.extraction.found import Found
from mikomi.facts.rules.values import Day

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_MONTH = (
    r"(?P<word>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_PATTERNS = (
    re.compile(r"(?<!\d)(?P<year>\d{4}) ?年 ?(?P<month>\d{1,2}) ?月 ?(?P<day>\d{1,2}) ?日"),
    re.compile(
        r"(?P<era>令和|平成|昭和) ?(?P<year>\d{1,2}|元) ?年 ?(?P<month>\d{1,2}) ?月 ?(?P<day>\d{1,2}) ?日"
    ),
    re.compile(
        r"(?<![\d/.-])(?P<year>(?:19|20|21)\d\d)(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?![\d/-])"
    ),
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\.?,? (?P<year>\d{{4}})(?!\d)", re.I
    ),
    re.compile(rf"(?<![a-z]){_MONTH}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})(?!\d)", re.I),
)


def dates(text: str) -> Iterator[Found]:
    """Every date that names its year and exists."""
    spans: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            day = _day(match.groupdict())
            if day and not any(start < b and a < end for a, b in spans):
                spans.append((start, end))
                yield Found(Day(day), start, end)


def _day(groups: dict[str, str | None]) -> date | None:
    year = 1 if groups["year"] == "元" else int(groups["year"] or 0)
    year += _ERAS.get(groups.get("era") or "", 0)
    word = groups.get("word")
    month = _MONTHS[word[:3].lower()] if word else int(groups["month"] or 0)
    try:
        return date(year, month, int(groups["day"] or 0))
    except ValueError:
        return None
