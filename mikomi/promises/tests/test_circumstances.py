"""What stands around a promise: goods, other work, colleagues."""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import replace
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from math import exp, log
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.calendars.rules import WorkingCalendar
from mikomi.promises.operations.comparables import quantiles
from mikomi.promises.rules import breach
from mikomi.promises.rules.breach import Past
from mikomi.promises.rules.circumstances import Circumstances, Habit, Load, Shortage
from mikomi.promises.rules.hazard import Seen, elasticity, neutral
from mikomi.promises.rules.presence import Presence
from mikomi.promises.rules.queues import Stay, ahead_at_coming
from mikomi.promises.tests.ledger import DAY
from tests.cast import NOON

HABIT = Habit(0.8, Load(4, 2.0), 2.5, 200)
SHARES = Past(tuple(place / 10 for place in range(21)), 100)
chances = st.floats(0.0, 1.0)
loads = st.builds(Load, st.integers(0, 500), st.floats(0.0, 20.0))


# The rules


@given(chances, loads, loads)
def test_more_work_for_each_colleague_never_lowers_the_chance_of_breach(
    share: float, one: Load, other: Load
) -> None:
    less, more = sorted((one, other), key=lambda load: load.per_head)
    calm = breach.risk(share, SHARES, Circumstances(None, less, HABIT).slowness)
    busy = breach.risk(share, SHARES, Circumstances(None, more, HABIT).slowness)
    assert 0.0 <= calm <= busy + 1e-12 <= 1.0 + 1e-12


@given(chances, chances, loads)
def test_time_alone_never_lowers_it_whatever_the_load(one: float, other: float, load: Load) -> None:
    slowness = Circumstances(None, load, HABIT).slowness
    early, late = sorted((one, other))
    assert breach.risk(early, SHARES, slowness) <= breach.risk(late, SHARES, slowness) + 1e-12


@given(chances, st.integers(-3, 30))
def test_missing_goods_never_lower_it(share: float, days: int) -> None:
    now, due = NOON, NOON + 10 * DAY
    without = Circumstances(Shortage(1, None if days < 0 else now + days * DAY))
    plain = breach.forecast(SHARES, share, now, due, None)
    short = breach.forecast(SHARES, share, now, due, None, around=without)
    assert short.risk >= plain.risk
    if days >= 10:
        assert short.risk >= breach.ESTIMATE_LATE


def test_without_history_of_the_load_nothing_is_claimed() -> None:
    assert Circumstances(None, Load(99, 0.1), None).slowness == 1.0
    assert Circumstances(None, Load(99, 0.1), replace(HABIT, elasticity=0.0)).slowness == 1.0


def test_the_reasons_say_what_is_unlike_the_usual() -> None:
    assert Circumstances(None, Load(4, 2.0), HABIT).reasons == ()
    assert Circumstances(None, Load(40, 2.0), HABIT).reasons == ("queue",)
    assert Circumstances(None, Load(4, 0.5), HABIT).reasons == ()  # the shop is closed: nobody is missed
    assert Circumstances(None, Load(4, 0.5, 0.75), HABIT).reasons == ("few_staff",)
    assert Circumstances(Shortage(2), Load(40, 0.5, 0.75), HABIT).reasons == (
        "no_stock",
        "queue",
        "few_staff",
    )
    assert Circumstances(Shortage(2, NOON)).reasons == ("stock_later",)


def test_presence_counts_open_hours_and_who_is_there() -> None:
    zone = ZoneInfo("Asia/Tokyo")
    weekdays = tuple(((36_000, 64_800),) if day < 5 else () for day in range(7))  # 10:00-18:00
    calendar = WorkingCalendar(tz=zone, hours=weekdays)
    monday = date(2026, 11, 16)
    curve = Presence(calendar, monday, monday + timedelta(days=13), lambda day: 1 if day.day == 17 else 3)

    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 11, day, hour, tzinfo=zone)

    assert curve.between(at(16, 10), at(16, 18)) == pytest.approx(3.0)
    assert curve.between(at(17, 10), at(17, 14)) == pytest.approx(1.0)
    assert curve.between(at(21, 0), at(23, 0)) == pytest.approx(0.0)
    assert curve.between(at(16, 0), at(17, 0)) == pytest.approx(1.0)
    assert curve.between(at(18, 12), at(18, 12)) == 0.0


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30), st.integers(0, 40)), max_size=30))
def test_what_stood_before_a_case_is_counted_as_one_would_by_hand(raw: list[tuple[int, int, int]]) -> None:
    stays = [
        Stay(came + place / 100, came + place / 100 + lasts, came + place / 100 + left if left else None)
        for place, (came, lasts, left) in enumerate(raw)
    ]
    by_hand = [
        sum(
            other.came < one.came and (other.left is None or other.left > one.came) and other.due <= one.due
            for other in stays
        )
        for one in stays
    ]
    assert ahead_at_coming(stays) == by_hand


# Learned: simulations


def test_the_elasticity_of_a_known_hazard_is_found_with_a_third_of_the_cases_still_open() -> None:
    rng, found = random.Random(4), []
    for _sample in range(20):
        seen = []
        for _case in range(400):
            x = rng.gauss(0, 1)
            took, censored = rng.expovariate(exp(-0.7 * x)), rng.expovariate(0.5)
            seen.append(Seen(min(took, censored), took <= censored, x))
        found.append(elasticity(seen))
    assert sum(found) / len(found) == pytest.approx(0.7, abs=0.05)


def test_work_that_no_queue_slows_is_hardly_slowed() -> None:
    rng = random.Random(5)
    seen = [Seen(rng.expovariate(1.0), True, rng.gauss(0, 1)) for _case in range(400)]
    assert elasticity(seen) < 0.15
    assert elasticity([]) == 0.0


Job = tuple[float, float, float, int]
"""Came, due, done, how many were ahead."""


def _shop(rng: random.Random, days: float) -> list[Job]:
    """Two colleagues, first come first served, a week in three twice as busy. Promised: one day."""
    free, jobs, at = [0.0, 0.0], [], 0.0
    while at < days:
        at += rng.expovariate(11.0 if int(at / 7) % 3 == 2 else 5.0)
        start = max(at, heappop(free))
        done = start + rng.expovariate(1 / 0.18)
        heappush(free, done)
        jobs.append((at, at + 1.0, done))
    ends = sorted(job[2] for job in jobs)
    return [
        (came, due, done, place - bisect_left(ends, came)) for place, (came, due, done) in enumerate(jobs)
    ]


def test_the_load_makes_forecasts_truer_and_keeps_them_calibrated() -> None:
    rng = random.Random(6)
    past, coming = _shop(rng, 200), _shop(rng, 400)
    shares = Past(tuple(quantiles(sorted(done - came for came, _due, done, _ahead in past))), len(past))
    cases = [Seen(done - came, True, log(1 + ahead)) for came, _due, done, ahead in past]
    late = sum(done > due for _came, due, done, _ahead in past) / len(past)
    found = elasticity(cases)
    habit = Habit(found, Load(2, 1.0), neutral([exp(case.x) for case in cases], late, found), len(cases))

    stated = [
        (breach.risk(0.0, shares, slowness), done > due)
        for _came, due, done, ahead in coming
        for slowness in (Circumstances(None, Load(ahead, 1.0), habit).slowness,)
    ]
    plain = breach.risk(0.0, shares)
    with_load = sum((risk - late) ** 2 for risk, late in stated) / len(stated)
    without = sum((plain - late) ** 2 for _risk, late in stated) / len(stated)
    assert habit.elasticity > 0.3
    assert with_load < 0.6 * without
    # Calibrated as a whole, and in each fifth by the chance stated what came is near to what was said.
    assert _said(stated) == pytest.approx(_came(stated), abs=0.06)
    stated.sort()
    fifths = [stated[part * len(stated) // 5 : (part + 1) * len(stated) // 5] for part in range(5)]
    off = [abs(_said(fifth) - _came(fifth)) for fifth in fifths]
    assert sum(off) / 5 < 0.12


def _said(stated: list[tuple[float, bool]]) -> float:
    return sum(risk for risk, _late in stated) / len(stated)


def _came(stated: list[tuple[float, bool]]) -> float:
    return sum(late for _risk, late in stated) / len(stated)
