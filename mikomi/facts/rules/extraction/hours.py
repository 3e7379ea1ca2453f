"""Opening hours: 営業時間 10時〜19時, 平日10:00-19:00 土日11:00-17:00, 定休日 水曜, Mon–Fri 10 am to 7 pm.

Pure. A line is read from left to right: days, then the times of these days, then the next days. Public holidays
(祝) are left to the calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mikomi.facts.rules.extraction.found import Found
from mikomi.facts.rules.values import DAY_MINUTES, Hours, Spans

_JA = "月火水木金土日"
_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EN_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\.?"
_TIME = (
    r"(?:(?P<{0}half>午前|午後|深夜|朝|夜) ?)?(?P<{0}hour>\d{{1,2}})(?:(?P<{0}colon>:)(?P<{0}minute>\d{{2}})"
    r"|(?P<{0}ji>時)(?:(?P<{0}fun>\d{{1,2}})分|(?P<{0}han>半))?)? ?(?P<{0}ampm>[ap]\.?m\.?)?"
    r"|(?P<{0}word>noon|midnight|正午)"
)
_RANGE = re.compile(
    rf"(?<!\d)(?<!\d:)(?:{_TIME.format('a')}) ?(?:~|-|から|to|until|till|より) ?(?:翌(?:日"
    rf"|朝)? ?)?(?:{_TIME.format('b')})(?!\d)(?:まで)?",
    re.IGNORECASE,
)
_JA_DAYS = re.compile(
    r"毎日|年中無休|無休|全日|平日|土日祝日?|土日|週末"
    r"|(?:第[1-5一二三四五][・、,]?)*(?<![\d年月])(?:(?:[月火水木金土日]曜?日?"
    r"|祝日?)(?:[・、,/ ]|[~-](?=[月火水木金土日])|(?=[月火水木金土日祝]))?)*"
    r"(?:[月火水木金土日]曜日?|[月火水木金土日](?=[ :()~/・、,\d午正定はがも休祝]|$)|祝日?)"
)
_EN_DAYS = re.compile(
    rf"daily|every ?day|7 days a week|weekdays?|weekends?|(?<![a-z]){_EN_DAY}(?:(?: ?(?:-"
    rf"|,|/|&|to|through|and) ?)+{_EN_DAY})*(?![a-z])",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"定休日?|休業日?|休み|店休日?|休館日?|(?<![a-z])closed(?: on)?|(?<![a-z])close on", re.IGNORECASE
)
_TOKEN = re.compile(
    rf"(?P<range>{_RANGE.pattern})|(?P<closed>{_CLOSED.pattern})|(?P<en>{_EN_DAYS.pattern})"
    rf"|(?P<ja>{_JA_DAYS.pattern})",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"受付|電話|サポート|お問い?合わ?せ|配達|お届け|時間指定|ランチ|ディナー|モーニング"
    r"|イベント|開催|講座|phone|support|lunch|dinner|delivery"
    r"|call us|workshop",
    re.IGNORECASE,
)
_LAST_ORDER = re.compile(
    r"[(（]?(?:(?<![a-z])L\.?O\.?(?![a-z])|ラストオーダー|last order)[^)）]{0,14}[)）]?", re.IGNORECASE
)
_NTH = re.compile(r"第[1-5一二三四五]|隔週|不定休|(?:1st|2nd|3rd|first|second|third|last) ")


@dataclass
class _Reading:
    """What has been read of the line so far."""

    week: list[Spans | None] = field(default_factory=lambda: [None] * 7)
    every: Spans = ()
    days: frozenset[int] = frozenset()
    closing: bool = False
    start: int = -1
    end: int = -1

    def reach(self, start: int, end: int) -> None:
        self.start = start if self.start < 0 else self.start
        self.end = end


def hours(text: str) -> Iterator[Found]:
    """The opening hours that the line states, as one value; none where it states none."""
    plain = _LAST_ORDER.sub(lambda match: " " * len(match[0]), text)
    reading = _Reading()
    for match in _TOKEN.finditer(plain):
        _take(reading, match, plain)
    if reading.start < 0:
        return
    value = Hours(tuple(reading.week), reading.every)
    if value.every or any(spans is not None for spans in value.week):
        mark = "other" if _MARKS.search(plain) else ""
        yield Found(value, reading.start, reading.end, mark)


def _take(reading: _Reading, match: re.Match[str], text: str) -> None:
    if match["range"]:
        _take_times(reading, match)
    elif match["closed"]:
        _take_closed(reading, match, text)
    else:
        _take_days(reading, match, text)


def _take_times(reading: _Reading, match: re.Match[str]) -> None:
    span = _span(match)
    if span is None:
        return
    reading.reach(*match.span())
    reading.closing = False
    if not reading.days:
        reading.every = _with(reading.every, span)
    for day in reading.days:
        reading.week[day] = _with(reading.week[day] or (), span)


def _with(spans: Spans, span: tuple[int, int]) -> Spans:
    return tuple(sorted({*spans, span}))


def _take_closed(reading: _Reading, match: re.Match[str], text: str) -> None:
    """`水曜定休`: days, then the word. `定休日: 水曜`, `closed on Wednesdays`: the word, then days."""
    before = text[max(0, match.start() - 3) : match.start()]
    fresh = [day for day in reading.days if reading.week[day] is None]
    if fresh and not before.endswith(("。", ".")):
        _close(reading, frozenset(fresh))
        reading.reach(match.start(), match.end())
        reading.days, reading.closing = frozenset(), match[0].startswith("定休日")
    else:
        reading.closing, reading.days = True, frozenset()


def _take_days(reading: _Reading, match: re.Match[str], text: str) -> None:
    if _NTH.search(text[max(0, match.start() - 8) : match.end()]):
        reading.days = frozenset()
        return
    days = _japanese(match["ja"]) if match["ja"] else _english(match["en"])
    if reading.closing:
        _close(reading, days)
        reading.reach(*match.span())
        reading.days = frozenset()
    elif match[0] in ("年中無休", "無休"):
        reading.days = frozenset()
    else:
        reading.days = days


def _close(reading: _Reading, days: frozenset[int]) -> None:
    for day in days:
        reading.week[day] = ()


def _japanese(words: str) -> frozenset[int]:
    if words.startswith(("毎日", "全日")):
        return frozenset(range(7))
    if words.startswith("平日"):
        return frozenset(range(5))
    if words.startswith("週末"):
        return frozenset((5, 6))
    plain = re.sub(r"曜日?|祝日?", "", words)
    plain = re.sub(r"(?<=[月火水木金土日])日(?![曜~-])(?=[^月火水木金土日]|$)", "日", plain)
    days: set[int] = set()
    for part in re.findall(rf"([{_JA}])(?:[~-]([{_JA}]))?", plain):
        first, last = _JA.index(part[0]), _JA.index(part[1] or part[0])
        days.update(_run(first, last))
    return frozenset(days)


def _english(words: str) -> frozenset[int]:
    plain = words.lower()
    if plain.startswith(("daily", "every", "7 days")):
        return frozenset(range(7))
    if plain.startswith("weekday"):
        return frozenset(range(5))
    if plain.startswith("weekend"):
        return frozenset((5, 6))
    names = "|".join(_EN)
    days: set[int] = set()
    for first, last in re.findall(rf"({names})[a-z.]*(?: ?(?:-|to|through) ?({names})[a-z.]*)?", plain):
        days.update(_run(_EN.index(first), _EN.index(last or first)))
    return frozenset(days)


def _run(first: int, last: int) -> list[int]:
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _span(match: re.Match[str]) -> tuple[int, int] | None:
    """Opening and closing; none where nothing shows that the two numbers are times of the day."""
    groups = match.groupdict()
    shows = ("colon", "ji", "ampm", "word", "half")
    if not any(groups[f"{side}{name}"] for side in "ab" for name in shows):
        return None
    closes = _minutes(groups, "b", groups["bampm"] or "")
    opens = _minutes(groups, "a", groups["aampm"] or _same_half(groups))
    if opens is None or closes is None:
        return None
    closes += DAY_MINUTES if closes <= opens else 0
    return (opens, closes) if opens < DAY_MINUTES and closes <= 2 * DAY_MINUTES else None


def _same_half(groups: dict[str, str | None]) -> str:
    """`10-11:30 am`, `1-5 pm`: the first time has the half of the day of the second, if it stays before it."""
    half, first, last = groups["bampm"] or "", groups["ahour"], groups["bhour"]
    if not half or (groups["acolon"] and int(first or 0) > 12) or first is None or last is None:
        return ""
    return half if int(first) % 12 < int(last) % 12 else "am" if half.lower().startswith("p") else ""


def _minutes(groups: dict[str, str | None], side: str, ampm: str) -> int | None:
    word = (groups[f"{side}word"] or "").lower()
    if word:
        return {"noon": 720, "正午": 720, "midnight": DAY_MINUTES}[word]
    hour = int(groups[f"{side}hour"] or 0)
    minute = 30 if groups[f"{side}han"] else int(groups[f"{side}minute"] or groups[f"{side}fun"] or 0)
    half = groups[f"{side}half"] or ""
    if ampm or half in ("午前", "午後"):
        late = ampm.lower().startswith("p") or half == "午後"
        hour = hour % 12 + (12 if late else 0)
    return hour * 60 + minute if hour <= 30 and minute < 60 else None
