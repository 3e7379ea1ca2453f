"""Dates read as people say them, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from mikomi.web.dates import say_exactly, say_span, say_time_left, say_when

TOKYO = ZoneInfo("Asia/Tokyo")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=TOKYO)  # a Tuesday


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOON.replace(hour=15), "Today 15:00"),
        (NOON + timedelta(days=1), "Tomorrow 12:00"),
        (NOON - timedelta(days=1), "Yesterday"),
        (NOON - timedelta(days=7), "Tue 17 Nov"),
        (NOON - timedelta(days=400), "20 Oct 2025"),
        (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), "Today 00:30"),  # already the 24th in Tokyo
    ],
)
def test_moment_is_said_in_the_zone_of_the_business(moment: datetime, words: str) -> None:
    assert say_when(moment, NOON, TOKYO) == words


@pytest.mark.usefixtures("english")
def test_time_of_day_is_added_when_asked_for() -> None:
    assert say_when(NOON - timedelta(days=1), NOON, TOKYO, with_time=True) == "Yesterday 12:00"


@pytest.mark.usefixtures("english")
def test_exact_moment_names_the_zone() -> None:
    assert say_exactly(NOON, TOKYO) == "Tuesday 24 November 2026 12:00 JST"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=45), "45 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=20), "2 h 20 min"),
        (timedelta(hours=23, minutes=50), "23 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=1, hours=6), "30 h"),
        (timedelta(days=3, hours=5), "3 days"),
        (timedelta(minutes=-45), "45 min"),
    ],
)
def test_span_is_said_in_its_largest_units(span: timedelta, words: str) -> None:
    assert say_span(span) == words


@pytest.mark.usefixtures("english")
def test_time_left_turns_into_time_over() -> None:
    assert say_time_left(NOON + timedelta(hours=2), NOON) == "2 h left"
    assert say_time_left(NOON - timedelta(hours=2), NOON) == "2 h over"


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)))
def test_every_span_can_be_said(span: timedelta) -> None:
    assert say_span(span)
