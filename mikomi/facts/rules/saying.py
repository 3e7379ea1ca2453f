"""A value in the words of a language, for templates and pages of either. Pure: the tables are here, not in gettext,
because a customer's text is made in the customer's language wherever it is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mikomi.core.money import Money, format_money
from mikomi.core.phones import display
from mikomi.facts.rules.values import (
    DAY_MINUTES,
    Day,
    Duration,
    Hours,
    Number,
    Phone,
    Price,
    Spans,
    Value,
    Words,
    YesNo,
)

_NOWHERE = "ZZ"
"""A region that is none: numbers are shown as from abroad."""
_TAX = {
    "ja": {"included": "（税込）", "excluded": "（税抜）", "": ""},
    "en": {"included": " (tax included)", "excluded": " (plus tax)", "": ""},
}
_YES_NO = {
    "ja": {"": ("はい", "いいえ"), "stock": ("在庫あり", "在庫なし"), "discontinued": ("販売終了", "販売中")},
    "en": {
        "": ("yes", "no"),
        "stock": ("in stock", "out of stock"),
        "discontinued": ("discontinued", "still available"),
    },
}
_DURATIONS = {
    "ja": {
        "minutes": ("分", "分"), "hours": ("時間", "時間"), "days": ("日", "日"), "weeks": ("週間", "週間"),
        "working_days": ("営業日", "営業日"), "months": ("か月", "か月"), "years": ("年", "年"),
    },
    "en": {
        "minutes": ("minute", "minutes"), "hours": ("hour", "hours"), "days": ("day", "days"),
        "weeks": ("week", "weeks"), "working_days": ("business day", "business days"),
        "months": ("month", "months"), "years": ("year", "years"),
    },
}  # fmt: skip
_DAYS = {
    "ja": ("月", "火", "水", "木", "金", "土", "日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_UNITS = {
    "pieces": {"ja": "個", "en": " pieces"},
    "sheets": {"ja": "枚", "en": " sheets"},
    "people": {"ja": "名", "en": " people"},
    "seats": {"ja": "席", "en": " seats"},
    "tatami": {"ja": "畳", "en": " tatami mats"},
    "mi/gal": {"ja": "マイル/ガロン", "en": " miles per gallon"},
}
PLACE = "{value}"
"""Where a fact's own wording takes its value."""


def spoken(language: str) -> str:
    """The language of the tables here: Japanese, or English for every other."""
    return "ja" if language.partition("-")[0].lower() == "ja" else "en"


def say(value: Value, language: str, *, kind: str = "", wording: Mapping[str, str] | None = None) -> str:
    """The value as a reader of the language reads it, in the fact's own wording where it has one."""
    tongue = spoken(language)
    plain = _said(value, tongue, kind)
    own = (wording or {}).get(tongue, "")
    if isinstance(value, Words):
        return own or plain
    return own.replace(PLACE, plain) if own else plain


def _said(value: Value, tongue: str, kind: str) -> str:  # noqa: PLR0911 - one line for each type
    if isinstance(value, Price):
        return _price(value, tongue)
    if isinstance(value, Phone):
        return display(value.e164, "JP" if tongue == "ja" else _NOWHERE)
    if isinstance(value, Hours):
        return _hours(value, tongue)
    if isinstance(value, Duration):
        return _duration(value, tongue)
    if isinstance(value, Number):
        return f"{value.amount:,f}{_unit(value.unit, tongue)}"
    if isinstance(value, Day):
        return _day(value.day, tongue)
    if isinstance(value, YesNo):
        words = _YES_NO[tongue].get(kind) or _YES_NO[tongue][""]
        return words[0] if value.yes else words[1]
    return value.text


def _price(value: Price, tongue: str) -> str:
    if tongue == "ja" and value.currency == "JPY":
        return f"{value.minor:,}円{_TAX[tongue][value.tax]}"
    return format_money(Money(value.minor, value.currency)) + _TAX[tongue][value.tax]


def _duration(value: Duration, tongue: str) -> str:
    unit = _DURATIONS[tongue][value.unit][value.high != 1]
    gap = "" if tongue == "ja" else " "
    if value.low == 0 and value.high:
        return f"{value.high}{unit}以内" if tongue == "ja" else f"within {value.high} {unit}"
    amount = (
        f"{value.high}"
        if value.low == value.high
        else f"{value.low}{'〜' if tongue == 'ja' else '–'}{value.high}"
    )
    return f"{amount}{gap}{unit}"


def _unit(unit: str, tongue: str) -> str:
    if unit in _UNITS:
        return _UNITS[unit][tongue]
    return unit if tongue == "ja" or unit in ("%", "°C") else f" {unit}"


def _day(day: date, tongue: str) -> str:
    return (
        f"{day.year}年{day.month}月{day.day}日"
        if tongue == "ja"
        else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    )


def _hours(value: Hours, tongue: str) -> str:
    """月〜金 10:00〜19:00、土 10:00〜17:00、日 定休"""
    parts = [
        f"{_day_run(first, last, tongue)} {_spans(spans, tongue)}" for first, last, spans in _runs(value)
    ]
    if value.every:
        parts.append(_spans(value.every, tongue))
    return ("、" if tongue == "ja" else ", ").join(parts)


def _runs(value: Hours) -> list[tuple[int, int, Spans]]:
    """Neighbouring weekdays with the same hours; days of which nothing is known are left out."""
    runs: list[tuple[int, int, Spans]] = []
    for day, spans in enumerate(value.week):
        if spans is None:
            continue
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], day, spans)
        else:
            runs.append((day, day, spans))
    return runs


def _day_run(first: int, last: int, tongue: str) -> str:
    names = _DAYS[tongue]
    if (first, last) == (0, 6):
        return "毎日" if tongue == "ja" else "daily"
    if first == last:
        return names[first]
    if last == first + 1:
        return f"{names[first]}{'・' if tongue == 'ja' else ' & '}{names[last]}"
    return f"{names[first]}{'〜' if tongue == 'ja' else '–'}{names[last]}"


def _spans(spans: Spans, tongue: str) -> str:
    if not spans:
        return "定休" if tongue == "ja" else "closed"
    dash = "〜" if tongue == "ja" else "–"
    return ("・" if tongue == "ja" else ", ").join(f"{_clock(a)}{dash}{_clock(b)}" for a, b in spans)


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour if minutes <= DAY_MINUTES else hour - 24}:{minute:02d}"
