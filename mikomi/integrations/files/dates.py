"""Moments as people and shops write them: ISO, slashes, Japanese, eras, English months, zones by offset or name.

    parse_moment("2026年11月22日(日) 14時30分", zone)   → 14:30 in the zone
    parse_moment("令和8年11月22日", zone)               → date(2026, 11, 22)
    parse_moment("2026-13-01", zone)                    → None

Without a zone the moment is the business's local time. 01/02/2026 names two days; it is read only where the order of
day and month is given.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from mikomi.integrations.files.records import Moment, TimeBand
from mikomi.integrations.files.vocabulary import ANSWERS

_ERAS = {
    "令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925, "大正": 1911, "t": 1911,
    "明治": 1867, "m": 1867,
}  # fmt: skip
_MONTHS = {name: number for number, name in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}  # fmt: skip
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "jst": 9, "kst": 9, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "bst": 1, "wet": 0, "eet": 2, "eest": 3, "hst": -10,
}  # fmt: skip

_YMD = re.compile(r"(?P<y>\d{4})\s*(?:-|/|\.|年)\s*(?P<m>\d{1,2})\s*(?:-|/|\.|月)\s*(?P<d>\d{1,2})日?")
_ERA = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[rhstm])\.?\s*(?P<y>\d{1,2}|元)\s*(?:年|\.|/|-)\s*(?P<m>\d{1,2})"
    r"\s*(?:月|\.|/|-)\s*(?P<d>\d{1,2})日?"
)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?=$|[t\s]|\d{4}(?:\d\d)?$)")
_DAY_MONTH = re.compile(
    r"(?:[a-z]{3,9},?\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s\-./]+(?P<mon>[a-z]{3,9})\.?,?[\s\-./]+(?P<y>\d{4})"
)
_MONTH_DAY = re.compile(
    r"(?:[a-z]{3,9},?\s+)?(?P<mon>[a-z]{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})"
)
_NUMBERS = re.compile(r"(?P<a>\d{1,2})(?P<sep>[/.\-])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4})")
_WEEKDAY = re.compile(r"\s*(?:\([^)]{1,12}\)|[月火水木金土日]曜日?)")
_TIME = re.compile(
    r"[\sT,]*(?:at\s+)?(?P<half>午前|午後|am|pm)?\s*(?P<h>\d{1,2})(?::|時)(?:(?P<mi>\d{1,2})(?:(?::|分)"
    r"(?:(?P<s>\d{1,2})秒?)?)?(?P<frac>[.,]\d{1,9})?)?\s*(?P<half2>am|pm|a\.m\.|p\.m\.)?",
    re.IGNORECASE,
)
_COMPACT_TIME = re.compile(r"t?\s*(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?(?:[.,]\d{1,9})?(?![\d:時])")
_ZONE = re.compile(
    r"\s*(?:(?P<prefix>utc|gmt)?\s*(?P<sign>[+\-])(?P<zh>\d{1,2})(?::?(?P<zm>\d\d))?|(?P<name>[a-z]{1,4}))?"
    r"\s*(?P<region>\[[a-z_]+/[a-z_/]+\]|[a-z_]+/[a-z_/]+)?\s*(?:\([^)]*\))?"
)
_LONGEST = 60


class AmbiguousDateError(ValueError):
    """The numbers name two different days."""


@lru_cache(maxsize=8192)
def parse_moment(text: str, zone: ZoneInfo, day_first: bool | None = None) -> Moment | None:
    """An aware datetime, a date where no time of day is given, None where it is no date (or blank).

    Raises AmbiguousDateError where day and month could be swapped and `day_first` doesn't say.
    """
    if len(text) > _LONGEST:
        return None
    if text[4:5] == "-" and (plain_iso := _iso(text, zone)) is not None:
        return plain_iso
    plain = unicodedata.normalize("NFKC", text).strip().strip("'").lower()
    try:
        found = _date_part(plain, day_first)
        if found is None:
            return None
        day, end = found
        return _with_time(day, plain[end:], zone)
    except AmbiguousDateError:
        raise
    except (ValueError, OverflowError):
        return None


def _iso(text: str, zone: ZoneInfo) -> Moment | None:
    """The usual case, quickly: 2026-05-01, 2026-05-01 10:00:00 +0200."""
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        if len(text) < 16 or text[10] not in "T ":
            return None
        found = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _date_part(text: str, day_first: bool | None) -> tuple[date, int] | None:
    for pattern in (_YMD, _COMPACT):
        if match := pattern.match(text):
            return date(int(match["y"]), int(match["m"]), int(match["d"])), match.end()
    if match := _ERA.match(text):
        year = 1 if match["y"] == "元" else int(match["y"])
        return date(_ERAS[match["era"]] + year, int(match["m"]), int(match["d"])), match.end()
    if match := _DAY_MONTH.match(text) or _MONTH_DAY.match(text):
        month = _MONTHS.get(match["mon"][:3])
        return (date(int(match["y"]), month, int(match["d"])), match.end()) if month else None
    if match := _NUMBERS.match(text):
        return _day_and_month(match, day_first), match.end()
    return None


def _day_and_month(match: re.Match[str], day_first: bool | None) -> date:
    first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
    if first > 12 or match["sep"] == ".":
        return date(year, second, first)
    if second > 12 or first == second:
        return date(year, first, second)
    if day_first is None:
        raise AmbiguousDateError(match.group())
    return date(year, second, first) if day_first else date(year, first, second)


def _with_time(day: date, rest: str, zone: ZoneInfo) -> Moment | None:
    if weekday := _WEEKDAY.match(rest):
        rest = rest[weekday.end() :]
    if not rest.strip():
        return day
    match = _TIME.match(rest) or _COMPACT_TIME.match(rest)
    if match is None:
        return None
    found = match.groupdict()
    hour, minute, second = int(found["h"]), int(found["mi"] or 0), int(found["s"] or 0)
    half = (found.get("half") or found.get("half2") or "").replace(".", "")
    if half:
        hour = hour % 12 + (12 if half in ("午後", "pm") else 0) if hour <= 12 else hour
    extra = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    tz = _zone_part(rest[match.end() :], zone)
    if tz is None:
        return None
    fraction = (found.get("frac") or "")[1:7].ljust(6, "0")
    moment = datetime(
        day.year, day.month, day.day, hour % 24 if extra else hour, minute, second, int(fraction), tz
    )
    return moment + extra


def _zone_part(rest: str, zone: ZoneInfo) -> tzinfo | None:
    match = _ZONE.fullmatch(rest)
    if match is None:
        return None
    if match["sign"]:
        hours, minutes = int(match["zh"]), int(match["zm"] or 0)
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if match["sign"] == "-" else offset)
    if match["name"]:
        hours_east = _ZONES.get(match["name"])
        return None if hours_east is None else timezone(timedelta(hours=hours_east)) if hours_east else UTC
    return _region(match["region"]) if match["region"] else zone


def _region(name: str) -> tzinfo | None:
    parts = [part.title() for part in name.strip("[]").split("/")]
    try:
        return ZoneInfo("/".join(parts))
    except (KeyError, ValueError, OSError):
        return None


def is_no_date(text: str) -> bool:
    """Does the cell say that there is none, in words or zeros?"""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return plain.partition(" ")[0] in ANSWERS["no_date"]


_BAND = re.compile(
    r"(?P<h1>\d{1,2})(?:(?::|時)(?P<m1>\d\d)?分?)?\s*(?:-|~|〜|から|to)\s*(?P<h2>\d{1,2})(?:(?::|時)(?P<m2>\d\d)?分?)?"
)
_RAKUTEN_BAND = re.compile(r"(?P<h1>[01]\d)(?P<h2>[012]\d)")


@lru_cache(maxsize=1024)
def parse_band(text: str) -> TimeBand | None:
    """A part of the day: 午前中, 14時~16時, 14:00-16:00, 1416; None where there is no wish."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if not plain or plain in ANSWERS["no_date"]:
        return None
    half_days = {
        "午前中": (8, 12),
        "午前": (8, 12),
        "am": (8, 12),
        "午後": (12, 18),
        "pm": (12, 18),
        "夜間": (18, 21),
    }
    if plain in half_days:
        return TimeBand(text.strip(), _clock(half_days[plain][0], 0), _clock(half_days[plain][1], 0))
    match = _BAND.search(plain.replace("〜", "~")) or _RAKUTEN_BAND.fullmatch(plain)
    if match is None:
        return TimeBand(text.strip())
    minutes = match.groupdict()
    start = _clock(int(match["h1"]), int(minutes.get("m1") or 0))
    end = _clock(int(match["h2"]), int(minutes.get("m2") or 0))
    return TimeBand(text.strip(), start, end)


def _clock(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None


@lru_cache(maxsize=4096)
def split_date_and_band(text: str, zone: ZoneInfo) -> tuple[date | None, TimeBand | None]:
    """A delivery wish in one cell: "2026/11/25 14:00-16:00", "11月25日" is not one. (None, None) if it is no date."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _YMD.match(plain) or _ERA.match(plain.lower())
    if match is None:
        return None, None
    day = parse_moment(plain[: match.end()], zone)
    if not isinstance(day, date):
        return None, None
    rest = plain[match.end() :]
    if weekday := _WEEKDAY.match(rest):
        rest = rest[weekday.end() :]
    return day, parse_band(rest)
