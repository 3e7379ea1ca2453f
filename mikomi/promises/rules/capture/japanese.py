"""Promises in Japanese: 「20日の14時から16時の間にお電話いたします」."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from mikomi.promises.rules.capture.days import AFTERNOON_ENDS, NOON, Due, Frame, clock, exact

Match = re.Match[str]
_WEEKDAYS = "月火水木金土日"
_DIGITS = {"〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def promise_in(sentence: str, frame: Frame) -> tuple[str, Due] | None:
    """Kind and due time of the promise in a sentence; none when it holds none. `NoSuchDayError`."""
    text = _plain(sentence)
    if _REPORTED.search(text) or _QUESTION.search(text):
        return None
    found = _due(text, frame)
    if found is None:
        return None
    due, _begin, end = found
    predicate = _predicate(text, end)
    if predicate is None or _THEIRS.search(text[end:predicate]):
        return None
    if _NOT_OURS.search(_OUR_CONDITION.sub("", text[:predicate])):
        return None
    return _kind(text, end, predicate), due


# The words


def _plain(sentence: str) -> str:
    """Half-width digits, numerals for kanji before a unit, and nothing of what others said."""
    text = unicodedata.normalize("NFKC", sentence)
    text = re.sub(
        r"[〇一二三四五六七八九十]+(?=か?月|日(?!曜)|時|分|営業日|週間|[かヶケカ]月)", _number, text
    )
    return re.sub(r"「[^」]*」|『[^』]*』|\"[^\"]*\"|“[^”]*”", "「」", text)


def _number(match: Match) -> str:
    word = match.group()
    tens, _ten, ones = word.rpartition("十") if "十" in word else ("", "", word)
    value = 0 if "十" not in word else 10 * (_DIGITS[tens[-1]] if tens else 1)
    for digit in ones:
        value = (value if "十" in word else value * 10) + _DIGITS[digit]
    return str(value)


_QUESTION = re.compile(r"(?:ます|ません|です|でしょう|ました)か[。\s]*$|[?？]")
_NOT_OURS = re.compile(
    r"お願い|ください|下さい|いただけ(?:れば|ましたら|ますと)|頂け(?:れば|ましたら)|たら|れば|場合|"
    r"充電|電池|バッテリー|起動|営業時間は|受付(?:は|時間)|定休日|休業|お休み|"
    r"までの(?:ご)?(?:注文|予約|申し?込)|毎週|毎日|毎月|いつでも|有効期限|お支払い期限|待ち(?:いたし|し|申し)|"
    r"(?:着|金|文|領|認|取り?|込み|払い|送|絡|信)(?:後|の後|から|より)、?(?:\d|翌)|でき次第|いただき次第"
)
"""Up to the predicate: a request, what depends on the customer, rules for everybody."""
_THEIRS = re.compile("(?<!させて)(?<!お時間を)(?:いただく|頂く|いただいた|頂いた|いただける)")
"""Between the date and the verb: something that the customer does."""
_OUR_CONDITION = re.compile("(?:入荷|完成|仕上が|準備|手配|修理)[^。、]{0,6}たら")
"""A day named together with what we wait for ourselves is promised all the same."""
_REPORTED = re.compile(
    r"「」(?:と|の)|おっしゃ|仰|とのこと|(?:と|を)(?:伺|聞)っており|予定でした|はずでした|予定だった"
)


# The predicate: we do it, not yet

_POLITE = re.compile(
    r"(?:ます|です|でございます)(?=$|[。、!,\s)】]|が|ので|から|けれど|ため|とともに|と共に|よ|ね)"
)
_WILL_BE = re.compile(
    r"(?:予定|見込み|見通し|つもり|手はず)(?:です|でございます|となります|になります|となっております)$|"
    r"を予定して(?:おり|い)ます$"
)
_DOES = re.compile(
    r"(?:させて(?:いただき|頂き)|いたし|致し|差し上げ|さしあげ|申し上げ|もうしあげ|まいり|参り|うかがい|伺い|"
    r"届き|届け|上がり|着き|仕上がり|仕上げ|直し|送り|返し|戻し|伝え|知らせ|折り返し|渡し|かけ|入れ|行い|"
    r"おこない|整い|"
    r"終え|終わり|済ませ|出し|取り替え|取り寄せ|進め|調べ|決め|直り|させ|(?:お届け|発送|出荷|用意|お渡し|"
    r"返金|納品|回答)でき|"
    r"(?:お届け|発送|出荷|到着|納品|仕上がり|配達|完了|お渡し|ご用意)(?:と|に)なり|(?<!お願い)し)ます$"
)
_ANNOUNCED = re.compile(
    r"(?:保証|発売|販売|公開|放送|失効|満了|更新|停止|無料と|変更|改定|終了|開始|開催|休業|閉店|開店|値上げ|"
    r"キャンセルと|歓迎|感謝|お詫び|失礼|承知|お待ち|"
    r"お祈り|期待|ございましたら)(?:を|は)?(?:させて(?:いただき|頂き)|いたし|致し|申し上げ|し)ます$"
)


def _predicate(text: str, after: int) -> int | None:
    """Where the first predicate after the due time ends, if it says what we will do."""
    for found in _POLITE.finditer(text, after):
        words = text[after : found.end()]
        if _ANNOUNCED.search(words):
            return None
        if _WILL_BE.search(words) or _DOES.search(words):
            return found.end()
        if not words.endswith("が") and "、" not in words[-2:]:
            return None
    return None


_KINDS = {
    "callback": re.compile("電話|TEL|コール"),
    "delivery": re.compile("届|配達|到着|手元|納品|お着き|着き"),
    "shipping": re.compile("発送|出荷|(?:商品|お品|品物|荷物)[^。]{0,6}お?送り"),
    "custom": re.compile(
        "メール|連絡|返信|回答|返事|報告|知らせ|伝え|お?送り|用意|返金|修理|仕上|伺|見積|書|案内"
    ),
}


def _kind(text: str, after: int, end: int) -> str:
    """By the word nearest to the verb; a call that "contacts" is a call."""
    said = text[after:end]
    places = {kind: _last(pattern, said) for kind, pattern in _KINDS.items()}
    kind = max(places, key=lambda name: places[name])
    if places[kind] < 0:
        places = {name: _last(pattern, text[:end]) for name, pattern in _KINDS.items()}
        kind = max(places, key=lambda name: places[name])
    if kind == "custom" and places["callback"] >= 0 and re.search("連絡|回答|返事|知らせ", said):
        return "callback"
    return kind if places[kind] >= 0 else "custom"


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((found.start() for found in pattern.finditer(text)), default=-1)


# By when

_START = (
    r"(?!\s*(?:以降|より|付|から(?!\s*\d)|の?間は|まで(?![にのお])|生まれ|"
    r"に(?:お電話|ご来店|お問|ご注文|お振|ご予約|ご連絡|お送り)?(?:いただ|頂)))"
)
"""Not a due time: since then, from then on, until then, or when the customer did something."""


def _due(text: str, frame: Frame) -> tuple[Due, int, int] | None:
    """The due time with where its words begin and end."""
    if (span := _span(text, frame)) is not None:
        return span
    day = _day(text, frame)
    moment = _time(text, frame, day[0] if day else frame.today)
    if day is None:
        return None if moment is None else (frame.next_at(moment[0]), moment[1], moment[2])
    if moment is None:
        return day
    begin, end = min(day[1], moment[1]), max(day[2], moment[2])
    return frame.at(day[0], moment[0]), begin, end


_COUNT = r"(?P<from>\d{1,3}\s*(?:[~〜\-–ー、]|から)\s*)?(?P<n>\d{1,3})"
_SPAN = re.compile(
    _COUNT + r"\s*(?P<unit>営業日|時間半|時間|分|日|週間|[かヶケカ]月)間?"
    r"\s*(?P<how>以内|で(?![すきも])|後(?:まで)?(?=に|まで|を|、)|ほど|程度?|くらい|ぐらい|中に)"
)
_ONE_OR_TWO = re.compile("一両日中|1両日中")


def _span(text: str, frame: Frame) -> tuple[Due, int, int] | None:
    if found := _ONE_OR_TWO.search(text):
        return frame.in_days(2), found.start(), found.end()
    found = next((match for match in _SPAN.finditer(text) if _is_span(match)), None)
    if found is None:
        return None
    count, unit = int(found["n"]), found["unit"]
    due: Due
    if unit in ("時間", "時間半", "分"):
        minutes = count if unit == "分" else count * 60 + (30 if unit == "時間半" else 0)
        due = _to_minute(frame.now + timedelta(minutes=minutes))
    elif unit == "営業日":
        due = frame.in_working_days(count)
    else:
        due = frame.in_days(count * {"日": 1, "週間": 7}.get(unit, 30))
    return due, found.start(), found.end()


def _is_span(found: Match) -> bool:
    """「20日で」 names a day of the month; 「4、5日で」 and 「3営業日で」 a span."""
    return found["how"] != "で" or found["unit"] != "日" or bool(found["from"]) or "間" in found.group()


def _to_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


Rule = tuple[re.Pattern[str], Callable[[Match, Frame], date]]
_TO = r"(?:日?(?:\([月火水木金土日]\))?\s*(?:[~〜\-–]|から)\s*(?P<last>\d{1,2})日)?"
_WEEKS = {"今週": 0, "来週": 1, "再来週": 2, "次の": 1, "翌週": 1}


def _full(match: Match, frame: Frame) -> date:
    return exact(int(match["y"]), int(match["m"]), int(match["d"]))


def _month_day(match: Match, frame: Frame) -> date:
    day = frame.of_year(int(match["m"]), int(match["d"]))
    return day.replace(day=int(match["last"])) if match.groupdict().get("last") else day


def _part_of_month(match: Match, frame: Frame) -> date:
    months = 1 if match["which"] in ("来月", "翌月") else 0
    ends = {"上旬": 10, "初旬": 10, "初め": 10, "はじめ": 10, "頭": 10, "中旬": 20}
    day = ends.get(match["part"])
    return frame.end_of_month(months) if day is None else frame.of_month(day, months)


def _weekday(match: Match, frame: Frame) -> date:
    return frame.weekday(_WEEKDAYS.index(match["w"]), _WEEKS.get(match["week"] or ""))


_DAYS: tuple[Rule, ...] = (
    (re.compile(r"(?P<y>\d{4})[年/\-.](?P<m>\d{1,2})[月/\-.](?P<d>\d{1,2})日?" + _START), _full),
    (re.compile(r"(?<![\d/])(?P<m>\d{1,2})月(?P<d>\d{1,2})" + _TO + "日?" + _START), _month_day),
    (re.compile(r"(?<![\d/\-])(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/])" + _START), _month_day),
    (
        re.compile(r"(?P<which>来月|翌月|今月)の?(?P<d>\d{1,2})日" + _START),
        lambda match, frame: frame.of_month(int(match["d"]), 0 if match["which"] == "今月" else 1),
    ),
    (
        re.compile(
            r"(?P<which>来月|翌月|今月|当月|)の?(?P<part>上旬|初旬|初め|はじめ|頭|中旬|下旬|末|月末|月内|中|"
            r"いっぱい)(?<![^月]末)"
            r"(?<![^月]中)(?<![^月]頭)(?<![^月]初め)"
        ),
        _part_of_month,
    ),
    (
        re.compile(r"(?<![\d月/])(?P<d>\d{1,2})日(?!間|以内|後|前|ほど|程|目|\d)" + _START),
        lambda match, frame: frame.of_month(int(match["d"])),
    ),
    (re.compile("年内|年末まで"), lambda match, frame: exact(frame.today.year, 12, 31)),
    (re.compile("翌営業日|次の営業日|明営業日"), lambda match, frame: frame.in_working_days(1)),
    (re.compile("明々後日|しあさって"), lambda match, frame: frame.in_days(3)),
    (re.compile("明後日|あさって|翌々日"), lambda match, frame: frame.in_days(2)),
    (
        re.compile("(?:明日|あした|あす(?=[の中にはま])|明朝|明晩|翌日|翌朝|明くる日)" + _START),
        lambda match, frame: frame.in_days(1),
    ),
    (re.compile("本日|今日|きょう|今夜|今晩|今夕|当日"), lambda match, frame: frame.today),
    (re.compile(r"(?P<week>今週|来週|再来週|翌週|次の)?の?(?P<w>[月火水木金土日])曜日?" + _START), _weekday),
    (re.compile("来週(?:の)?(?:初め|はじめ|頭|早々)|週明け"), lambda match, frame: frame.start_of_week(1)),
    (re.compile("今週末|週末"), lambda match, frame: frame.weekday(6, 0)),
    (re.compile("来週末"), lambda match, frame: frame.weekday(6, 1)),
    (re.compile("今週(?:中|いっぱい|内)?" + _START), lambda match, frame: frame.end_of_week(0)),
    (re.compile("再来週(?:中|いっぱい|内)?"), lambda match, frame: frame.end_of_week(2)),
    (re.compile("来週(?:中|いっぱい|内)?" + _START), lambda match, frame: frame.end_of_week(1)),
)
"""The more exact first: of 「11月24日火曜日」 the date counts."""


def _day(text: str, frame: Frame) -> tuple[date, int, int] | None:
    for pattern, day_of in _DAYS:
        found = list(pattern.finditer(text))
        if found:
            last = found[-1]
            return day_of(last, frame), last.start(), last.end()
    return None


_CLOCK = re.compile(
    r"(?P<half>午前|午後|朝|夜|夕方|AM|PM)?の?\s*(?P<h>\d{1,2})(?:時(?!間)(?:(?P<half_hour>半)|"
    r"(?P<m>\d{1,2})分)?|:(?P<m2>\d{2})(?!\d))"
    r"(?!以降|より前)"
)
_HALVES = {"午前": "am", "朝": "am", "AM": "am", "午後": "pm", "夜": "pm", "夕方": "pm", "PM": "pm"}


def _time(text: str, frame: Frame, day: date) -> tuple[time, int, int] | None:
    """The last time of day that is named: of "14時から16時" the end counts."""
    moment: time | None = None
    for found in _CLOCK.finditer(text):
        minute = 30 if found["half_hour"] else int(found["m"] or found["m2"] or 0)
        said = clock(int(found["h"]), minute, _HALVES.get(found["half"] or "", ""))
        if said is not None:
            moment, place = said, found
    if moment is not None:
        return moment, place.start(), place.end()
    return _part_of_day(text, frame, day)


def _part_of_day(text: str, frame: Frame, day: date) -> tuple[time, int, int] | None:
    parts: tuple[tuple[str, time | None], ...] = (
        ("午前中|午前着|午前便|正午|お昼|昼(?=まで)", NOON),
        ("朝一番?|朝いち|朝イチ", frame.first_thing(day)),
        ("営業時間(?:内|中)|営業終了|閉店", frame.closing(day)),
        ("午後|夕方", AFTERNOON_ENDS),
        ("明朝|翌朝|朝のうち|朝まで", NOON),
    )
    for words, moment in parts:
        if moment is not None and (found := re.search(words, text)):
            return moment, found.start(), found.end()
    return None
