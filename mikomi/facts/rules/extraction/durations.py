"""Durations: 3〜5営業日, 24時間以内, 翌営業日, within 2 business days, three to five days, next day. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mikomi.facts.rules.extraction.found import KANJI, Found, whole_number
from mikomi.facts.rules.values import Duration

_COUNT = rf"\d{{1,4}}|[{KANJI}]{{1,4}}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_UNITS = {
    "営業日": "working_days", "business day": "working_days", "working day": "working_days",
    "日間": "days", "日": "days", "day": "days", "時間": "hours", "hour": "hours", "hr": "hours",
    "分間": "minutes", "分": "minutes", "minute": "minutes", "min": "minutes", "週間": "weeks", "week": "weeks",
    "か月間": "months", "か月": "months", "ヶ月": "months", "カ月": "months", "ヵ月": "months", "ケ月": "months",
    "month": "months", "年間": "years", "年": "years", "year": "years",
}  # fmt: skip
_UNIT = (
    "営業日|日間|日|時間|分間|分|週間|か月間|か月|ヶ月|カ月|ヵ月|ケ月|年間|年"
    "|(?:(?:business|working)[ -])?days?(?![a-z])|hours?(?![a-z])|hrs?(?![a-z])|minutes?(?![a-z])|mins?(?![a-z])"
    "|weeks?(?![a-z])|months?(?![a-z])|years?(?![a-z])"
)
_SPAN = re.compile(
    rf"(?P<within>within |in under |in less than |最大 ?)?(?:約 ?|about |around )?"
    rf"(?<![\d,./{KANJI}a-z])(?<!\d:)(?P<low>{_COUNT})"
    rf"(?: ?(?:{_UNIT})? ?(?:~|-|から|to|or|・) ?(?P<high>{_COUNT}))?[ -]?(?P<unit>{_UNIT})(?P<after> ?(?:以内"
    rf"|いない|程度|前後|ほど|くらい|後|で|間|の?保証))?",
    re.IGNORECASE,
)
_WORDS = (
    (re.compile(r"翌々営業日"), Duration(2, 2, "working_days")),
    (re.compile(r"翌営業日|next (?:business|working) day", re.I), Duration(1, 1, "working_days")),
    (re.compile(r"翌々日"), Duration(2, 2, "days")),
    (re.compile(r"翌日|next[ -]day", re.I), Duration(1, 1, "days")),
    (re.compile(r"即日|当日中?(?=発送|出荷|お届け|配送|対応)|same[ -]day", re.I), Duration(0, 0, "days")),
)
_LEADS = re.compile(r"(?:約|最短|最長|最大|通常|納期|期間|目安|お届け|発送|まで)[^\d]{0,8}$")
_AMBIGUOUS = ("日", "年", "分")
"""Also the day of a month, a year, a minute of the clock: only with a word beside that says how long."""


def durations(text: str) -> Iterator[Found]:
    """Every length of time."""
    for pattern, value in _WORDS:
        for match in pattern.finditer(text):
            yield Found(value, *match.span())
    for match in _SPAN.finditer(text):
        value_of = _duration(match, text[: match.start()])
        if value_of:
            yield Found(value_of, *match.span())


def _duration(match: re.Match[str], before: str) -> Duration | None:
    low, high = whole_number(match["low"]), whole_number(match["high"] or match["low"])
    if low is None or high is None or high < low:
        return None
    word = match["unit"].lower()
    after = (match["after"] or "").strip()
    if word in _AMBIGUOUS and not (after or match["high"] or match["within"] or _LEADS.search(before)):
        return None
    unit = _unit(word)
    within = bool(match["within"]) or after in ("以内", "いない")
    return Duration(0 if within and match["high"] is None else low, high, unit)


def _unit(word: str) -> str:
    plain = word.replace("-", " ")
    return _UNITS.get(plain) or _UNITS[plain.removesuffix("s")]
