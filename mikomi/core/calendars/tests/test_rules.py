"""Working time: examples that a person can follow, then properties for all calendars."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import corpus
from mikomi.core.calendars.rules import (
    InvalidHoursError,
    NoWorkingTimeError,
    WorkingCalendar,
    add_working_days,
    close_of_day,
    elapsed,
    elapsed_target,
    is_open,
    next_opening,
    open_intervals,
    parse_clock,
    parse_span,
    previous_closing,
    subtract_working_days,
    weekly_hours,
    working_after,
    working_before,
    working_between,
)
from tests.paths import shared

TOKYO = ZoneInfo("Asia/Tokyo")
HOUR = timedelta(hours=1)
ZERO = timedelta()
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE_DAY = (("09:00", "12:00"), ("13:00", "18:00"))

office = WorkingCalendar(
    TOKYO,
    weekly_hours(dict.fromkeys(WEEKDAYS, OFFICE_DAY)),
    holidays=frozenset({date(2026, 11, 23)}),
    breaks={date(2026, 11, 25): (parse_span("10:00", "11:00"),)},
    shifts={date(2026, 11, 28): (parse_span("10:00", "15:00"),)},
)
always = WorkingCalendar(TOKYO, weekly_hours(dict.fromkeys((*WEEKDAYS, "sat", "sun"), (("00:00", "24:00"),))))
never = WorkingCalendar(TOKYO, ((),) * 7)


def at(text: str, tz: ZoneInfo = TOKYO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz)


# Examples. Friday is 20 November 2026; Monday the 23rd is a holiday.


def test_work_goes_on_after_lunch() -> None:
    assert working_after(office, at("2026-11-20 11:30"), HOUR) == at("2026-11-20 13:30")


def test_work_goes_on_after_weekend_and_holiday() -> None:
    assert working_after(office, at("2026-11-20 17:00"), 2 * HOUR) == at("2026-11-24 10:00")


def test_exactly_the_rest_of_the_day_ends_at_closing_time() -> None:
    assert working_after(office, at("2026-11-20 17:00"), HOUR) == at("2026-11-20 18:00")


def test_nothing_to_do_is_done_at_the_next_opening() -> None:
    assert working_after(office, at("2026-11-20 18:00"), ZERO) == at("2026-11-24 09:00")
    assert working_before(office, at("2026-11-24 09:00"), ZERO) == at("2026-11-20 18:00")


def test_a_break_is_no_working_time() -> None:
    assert working_between(office, at("2026-11-25 09:00"), at("2026-11-25 12:00")) == 2 * HOUR


def test_a_shift_opens_a_saturday() -> None:
    assert is_open(office, at("2026-11-28 14:59"))
    assert not is_open(office, at("2026-11-28 15:00"))
    assert not is_open(office, at("2026-11-21 14:59"))


def test_a_holiday_stays_closed_whatever_the_shift_says() -> None:
    holiday = date(2026, 11, 23)
    calendar = WorkingCalendar(
        TOKYO, office.hours, frozenset({holiday}), shifts={holiday: (parse_span("10:00", "12:00"),)}
    )
    assert open_intervals(calendar, holiday) == ()


def test_hours_beyond_midnight_go_on_into_the_next_day() -> None:
    for closes in ("26:00", "02:00"):
        bar = WorkingCalendar(TOKYO, weekly_hours({"sun": [("18:00", closes)]}))
        assert is_open(bar, at("2026-11-23 01:59"))
        assert not is_open(bar, at("2026-11-23 02:00"))
        assert working_between(bar, at("2026-11-22 00:00"), at("2026-11-24 00:00")) == 8 * HOUR


def test_the_night_when_clocks_go_forward_is_an_hour_shorter() -> None:
    london = WorkingCalendar(ZoneInfo("Europe/London"), always.hours)
    midnight, noon = at("2026-03-29 00:00", london.tz), at("2026-03-29 12:00", london.tz)
    assert working_between(london, midnight, noon) == 11 * HOUR
    assert working_after(london, midnight, 11 * HOUR) == noon


def test_the_night_when_clocks_go_back_is_an_hour_longer() -> None:
    london = WorkingCalendar(ZoneInfo("Europe/London"), always.hours)
    midnight, noon = at("2026-10-25 00:00", london.tz), at("2026-10-25 12:00", london.tz)
    assert working_between(london, midnight, noon) == 13 * HOUR


def test_a_day_that_a_country_left_out_has_no_working_time() -> None:
    samoa = WorkingCalendar(ZoneInfo("Pacific/Apia"), always.hours)
    assert open_intervals(samoa, date(2011, 12, 30)) == ()
    before, after = at("2011-12-29 12:00", samoa.tz), at("2011-12-31 12:00", samoa.tz)
    assert working_between(samoa, before, after) == 24 * HOUR


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-19 15:00", 1, "2026-11-20 15:00"),
        ("2026-11-20 15:00", 3, "2026-11-26 15:00"),  # over the weekend and the holiday
        ("2026-11-21 15:00", 3, "2026-11-26 15:00"),  # Saturday is day 0
        ("2026-11-20 20:00", 1, "2026-11-25 09:00"),  # after closing time: the next opening
        ("2026-11-20 12:30", 1, "2026-11-24 13:00"),  # in the lunch break
        ("2026-11-21 15:00", 0, "2026-11-24 09:00"),
    ],
)
def test_working_days(start: str, days: int, expected: str) -> None:
    assert add_working_days(office, at(start), days) == at(expected)


def test_working_days_backward_end_at_the_last_closing() -> None:
    assert subtract_working_days(office, at("2026-11-25 20:00"), 1) == at("2026-11-24 18:00")
    assert add_working_days(office, at("2026-11-24 10:00"), -1) == at("2026-11-20 10:00")


def test_close_of_day_is_that_of_the_next_working_moment() -> None:
    assert close_of_day(office, at("2026-11-20 08:00")) == at("2026-11-20 18:00")
    assert close_of_day(office, at("2026-11-20 18:00")) == at("2026-11-24 18:00")
    assert close_of_day(office, at("2026-11-22 10:00")) == at("2026-11-24 18:00")


def test_a_calendar_that_never_opens_says_so() -> None:
    start = at("2026-11-20 15:00")
    assert not is_open(never, start)
    assert working_between(never, start, at("2027-11-20 15:00")) == ZERO
    for ask in (next_opening, previous_closing, close_of_day):
        with pytest.raises(NoWorkingTimeError, match="Asia/Tokyo"):
            ask(never, start)
    with pytest.raises(NoWorkingTimeError):
        add_working_days(never, start, 1)
    with pytest.raises(NoWorkingTimeError):
        working_after(office, start, timedelta(days=100_000))


def test_the_end_of_time_is_no_trap() -> None:
    with pytest.raises(NoWorkingTimeError):
        working_after(never, datetime(9999, 12, 1, tzinfo=UTC), HOUR)
    with pytest.raises(NoWorkingTimeError):
        subtract_working_days(never, datetime(1, 2, 1, tzinfo=UTC), 5)


@pytest.mark.parametrize("text", ["", "9", "9:60", "48:00", "-1:00", "a:b", "9:00:00:00", "９:00"])
def test_what_is_no_clock_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidHoursError):
        parse_clock(text)


def test_impossible_hours_are_refused() -> None:
    with pytest.raises(InvalidHoursError):
        parse_span("18:00", "09:00")
    with pytest.raises(InvalidHoursError):
        weekly_hours({"mon": [("09:00", "09:00")]})
    with pytest.raises(InvalidHoursError, match="monday"):
        weekly_hours({"monday": []})
    with pytest.raises(InvalidHoursError):
        WorkingCalendar(TOKYO, ())


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_opening(office, datetime(2026, 11, 20))  # noqa: DTZ001 (what is refused)


def test_a_calendar_can_be_compared_hashed_and_sent() -> None:
    next_opening(office, at("2026-11-20 08:00"))
    copy = pickle.loads(pickle.dumps(office))
    assert copy == office
    assert hash(copy) == hash(office)


# Time on hold


def test_time_on_hold_moves_the_target() -> None:
    start = at("2026-11-20 09:00")
    hold = (at("2026-11-20 10:00"), at("2026-11-20 14:00"))
    assert elapsed_target(office, start, 3 * HOUR, [hold]) == at("2026-11-20 16:00")
    assert elapsed(office, start, at("2026-11-20 16:00"), [hold]) == 3 * HOUR


def test_overlapping_holds_count_once() -> None:
    start = at("2026-11-20 09:00")
    holds = [
        (at("2026-11-20 10:30"), at("2026-11-20 11:30")),
        (at("2026-11-20 10:00"), at("2026-11-20 11:00")),
    ]
    assert elapsed_target(office, start, 2 * HOUR, holds) == at("2026-11-20 13:30")
    assert elapsed(office, start, at("2026-11-20 12:00"), holds) == 1.5 * HOUR


def test_a_hold_without_end_has_no_target_unless_it_was_reached() -> None:
    start = at("2026-11-20 09:00")
    hold = (at("2026-11-20 11:00"), None)
    assert elapsed_target(office, start, 2 * HOUR, [hold]) == at("2026-11-20 11:00")
    assert elapsed_target(office, start, 3 * HOUR, [hold]) is None
    assert elapsed(office, start, at("2026-12-20 09:00"), [hold]) == 2 * HOUR


# The facts of others


def facts(*parts: str) -> Any:
    path = shared("corpus", "business_time", *parts)
    return None if path is None else json.loads(path.read_text(encoding="utf-8"))


def core_facts() -> Iterator[dict[str, Any]]:
    for fact in facts("facts.json") or []:
        if fact["tier"] == "core" and "T" in fact["start"]:
            yield fact


def test_core_facts_agree() -> None:
    for fact in core_facts():
        start = datetime.fromisoformat(fact["start"])
        end = datetime.fromisoformat(fact["end"]) if "end" in fact else None
        got = corpus.calc(fact["op"], fact["calendar"], start, fact.get("n"), fact.get("unit"), end)
        if isinstance(got, datetime):
            assert end is not None
            between = corpus.calc("within", fact["calendar"], min(got, end), None, None, max(got, end))
            assert between == pytest.approx(0, abs=1), fact["id"]
        elif fact["op"] == "in_hours":
            assert got is fact["result"], fact["id"]
        else:  # recorded in whole seconds
            assert got == pytest.approx(fact["seconds"], abs=1), fact["id"]


def test_pause_facts_agree() -> None:
    known = facts("sla_pause_facts.json") or {"working_minutes": [], "destination": []}

    def minute(n: float) -> datetime:
        return at("2026-11-20 09:00") + timedelta(minutes=n)

    pending, closed = (minute(90), minute(120)), (minute(120), None)
    for fact in known["working_minutes"]:
        start = minute(max(0, fact["from"]))  # the case does not exist before
        assert elapsed(always, start, minute(fact["to"]), [pending, closed]) == timedelta(
            minutes=fact["expect"]
        )
    for fact in known["destination"]:
        target = elapsed_target(always, minute(fact["start"]), timedelta(minutes=fact["span"]), [pending])
        assert target == minute(fact["expect"])


# Properties

quick = settings(max_examples=40)  # drawing a calendar is the slow part

zones = st.sampled_from(
    ["Asia/Tokyo", "UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "America/St_Johns"]
)
moments = st.integers(1_262_304_000, 1_893_456_000).map(  # 2010 to 2030
    lambda second: datetime.fromtimestamp(second, UTC)
)
amounts = st.integers(0, 200 * 3600).map(lambda seconds: timedelta(seconds=seconds))


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return tuple((a * 900, b * 900) for a, b in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    hours = [draw(spans()) for _ in range(6)]
    dates = st.dates(date(2010, 1, 1), date(2030, 1, 1))
    return WorkingCalendar(
        ZoneInfo(draw(zones)),
        (*hours, ((9 * 3600, 24 * 3600),)),  # open on Sundays at least
        frozenset(draw(st.sets(dates, max_size=3))),
        draw(st.dictionaries(dates, spans(), max_size=2)),
        draw(st.dictionaries(dates, spans(), max_size=2)),
    )


@quick
@given(calendars(), moments, amounts)
def test_after_is_measured_by_between(calendar: WorkingCalendar, start: datetime, amount: timedelta) -> None:
    end = working_after(calendar, start, amount)
    assert end >= start
    assert working_between(calendar, start, end) == amount


@quick
@given(calendars(), moments, amounts)
def test_before_is_measured_by_between(calendar: WorkingCalendar, end: datetime, amount: timedelta) -> None:
    start = working_before(calendar, end, amount)
    assert start <= end
    assert working_between(calendar, start, end) == amount


@quick
@given(calendars(), moments, amounts)
def test_before_undoes_after(calendar: WorkingCalendar, start: datetime, amount: timedelta) -> None:
    there_and_back = working_before(calendar, working_after(calendar, start, amount), amount)
    first, last = sorted((there_and_back, start))
    assert working_between(calendar, first, last) == ZERO


@quick
@given(calendars(), moments, amounts, amounts)
def test_after_adds_up(calendar: WorkingCalendar, start: datetime, one: timedelta, two: timedelta) -> None:
    whole = working_after(calendar, start, one + two)
    steps = working_after(calendar, working_after(calendar, start, one), two)
    first, last = sorted((whole, steps))
    assert working_between(calendar, first, last) == ZERO


@quick
@given(calendars(), st.lists(moments, min_size=3, max_size=3).map(sorted))
def test_between_is_additive_and_never_longer_than_the_clock(
    calendar: WorkingCalendar, three: list[datetime]
) -> None:
    first, middle, last = (
        three[0],
        three[0] + (three[1] - three[0]) / 50,
        three[0] + (three[2] - three[0]) / 50,
    )
    whole = working_between(calendar, first, last)
    assert ZERO <= whole <= last - first
    assert whole == working_between(calendar, first, middle) + working_between(calendar, middle, last)
    assert working_between(calendar, last, first) == ZERO


@quick
@given(calendars(), moments)
def test_the_next_opening_is_open_and_nothing_lies_before_it(
    calendar: WorkingCalendar, moment: datetime
) -> None:
    opening = next_opening(calendar, moment)
    assert is_open(calendar, opening)
    assert working_between(calendar, moment, opening) == ZERO
    assert is_open(calendar, moment) == (opening == moment)
    assert close_of_day(calendar, moment) > opening


@quick
@given(calendars(), moments, st.integers(0, 30), st.integers(0, 30))
def test_working_days_never_go_back(calendar: WorkingCalendar, start: datetime, few: int, more: int) -> None:
    earlier = add_working_days(calendar, start, few)
    assert start <= earlier <= add_working_days(calendar, start, few + more)
    assert is_open(calendar, earlier)


@quick
@given(calendars(), moments, amounts, st.lists(st.tuples(moments, amounts), max_size=3))
def test_the_target_is_reached_when_as_much_has_elapsed(
    calendar: WorkingCalendar, start: datetime, amount: timedelta, holds: list[tuple[datetime, timedelta]]
) -> None:
    pauses = [
        (start + (begin - start) / 100, start + (begin - start) / 100 + length) for begin, length in holds
    ]
    target = elapsed_target(calendar, start, amount, pauses)
    assert target is not None
    assert elapsed(calendar, start, target, pauses) == amount
