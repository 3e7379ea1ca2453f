"""Dates of headers: RFC 5322 and the broken ones that mailers send."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FIRST, _LAST = 1970, 2200
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def parse_date(text: str) -> datetime | None:
    """The aware time that a Date header names, in its own zone; None when it names none.

    A time without a zone is read as UTC.
    """
    text = re.sub(r"\s+", " ", text[:200]).strip()
    for variant in (text, _repaired(text)):
        try:
            found = parsedate_to_datetime(variant)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return _plausible(found)
    return _iso(text)


def _repaired(text: str) -> str:
    text = re.sub(r"\(.*?\)|\[.*?\]", "", text)
    text = re.sub(r"(\d{1,2})\.(\d{2})\.(\d{2})", r"\1:\2:\3", text)
    text = re.sub(r"\b(?:GMT|UTC)([+-]\d{2}):?(\d{2})", r"\1\2", text)
    text = re.sub(r"([+-]\d{2}):(\d{2})$", r"\1\2", text.strip())
    return re.sub(r"^[A-Za-z]{2,9}\.?,?\s+(?=\d)", "", text).strip()


def _iso(text: str) -> datetime | None:
    match = _ISO.search(text)
    if not match:
        return None
    numbers = [int(group or 0) for group in match.groups()]
    try:
        return _plausible(datetime(*numbers, tzinfo=UTC))  # type: ignore[misc, arg-type]
    except ValueError:
        return None


def _plausible(found: datetime) -> datetime | None:
    if not _FIRST <= found.year <= _LAST:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def received_date(value: str) -> datetime | None:
    """The time at the end of a Received header."""
    return parse_date(value.rpartition(";")[2]) if ";" in value else None
