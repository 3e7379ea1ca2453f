"""Numbers, time left and the geometry of the small charts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.web.figures import initials, line_points, place, say_number, say_percent, time_left, tone

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_numbers_are_grouped_and_have_a_true_minus() -> None:
    assert say_number(1234567) == "1,234,567"
    assert say_number(-12.5, 1) == "\N{MINUS SIGN}12.5"
    assert say_percent(0.934, 1) == "93.4%"


@pytest.mark.parametrize(
    ("due", "level"),
    [
        (NOW + DAY, "calm"),
        (NOW + DAY / 4, "soon"),
        (NOW + timedelta(minutes=1), "soon"),
        (NOW, "over"),
        (NOW - DAY, "over"),
    ],
)
def test_time_left_has_a_level(due: datetime, level: str) -> None:
    assert time_left(due, NOW, DAY).level == level


@given(st.timedeltas(min_value=-10 * DAY, max_value=10 * DAY))
def test_share_used_stays_within_the_bar(away: timedelta) -> None:
    assert 0 <= time_left(NOW + away, NOW, DAY).share_used <= 1


def test_empty_span_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        time_left(NOW, NOW, timedelta(0))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_line_stays_within_its_box(values: list[float]) -> None:
    for point in line_points(values, 88, 28).split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= 88
        assert 0 <= y <= 28


def test_place_is_held_inside_the_track() -> None:
    assert place(50, 0, 100) == "50.00%"
    assert place(-5, 0, 100) == "0.00%"
    with pytest.raises(ValueError, match="above"):
        place(1, 2, 2)


@pytest.mark.parametrize(
    ("name", "letters"), [("山田 花子", "山"), ("Emma Wilson", "EW"), ("", "?"), ("👩 x", "👩")]
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text())
def test_tone_is_one_of_six(name: str) -> None:
    assert 0 <= tone(name) <= 5
