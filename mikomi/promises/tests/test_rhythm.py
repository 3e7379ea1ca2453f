"""Time that counts: both processes count it alike, nothing is lost on the way back, and holidays lengthen a quote."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.promises.fitting.fit import fit
from mikomi.promises.fitting.rhythm import Rhythm, rhythm
from mikomi.promises.rules.quoting import Model, Question, late_chance, quote
from mikomi.promises.rules.rhythm import rhythm_of

LAYOUT: dict[str, Any] = {
    "numbers": [],
    "keys": ["store"],
    "ladder": ["store"],
    "chains": [],
    "lively": ["store"],
    "stage_key": "",
}
HOLIDAYS = st.sets(st.integers(-30, 400), max_size=40)
MOMENTS = st.floats(-40, 420, allow_nan=False)


def on_weekdays(holidays: set[int] | frozenset[int] = frozenset()) -> Rhythm:
    """Work that ends from Monday to Friday, whatever the hour."""
    ends = np.random.default_rng(1).uniform(0, 5, 300)
    return rhythm(ends + 7 * np.arange(300) % 140, holidays)


def on_office_days(count: int, seed: int) -> dict[str, list[Any]]:
    """Cases that end from Monday to Friday between 9 and 17, one to six days after they began."""
    rng = random.Random(seed)
    days = [day for day in range(7, 280) if day % 7 < 5]
    ended = [rng.choice(days) + rng.uniform(9, 17) / 24 for _case in range(count)]
    return {
        "began": [end - rng.uniform(1.0, 6.0) for end in ended],
        "ended": ended,
        "staged": [None] * count,
        "numbers": [[] for _case in ended],
        "keys": [["A"] for _case in ended],
    }


@given(HOLIDAYS, st.lists(MOMENTS, min_size=1, max_size=20))
def test_nothing_is_lost_on_the_way_there_and_back(holidays: set[int], moments: list[float]) -> None:
    beat = on_weekdays(holidays)
    there = beat.counted(np.asarray(moments))
    assert beat.on_calendar(there) == pytest.approx(moments, abs=1e-6)
    # And time never runs backwards
    assert (np.diff(beat.counted(np.sort(moments))) >= -1e-9).all()


@given(HOLIDAYS, MOMENTS)
def test_both_processes_count_time_alike(holidays: set[int], moment: float) -> None:
    beat = on_weekdays(holidays)
    read = rhythm_of(beat.plain())
    assert read is not None
    counts = float(beat.counted(np.asarray(moment)))
    assert read.counted(moment) == pytest.approx(counts, abs=1e-9)
    assert read.on_calendar(counts) == pytest.approx(moment, abs=1e-6)


@given(st.integers(0, 300), st.integers(0, 6))
def test_a_holiday_counts_like_the_quietest_day(week: int, weekday: int) -> None:
    day = 7 * week + weekday
    beat = on_weekdays({day})
    own = np.diff(beat.counted(np.asarray([day, day + 1.0])))
    quiet = 7 * (week + 2) + beat.quiet
    assert own == pytest.approx(np.diff(beat.counted(np.asarray([quiet, quiet + 1.0]))))
    # And the days around it as ever
    later = np.asarray([day + 1.0, day + 8.0])
    assert np.diff(beat.counted(later)) == pytest.approx(7.0)


def test_what_ends_on_a_holiday_says_nothing_about_its_weekday() -> None:
    # Given work that ends on weekdays, but never on one of ten Mondays off
    ends = np.asarray([7.0 * week + day + 0.5 for week in range(40) for day in range(5) if day or week % 4])
    off = {7 * week for week in range(0, 40, 4)}
    assert rhythm(ends, off).quiet in (5, 6)
    # When something ends there all the same, then Mondays count as before
    late = np.concatenate([ends, np.asarray(sorted(off)) + 0.5])
    assert rhythm(late, off).passed == pytest.approx(rhythm(ends, off).passed, abs=0.1)


def test_a_holiday_lengthens_a_quote_across_it() -> None:
    # Given work of one to six days that rests on weekends
    cases, monday = on_office_days(600, seed=3), 280.0
    without = Model(fit(layout=LAYOUT, cases=cases, now=monday))
    question = Question(monday + 0.4, {}, {"store": "A"})
    usual = quote(without, question, 0.9).days
    # When Tuesday and Wednesday of the coming week are holidays
    off = Model(fit(layout=LAYOUT, cases=cases, now=monday, holidays=[281, 282]))
    days = quote(off, question, 0.9).days
    # Then the quote is two working days longer, and the same promise is likelier to break
    assert usual is not None
    assert days is not None
    assert usual + 1.5 < days < usual + 4.5
    assert late_chance(off, question, 0.0, usual) > late_chance(without, question, 0.0, usual) + 0.05


def test_nothing_is_quoted_for_a_holiday() -> None:
    cases = on_office_days(600, seed=3)
    model = Model(fit(layout=LAYOUT, cases=cases, now=280.0, holidays=[282, 284, 287]))
    for hour in range(0, 168, 5):
        began = 280.0 + hour / 24
        days = quote(model, Question(began, {}, {"store": "A"}), 0.9).days
        assert days is not None
        assert int(began + days) not in (282, 284, 287)
