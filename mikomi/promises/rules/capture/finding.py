"""From a text to the promises in it: sentence by sentence, each language by its own grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

from mikomi.core.calendars.rules import WorkingCalendar
from mikomi.promises.rules.capture import english, japanese
from mikomi.promises.rules.capture.days import Due, Frame, NoSuchDayError

MOST = 10
"""Nobody promises more in one letter; the rest is left to the person."""
LONGEST = 400
"""Characters of a sentence; what is longer is a list or a table."""

_JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
_QUOTED_LINE = re.compile(r"^\s*(?:>|＞|\|)")
_QUOTE_BEGINS = re.compile(
    r"^(?:-{3,}|_{5,}|-- ?$|On .{5,120} wrote:|From: |差出人[:：]|送信日時[:：]|.{0,80}のメール[:：]|"
    r"\d{4}年\d{1,2}月\d{1,2}日.{0,60}<.*>[:：])"
)


@dataclass(frozen=True, slots=True)
class Captured:
    """A promise in a text: `statement` in the words used, at `start`…`end` of the text; due at a moment or by the
    end of a day. `kind`: callback, delivery, shipping or custom."""

    kind: str
    statement: str
    due: Due
    start: int
    end: int


def capture(text: str, now: datetime, calendar: WorkingCalendar) -> list[Captured]:
    """The promises in what we write, in the order of the text. What is quoted below the text is left out."""
    frame = Frame(now.astimezone(calendar.tz), calendar)
    found = []
    for start, sentence in sentences(text):
        one = _promise_in(sentence, start, frame)
        if one is not None:
            found.append(one)
        if len(found) == MOST:
            break
    return found


def _promise_in(sentence: str, start: int, frame: Frame) -> Captured | None:
    if len(sentence) > LONGEST:
        return None
    grammar: ModuleType = japanese if _JAPANESE.search(sentence) else english
    try:
        found = grammar.promise_in(sentence, frame)
    except NoSuchDayError:
        return None
    if found is None:
        return None
    kind, due = found
    moment = due if isinstance(due, datetime) else None
    if (moment is not None and moment <= frame.now) or (moment is None and due < frame.today):
        return None
    return Captured(kind, sentence, due, start, start + len(sentence))


_ENDS = re.compile(r"[。！？!?]+|\n+|(?<![ap]\.m)(?<!\bNo)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)\.(?=\s|$)")
_MONTH_DOT = re.compile(r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)$")


def sentences(text: str) -> list[tuple[int, str]]:
    """The sentences with where each begins, up to the quoted mail below. Full stops of a.m., Nov. and No. end none."""
    result: list[tuple[int, str]] = []
    place = 0
    for line in text.splitlines(keepends=True):
        if _QUOTE_BEGINS.match(line):
            break
        if not _QUOTED_LINE.match(line):
            result += _in_line(line, place)
        place += len(line)
    return result


def _in_line(line: str, place: int) -> list[tuple[int, str]]:
    pieces, begin = [], 0
    for end in _ENDS.finditer(line):
        if end.group() == "." and _MONTH_DOT.search(line[: end.start()]):
            continue
        pieces.append((begin, end.end()))
        begin = end.end()
    pieces.append((begin, len(line)))
    found = []
    for first, last in pieces:
        piece = line[first:last]
        words = piece.strip(" \t\r\n　・-*•")
        if words:
            found.append((place + first + piece.index(words), words))
    return found
