"""What the desk decides from plain values: how soon to answer, where a message belongs. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mikomi.core.calendars.rules import (
    NoWorkingTimeError,
    WorkingCalendar,
    add_working_days,
    working_after,
)

LONGEST_EXCERPT = 200
APART = timedelta(days=30)
"""So long after its last message an old conversation still counts as under way."""
OLDEST_WAIT = timedelta(days=3)
"""A Date header older than this is not believed: nobody waited longer for a message that arrives now."""

SCHEDULED_FROM = timedelta(minutes=2)
"""An answer that leaves later than this is scheduled: until it has left, the customer still waits."""
MOST_FILES = 20
LARGEST_FILES = 18_000_000
"""Bytes of all files of an answer: base64 makes 24 MB of them, and 25 MB is what most mail servers take."""

MINUTES, WORKING_MINUTES, WORKING_DAYS = "minutes", "working_minutes", "working_days"
_REPLY = re.compile(
    r"^(?:\s*(?:re|fw|fwd|aw|wg|sv|vs|antw|返信|転送)\s*(?:\[\d+\]|\(\d+\))?\s*[:：])+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Standard:
    """How soon the first answer is owed; an empty channel or severity stands for every one."""

    channel: str
    severity: str
    amount: int
    unit: str


DEFAULT_STANDARDS = (
    Standard("", "", 1, WORKING_DAYS),
    Standard("", "urgent", 60, WORKING_MINUTES),
    Standard("", "high", 240, WORKING_MINUTES),
    Standard("email", "", 1, WORKING_DAYS),
    Standard("webform", "", 1, WORKING_DAYS),
    Standard("chat", "", 5, WORKING_MINUTES),
    Standard("line", "", 30, WORKING_MINUTES),
    Standard("social", "", 30, WORKING_MINUTES),
)
"""The most important within the hour, chat within minutes, e-mail within a working day (requirements, D3)."""


def standard_for(standards: Iterable[Standard], channel: str, severity: str) -> Standard | None:
    """The standard of a channel and severity.

    The exact one, else the stricter of "this channel" and "this severity", else the general one. Days count as
    longer than minutes.
    """
    known = {(item.channel, item.severity): item for item in standards}
    if exact := known.get((channel, severity)):
        return exact
    halves = [item for key in ((channel, ""), ("", severity)) if (item := known.get(key))]
    if halves:
        return min(halves, key=lambda item: (item.unit == WORKING_DAYS, item.amount))
    return known.get(("", ""))


def due_for(standard: Standard, start: datetime, calendar: WorkingCalendar) -> datetime:
    """When the answer to a message of `start` is owed. A business that is never open counts plain time."""
    plain = timedelta(days=1) if standard.unit == WORKING_DAYS else timedelta(minutes=1)
    try:
        if standard.unit == WORKING_DAYS:
            return add_working_days(calendar, start, standard.amount)
        if standard.unit == WORKING_MINUTES:
            return working_after(calendar, start, plain * standard.amount)
    except NoWorkingTimeError:
        pass
    return start + plain * standard.amount


def waiting_since(sent_at: datetime, now: datetime) -> datetime:
    """Since when the customer waits: since they sent it, within reason (clocks and Date headers may be wrong)."""
    return min(max(sent_at, now - OLDEST_WAIT), now)


def normal_subject(subject: str) -> str:
    """A subject without "Re:", "返信:" and the like, for comparing."""
    return " ".join(_REPLY.sub("", unicodedata.normalize("NFKC", subject)).split()).casefold()


def excerpt(text: str) -> str:
    """The beginning of a message in one line, for lists."""
    words = " ".join(text[: LONGEST_EXCERPT * 4].split())
    return words if len(words) <= LONGEST_EXCERPT else words[: LONGEST_EXCERPT - 1] + "…"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation that a message could join."""

    conversation_id: int
    subject: str
    is_closed: bool


def joins(candidates: Iterable[Candidate], subject: str) -> int | None:
    """Which of a customer's conversations (the newest first) a message that names none belongs to.

    The newest that is not closed and has the same subject; a message without a subject joins the newest that is
    not closed. Otherwise none: it is a new matter.
    """
    wanted = normal_subject(subject)
    for candidate in candidates:
        if not candidate.is_closed and (not wanted or normal_subject(candidate.subject) == wanted):
            return candidate.conversation_id
    return None


@dataclass(frozen=True, slots=True)
class Past:
    """A conversation that an old message could be part of, and the time that it covers."""

    conversation_id: int
    subject: str
    first_at: datetime
    last_at: datetime


def belongs(candidates: Iterable[Past], subject: str, at: datetime) -> int | None:
    """Which of a customer's conversations (the newest first) an old message is part of, that names none.

    The newest with the same subject that was under way then; one without a subject is a matter of its own. A file of
    old mail may hold the answer before the question.
    """
    wanted = normal_subject(subject)
    for past in candidates:
        under_way = past.first_at - APART <= at <= past.last_at + APART
        if wanted and under_way and normal_subject(past.subject) == wanted:
            return past.conversation_id
    return None


def reply_subject(subject: str) -> str:
    """The subject of an answer."""
    if not subject or _REPLY.match(unicodedata.normalize("NFKC", subject)):
        return subject
    return f"Re: {subject}"[:500]


def is_scheduled(send_after: datetime | None, now: datetime) -> bool:
    """Whether an answer leaves so late that it is none yet; the seconds in which it can be taken back don't count."""
    return send_after is not None and send_after - now >= SCHEDULED_FROM


def file_problem(sizes: Iterable[int], size: int) -> str:
    """Why one more file of `size` bytes can't go with those of `sizes`: empty, too_many, too_large; or nothing."""
    there = list(sizes)
    if size == 0:
        return "empty"
    if len(there) >= MOST_FILES:
        return "too_many"
    return "too_large" if sum(there) + size > LARGEST_FILES else ""
