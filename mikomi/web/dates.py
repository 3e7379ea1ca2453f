"""Dates and spans as people say them. Pure: moment, present, zone are arguments; words come from gettext.

The language is the one active in gettext (`ja`: 11月24日(火), `en`: Tue 24 Nov).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

MINUTE, HOUR, DAY = 60, 3600, 86400


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """The time of day, `15:00`."""
    return dateformat.format(moment.astimezone(zone), "H:i")


def day_name(day: date, today: date) -> str:
    """The day alone: 今日, 明日, 昨日, 11月24日(火); with the year when it is not this one."""
    near = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}.get((day - today).days)
    if near:
        return near
    if day.year == today.year:
        return dateformat.format(day, pgettext("date format", "D j M"))
    return dateformat.format(day, pgettext("date format", "j M Y"))


def say_when(moment: datetime, now: datetime, zone: tzinfo, *, with_time: bool = False) -> str:
    """A moment as people say it: 今日 15:00, 明日 9:30, 昨日, 11月24日(火).

    Today and tomorrow carry the time of day; other days only when `with_time` is asked for.
    """
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    day = day_name(local.date(), today)
    if with_time or (local.date() - today).days in (0, 1):
        return f"{day} {clock_time(moment, zone)}"
    return day


def say_exactly(moment: datetime, zone: tzinfo) -> str:
    """The full moment for a tooltip: 2026年11月24日(火) 15:00 JST."""
    local = moment.astimezone(zone)
    day = dateformat.format(local, pgettext("date format", "l j F Y"))
    return f"{day} {local:%H:%M} {local.tzname()}"


def say_span(span: timedelta) -> str:
    """A length of time in its largest one or two units: 3日, 2時間20分, 45分. The sign is not spoken."""
    seconds = int(abs(span).total_seconds())
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
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
