"""Dates as they stand in a letter: exact, never "tomorrow", for a letter is read later than it is written. Pure."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

_JA_DAYS = "月火水木金土日"
_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EN_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def letter_day(day: date, language: str) -> str:
    """2026年11月24日(火) in Japanese, Tuesday, 24 November 2026 in any other language."""
    if language.startswith("ja"):
        return f"{day.year}年{day.month}月{day.day}日({_JA_DAYS[day.weekday()]})"
    return f"{_EN_DAYS[day.weekday()]}, {day.day} {_EN_MONTHS[day.month - 1]} {day.year}"


def letter_moment(moment: datetime, zone: tzinfo, language: str) -> str:
    """The day and the time of day on the clock of `zone`."""
    local = moment.astimezone(zone)
    between = " " if language.startswith("ja") else ", "
    return f"{letter_day(local.date(), language)}{between}{local:%H:%M}"
