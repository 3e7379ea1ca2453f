"""Dates and spans as people say them. Pure: moment, present, zone are arguments; words come from gettext.

The language is the one active in gettext (`ja`: 11月24日(火), `en`: Tue 24 Nov).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from django.utils import dateformat
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

MINUTE = 60  # seconds


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """The time of day, `15:00`."""
    return f"{moment.astimezone(zone):%H:%M}"


def day_name(day: date, today: date) -> str:
    """The day alone: 今日, 明日, 昨日, 11月24日(火); with the year when it is not this one."""
    return _day_name(day, today, get_language())


# A list says the same few days and spans again and again; the language is part of the key only.
@lru_cache(maxsize=4096)
def _day_name(day: date, today: date, language: str | None) -> str:
    near = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}.get((day - today).days)
    if near:
        return near
    if day.year == today.year:
        return dateformat.format(day, pgettext("date format", "D j M"))
    return dateformat.format(day, pgettext("date format", "j M Y"))


def month_name(day: date) -> str:
    """The month that a day lies in: 2026年11月, November 2026."""
    return dateformat.format(day, pgettext("date format", "F Y"))


def weekday_name(day: date) -> str:
    """The short name of a weekday: 火, Tue."""
    return dateformat.format(day, "D")


@lru_cache(maxsize=8192)
def _exactly(moment: datetime, zone: tzinfo, language: str | None) -> str:
    local = moment.astimezone(zone)
    day = dateformat.format(local, pgettext("date format", "l j F Y"))
    return f"{day} {local:%H:%M} {local.tzname()}"


def say_when(moment: datetime, now: datetime, zone: tzinfo, *, with_time: bool = False) -> str:
    """A moment as people say it: 今日 15:00, 明日 9:30, 昨日, 11月24日(火).

    Today and tomorrow carry the time of day; other days only when `with_time` is asked for.
    """
    return _when(moment, now.astimezone(zone).date(), zone, with_time, get_language())


@lru_cache(maxsize=8192)
def _when(moment: datetime, today: date, zone: tzinfo, with_time: bool, language: str | None) -> str:
    local = moment.astimezone(zone)
    day = _day_name(local.date(), today, language)
    return f"{day} {local:%H:%M}" if with_time or (local.date() - today).days in (0, 1) else day


def say_exactly(moment: datetime, zone: tzinfo) -> str:
    """The full moment for a tooltip: 2026年11月24日(火) 15:00 JST."""
    return _exactly(moment, zone, get_language())


def say_span(span: timedelta) -> str:
    """A length of time in its largest one or two units: 3日, 2時間20分, 45分. The sign is not spoken."""
    return _say_minutes(int(abs(span).total_seconds()) // MINUTE, get_language())


@lru_cache(maxsize=4096)
def _say_minutes(whole: int, language: str | None) -> str:
    days, hours, minutes = whole // 1440, whole % 1440 // 60, whole % 60
    if days >= 2 or (days and not hours):
        return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}
    if days or hours >= 10:
        return _hours(days * 24 + hours)
    if hours:
        return _hours(hours) + (_minutes(minutes) if minutes else "")
    return _minutes(minutes).strip() if minutes else _("less than a minute")


def _hours(number: int) -> str:
    return ngettext("%(number)s h", "%(number)s h", number) % {"number": number}


def _minutes(number: int) -> str:
    """Minutes with the gap that the language puts after hours (none in Japanese)."""
    text = ngettext("%(number)s min", "%(number)s min", number) % {"number": number}
    return pgettext("minutes after hours, keep the gap of your language", " %(minutes)s") % {"minutes": text}


def say_time_left(due: datetime, now: datetime) -> str:
    """What remains until `due`: あと2時間, or by how much it is over: 2時間超過."""
    span = say_span(due - now)
    if due >= now:
        return _("%(span)s left") % {"span": span}
    return _("%(span)s over") % {"span": span}
