"""Working time: opening hours, holidays and breaks, and arithmetic over them.

A day's hours are written in the local time of the business, and turned into UTC intervals day by day;
all lengths are measured in UTC. So an hour of work is an hour also in the night when clocks change.

Closing time and the next opening are the same moment of working time. Going forward the earlier of the
two is answered for an amount above zero ("due at closing time"), going backward the later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_SECONDS = 86_400
HORIZON_DAYS = 4_000
"""How far a search goes, some eleven years; beyond it a calendar counts as never open."""

_CACHED_DAYS = 20_000
_ZERO = timedelta()
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Span = tuple[int, int]
"""Opening and closing in seconds since local midnight; 86,400 is 24:00."""
Spans = tuple[Span, ...]
Interval = tuple[datetime, datetime]
"""Opening and closing as UTC moments; the closing moment is outside."""
Pause = tuple[datetime, datetime | None]
"""Start and end of time on hold; an end of None: still on hold."""


class InvalidHoursError(ValueError):
    """Opening hours that can't be: not a clock time, closing before opening, not seven days."""


class NoWorkingTimeError(ValueError):
    """The calendar has not enough working time within the horizon."""

    def __init__(self, calendar: WorkingCalendar, moment: datetime) -> None:
        super().__init__(
            f"the calendar in {calendar.tz.key} has too little working time within "
            f"{HORIZON_DAYS} days of {moment.isoformat()}"
        )


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When a business works.

    `hours` has seven entries, Monday first. A date in `holidays` is closed, whatever else is said; a date
    in `shifts` has these hours instead of its weekday's; `breaks` are taken out of the date's hours.
    Raises InvalidHoursError.
    """

    tz: ZoneInfo
    hours: tuple[Spans, ...]
    holidays: frozenset[date] = frozenset()
    breaks: Mapping[date, Spans] = field(default_factory=dict, hash=False)
    shifts: Mapping[date, Spans] = field(default_factory=dict, hash=False)
    _days: dict[date, tuple[Interval, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if len(self.hours) != len(WEEKDAYS):
            raise InvalidHoursError(f"hours need an entry for each of 7 weekdays, got {len(self.hours)}")
        for spans in (*self.hours, *self.breaks.values(), *self.shifts.values()):
            for span in spans:
                _check_span(span)


def _check_span(span: Span) -> None:
    opens, closes = span
    if not 0 <= opens < closes <= DAY_SECONDS:
        raise InvalidHoursError(f"closing must follow opening within one day, got {opens} and {closes} s")


# Reading hours as people write them


def parse_clock(text: str) -> int:
    """Seconds since midnight of "9:00", "09:00:30" or "26:00" (2:00 of the next day).

    Raises InvalidHoursError.
    """
    parts = text.strip().split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise InvalidHoursError(f"not a clock time: {text!r}")
    hour, minute, second = (*(int(part) for part in parts), 0)[:3]
    if hour >= 48 or minute >= 60 or second >= 60:
        raise InvalidHoursError(f"not a clock time: {text!r}")
    return hour * 3600 + minute * 60 + second


def parse_span(opens: str, closes: str) -> Span:
    """Opening and closing of one day; a closing time of 00:00 means 24:00. Raises InvalidHoursError."""
    span = (parse_clock(opens), parse_clock(closes) or DAY_SECONDS)
    _check_span(span)
    return span


def weekly_hours(week: Mapping[str, Iterable[tuple[str, str]]]) -> tuple[Spans, ...]:
    """Hours of a week from {"mon": [("09:00", "12:00"), ("13:00", "18:00")], …}.

    Hours beyond midnight ("18:00" to "26:00" or to "02:00") go on into the next weekday.
    Raises InvalidHoursError.
    """
    if unknown := set(week) - set(WEEKDAYS):
        raise InvalidHoursError(f"not a weekday: {', '.join(sorted(unknown))}")
    days: list[list[Span]] = [[] for _ in WEEKDAYS]
    for index, name in enumerate(WEEKDAYS):
        for opens_text, closes_text in week.get(name, ()):
            opens, closes = parse_clock(opens_text), parse_clock(closes_text) or DAY_SECONDS
            if closes < opens:
                closes += DAY_SECONDS
            days[index].append((opens, min(closes, DAY_SECONDS)))
            if closes > DAY_SECONDS:
                days[(index + 1) % 7].append((0, closes - DAY_SECONDS))
    for spans in days:
        for span in spans:
            _check_span(span)
    return tuple(tuple(sorted(spans)) for spans in days)


# One day


def open_intervals(calendar: WorkingCalendar, day: date) -> tuple[Interval, ...]:
    """Working time of one local day, in order and without overlap, as UTC intervals."""
    known = calendar._days.get(day)
    if known is None:
        if len(calendar._days) >= _CACHED_DAYS:
            calendar._days.clear()
        known = calendar._days[day] = _compute_intervals(calendar, day)
    return known


def is_working_day(calendar: WorkingCalendar, day: date) -> bool:
    """Whether there is any working time on this local day."""
    return bool(open_intervals(calendar, day))


def _compute_intervals(calendar: WorkingCalendar, day: date) -> tuple[Interval, ...]:
    spans = calendar.shifts.get(day, calendar.hours[day.weekday()])
    if not spans or day in calendar.holidays:
        return ()
    for pause in calendar.breaks.get(day, ()):
        spans = _without(spans, pause)
    # A change of clocks may move a time out of its day (Samoa had no 30 December 2011): clip to the day.
    first, last = _moment(calendar.tz, day, 0), _moment(calendar.tz, day, DAY_SECONDS)
    return _merged(
        (max(_moment(calendar.tz, day, opens), first), min(_moment(calendar.tz, day, closes), last))
        for opens, closes in spans
    )


def _without(spans: Spans, pause: Span) -> Spans:
    pieces = [
        piece
        for opens, closes in spans
        for piece in ((opens, min(closes, pause[0])), (max(opens, pause[1]), closes))
    ]
    return tuple((opens, closes) for opens, closes in pieces if opens < closes)


def _moment(tz: ZoneInfo, day: date, second: int) -> datetime:
    """The UTC moment of a local clock time: the first of two where clocks go back."""
    if second == DAY_SECONDS:
        day, second = day + timedelta(days=1), 0
    clock = time(second // 3600, second // 60 % 60, second % 60)
    return datetime.combine(day, clock, tz).astimezone(UTC)


def _merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Sorted, without empty intervals; those that touch or overlap are one."""
    merged: list[Interval] = []
    for opens, closes in sorted(intervals):
        if closes <= opens:
            continue
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return tuple(merged)


# Walking over days. Where clocks go back across midnight (Newfoundland until 2011) a moment can lie in the
# intervals of the neighbouring day, therefore every walk begins one day early.


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs its time zone: {moment.isoformat()}")
    return moment.astimezone(UTC)


def _local_ordinal(calendar: WorkingCalendar, moment: datetime) -> int:
    return moment.astimezone(calendar.tz).toordinal()


def _forward(calendar: WorkingCalendar, moment: datetime) -> Iterator[Interval]:
    """Intervals that end after the moment, as far as the horizon."""
    first = _local_ordinal(calendar, moment) - 1
    for ordinal in range(first, min(first + HORIZON_DAYS, date.max.toordinal())):
        for interval in open_intervals(calendar, date.fromordinal(ordinal)):
            if interval[1] > moment:
                yield interval


def _backward(calendar: WorkingCalendar, moment: datetime) -> Iterator[Interval]:
    """Intervals that begin before the moment, the last first, as far back as the horizon."""
    last = _local_ordinal(calendar, moment) + 1
    for ordinal in range(last, max(last - HORIZON_DAYS, 1), -1):
        for interval in reversed(open_intervals(calendar, date.fromordinal(ordinal))):
            if interval[0] < moment:
                yield interval


# Arithmetic


def is_open(calendar: WorkingCalendar, moment: datetime) -> bool:
    """Whether the moment is working time; the closing moment itself is not."""
    moment = _utc(moment)
    middle = _local_ordinal(calendar, moment)
    return any(
        opens <= moment < closes
        for ordinal in range(middle - 1, middle + 2)
        for opens, closes in open_intervals(calendar, date.fromordinal(ordinal))
    )


def working_after(calendar: WorkingCalendar, start: datetime, amount: timedelta) -> datetime:
    """The UTC moment when `amount` of working time has passed since `start`.

    An amount of zero gives the next opening, or `start` while open; below zero it is `working_before`.
    `working_before` is its inverse: keep them together. Raises NoWorkingTimeError.
    """
    if amount < _ZERO:
        return working_before(calendar, start, -amount)
    start, left = _utc(start), amount
    for opens, closes in _forward(calendar, start):
        begin = max(opens, start)
        if left <= closes - begin:
            return begin + left
        left -= closes - begin
    raise NoWorkingTimeError(calendar, start)


def working_before(calendar: WorkingCalendar, end: datetime, amount: timedelta) -> datetime:
    """The UTC moment from which `amount` of working time passes until `end`.

    An amount of zero gives the last closing, or `end` while open; below zero it is `working_after`.
    `working_after` is its inverse: keep them together. Raises NoWorkingTimeError.
    """
    if amount < _ZERO:
        return working_after(calendar, end, -amount)
    end, left = _utc(end), amount
    for opens, closes in _backward(calendar, end):
        finish = min(closes, end)
        if left <= finish - opens:
            return finish - left
        left -= finish - opens
    raise NoWorkingTimeError(calendar, end)


def working_between(calendar: WorkingCalendar, start: datetime, end: datetime) -> timedelta:
    """Working time from `start` to `end`; zero when `end` is not later."""
    start, end = _utc(start), _utc(end)
    total = _ZERO
    if end <= start:
        return total
    for ordinal in range(_local_ordinal(calendar, start) - 1, _local_ordinal(calendar, end) + 2):
        for opens, closes in open_intervals(calendar, date.fromordinal(ordinal)):
            if closes > start and opens < end:
                total += min(closes, end) - max(opens, start)
    return total


def next_opening(calendar: WorkingCalendar, moment: datetime) -> datetime:
    """The first working moment that is not before `moment`: itself while open. Raises NoWorkingTimeError."""
    return working_after(calendar, moment, _ZERO)


def previous_closing(calendar: WorkingCalendar, moment: datetime) -> datetime:
    """The last moment of working time not after `moment`: itself while open. Raises NoWorkingTimeError."""
    return working_before(calendar, moment, _ZERO)


def close_of_day(calendar: WorkingCalendar, moment: datetime) -> datetime:
    """When the business closes for the last time on the local day of the next working moment.

    After closing time and on closed days that is the end of the next working day. Raises NoWorkingTimeError.
    """
    day = next_opening(calendar, moment).astimezone(calendar.tz).date()
    return open_intervals(calendar, day)[-1][1]


# Working days


def add_working_days(calendar: WorkingCalendar, start: datetime, n: int) -> datetime:
    """The same local time on the n-th working day after the day of `start`, or the next opening after it.

    The day of `start` is day 0 whether it is a working day or not: three working days from a Saturday end
    on Wednesday (as in 「3営業日以内」, and as Zendesk's `biz` counts). Below zero it counts backward.
    Raises NoWorkingTimeError.
    """
    if n < 0:
        return subtract_working_days(calendar, start, -n)
    return next_opening(calendar, _on_working_day(calendar, start, n, step=1))


def subtract_working_days(calendar: WorkingCalendar, end: datetime, n: int) -> datetime:
    """The same local time on the n-th working day before, or the last closing before it.

    Raises NoWorkingTimeError.
    """
    if n < 0:
        return add_working_days(calendar, end, -n)
    return previous_closing(calendar, _on_working_day(calendar, end, n, step=-1))


def _on_working_day(calendar: WorkingCalendar, moment: datetime, n: int, *, step: int) -> datetime:
    local = _utc(moment).astimezone(calendar.tz)
    ordinal, left = local.toordinal(), n
    for _ in range(HORIZON_DAYS):
        if left == 0:
            return datetime.combine(date.fromordinal(ordinal), local.time(), calendar.tz)
        ordinal += step
        if not 1 <= ordinal < date.max.toordinal():
            break
        left -= is_working_day(calendar, date.fromordinal(ordinal))
    raise NoWorkingTimeError(calendar, moment)


# Targets that stand still while on hold


def elapsed(calendar: WorkingCalendar, start: datetime, end: datetime, pauses: Iterable[Pause]) -> timedelta:
    """Working time from `start` to `end` that was not on hold."""
    total, since = _ZERO, _utc(start)
    for pause_start, pause_end in _sorted_pauses(pauses):
        total += working_between(calendar, since, min(pause_start, end))
        if pause_end is None:
            return total
        since = max(since, pause_end)
    return total + working_between(calendar, since, end)


def elapsed_target(
    calendar: WorkingCalendar, start: datetime, amount: timedelta, pauses: Iterable[Pause]
) -> datetime | None:
    """When `amount` of working time will have passed since `start`, time on hold not counted.

    None while the target is on hold without an end and was not reached before. Raises NoWorkingTimeError.
    """
    since, left = _utc(start), amount
    for pause_start, pause_end in _sorted_pauses(pauses):
        available = working_between(calendar, since, pause_start)
        if left <= available and since < pause_start:
            return working_after(calendar, since, left)
        left -= available
        if pause_end is None:
            return None
        since = max(since, pause_end)
    return working_after(calendar, since, left)


def _sorted_pauses(pauses: Iterable[Pause]) -> list[Pause]:
    return sorted(
        ((_utc(start), None if end is None else _utc(end)) for start, end in pauses),
        key=lambda pause: pause[0],
    )
