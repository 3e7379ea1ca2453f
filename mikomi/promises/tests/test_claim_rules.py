"""Claims are judged by what their wording demands, and looking often does not make false verdicts more frequent."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mikomi.promises.rules.claims import (
    ERROR,
    NEEDED,
    Basis,
    Bound,
    ClaimError,
    ClaimTerms,
    Outcome,
    check_terms,
    check_value,
    judge,
    known_of,
    lopsidedness,
)
from mikomi.promises.rules.sequential import Bounded, Mean, Share, interval

CAR = ClaimTerms(Basis.AVERAGE, Bound.ABOUT, 30, "mpg", tolerance=5)
BATTERY = ClaimTerms(Basis.AVERAGE, Bound.AT_LEAST, 10, "hours", tolerance=0.5)
ANSWERS = ClaimTerms(Basis.EACH, Bound.AT_MOST, 2, "minutes", share=0.9)
RECOMMENDED = ClaimTerms(Basis.YES_NO, Bound.AT_LEAST, 0.98, "%", tolerance=0.03)
WAIT = ClaimTerms(Basis.AVERAGE, Bound.AT_MOST, 5, "minutes", ceiling=60)


def normal(seed: int, mean: float, spread: float, count: int) -> list[float]:
    source = random.Random(seed)
    return [source.gauss(mean, spread) for _ in range(count)]


# The car


def test_the_car_that_claims_30_and_gives_18_to_20_is_broken_after_few_measurements() -> None:
    verdict = judge(CAR, [18, 20, 19, 18.5, 19.5])

    assert verdict.outcome is Outcome.BROKEN
    assert verdict.estimate == pytest.approx(19)
    assert verdict.high is not None
    assert verdict.high < 25


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_order_of_chance_six_measurements_between_18_and_20_are_enough(seed: int) -> None:
    source = random.Random(seed)
    assert judge(CAR, [source.uniform(18, 20) for _ in range(6)]).outcome is Outcome.BROKEN


def test_one_that_gives_around_26_stays_undecided_until_there_are_enough() -> None:
    values = normal(7, 26, 2, 200)

    few, many = judge(CAR, values[:10]), judge(CAR, values)

    assert few.outcome is Outcome.UNDECIDED
    assert few.more is not None
    assert many.outcome is Outcome.KEPT
    assert many.low is not None
    assert many.low > 25


def test_three_measurements_never_decide_about_a_mean() -> None:
    assert judge(CAR, [1, 1.01, 1.02]).outcome is Outcome.UNDECIDED
    assert judge(CAR, [1]).more is None


def test_about_needs_both_sides() -> None:
    assert judge(CAR, normal(1, 30, 2, 30)).outcome is Outcome.KEPT
    assert judge(CAR, normal(2, 41, 2, 30)).outcome is Outcome.BROKEN


def test_nothing_measured_proves_nothing() -> None:
    verdict = judge(CAR, [])
    assert (verdict.outcome, verdict.count, verdict.estimate) == (Outcome.UNDECIDED, 0, None)


# One side


def test_at_least_is_kept_exceeded_or_broken() -> None:
    assert judge(BATTERY, normal(3, 10, 0.5, 60)).outcome is Outcome.KEPT
    assert judge(BATTERY, normal(4, 12, 0.5, 60)).outcome is Outcome.EXCEEDED
    assert judge(BATTERY, normal(5, 8.5, 0.5, 60)).outcome is Outcome.BROKEN


def test_answers_within_two_minutes_count_case_by_case() -> None:
    quick, slow = [0.5] * 194 + [9.0] * 6, [0.5] * 30 + [9.0] * 20

    assert judge(ANSWERS, quick).outcome is Outcome.KEPT
    assert judge(ANSWERS, slow).outcome is Outcome.BROKEN
    assert judge(ANSWERS, quick).estimate == pytest.approx(0.97)


def test_98_percent_would_recommend_is_a_share_of_people() -> None:
    assert judge(RECOMMENDED, [1.0] * 297 + [0.0] * 3).outcome is Outcome.KEPT
    assert judge(RECOMMENDED, [1.0] * 24 + [0.0] * 8).outcome is Outcome.BROKEN
    assert judge(RECOMMENDED, [1.0] * 20).outcome is Outcome.UNDECIDED


def test_up_to_is_kept_when_enough_of_them_reach_it() -> None:
    up_to = ClaimTerms(Basis.EACH, Bound.AT_LEAST, 10, "hours", share=0.1)
    assert judge(up_to, [10.5] * 20 + [7.0] * 60).outcome is Outcome.KEPT
    assert judge(up_to, [7.0] * 80).outcome is Outcome.BROKEN


# Looking after every measurement: simulated at the limit itself, where errors are most frequent.

RUNS, LOOKS = 800, 150
ALLOWED = ERROR + 2 * (ERROR * (1 - ERROR) / RUNS) ** 0.5


def false_rate(is_false: Callable[[random.Random], bool]) -> float:
    return sum(is_false(random.Random(run)) for run in range(RUNS)) / RUNS


def running_means(values: Sequence[float]) -> list[Mean]:
    found, count, mean, squares = [], 0, 0.0, 0.0
    for value in values:
        count, distance = count + 1, value - mean
        mean += distance / count
        squares += distance * (value - mean)
        found.append(Mean(count, mean, (squares / max(1, count - 1)) ** 0.5))
    return found


@pytest.mark.parametrize("limit", [25.0, 35.0])
def test_a_mean_at_the_limit_is_falsely_judged_in_one_of_twenty_cases_at_most(limit: float) -> None:
    """Above the lower and below the upper limit: a false "kept"; the other sides: a false "broken"."""

    def ever(is_shown: Callable[[Mean], bool]) -> float:
        def once(source: random.Random) -> bool:
            return any(map(is_shown, running_means([source.gauss(limit, 2) for _ in range(LOOKS)])))

        return false_rate(once)

    assert ever(lambda known: known.value > limit and known.above(limit) >= NEEDED) <= ALLOWED
    assert ever(lambda known: known.value < limit and known.below(limit) >= NEEDED) <= ALLOWED


@pytest.mark.parametrize("share", [0.1, 0.9, 0.95])
def test_a_share_at_the_limit_is_falsely_judged_in_one_of_twenty_cases_at_most(share: float) -> None:
    def ever(is_shown: Callable[[Share], bool]) -> float:
        def once(source: random.Random) -> bool:
            hits = accumulate(int(source.random() < share) for _ in range(LOOKS))
            return any(is_shown(Share(number, found)) for number, found in enumerate(hits, 1))

        return false_rate(once)

    assert ever(lambda known: known.value > share and known.above(share) >= NEEDED) <= ALLOWED
    assert ever(lambda known: known.value < share and known.below(share) >= NEEDED) <= ALLOWED


def test_lopsided_waiting_times_with_a_ceiling_are_falsely_judged_as_rarely() -> None:
    """Exponential times cut at the ceiling. Taken as evenly scattered, a sixth of them would be judged falsely."""

    def once(source: random.Random) -> bool:
        values = [min(10.0, source.expovariate(1)) for _ in range(60)]
        return any(Bounded(tuple(values[:count]), 10).below(1) >= NEEDED for count in range(4, 60, 7))

    runs = 150
    assert sum(once(random.Random(run)) for run in range(runs)) / runs <= ERROR


def test_waiting_times_that_are_short_enough_are_found_so() -> None:
    source = random.Random(3)
    values = [min(60.0, source.expovariate(1)) for _ in range(150)]
    assert judge(WAIT, values).outcome is Outcome.KEPT


# How many more


@pytest.mark.parametrize(
    ("terms", "draw"),
    [
        (CAR, lambda source: source.gauss(26.5, 2.5)),
        (ANSWERS, lambda source: 1.0 if source.random() < 0.97 else 9.0),
        (replace(WAIT, target=2), lambda source: min(60.0, source.expovariate(1))),
    ],
)
def test_so_many_more_decide_in_most_cases(terms: ClaimTerms, draw: Callable[[random.Random], float]) -> None:
    """Four in five if the further ones are like those so far; those so far are themselves a matter of chance."""
    decided = asked = 0
    for run in range(24):
        source = random.Random(run)
        values = [draw(source) for _ in range(25)]
        more = judge(terms, values).more
        if more is not None and more <= 1_000:
            asked += 1
            decided += judge(terms, values + [draw(source) for _ in range(more)]).is_decided
    assert asked >= 10
    assert decided / asked >= 0.5


def test_a_truth_on_the_limit_itself_is_said_to_be_too_close() -> None:
    verdict = judge(CAR, [25 + step / 10 for step in (-20, 20, -10, 10, -15, 15)])
    assert verdict.more is None
    assert verdict.is_close


def test_doubt_grows_with_the_distance_from_what_is_accepted() -> None:
    doubts = [judge(CAR, normal(1, mean, 3, 8)).doubt for mean in (29, 27, 25, 23)]
    assert doubts == sorted(doubts)
    assert 0 <= doubts[0] < 0.5 < doubts[-1] <= 1
    assert judge(CAR, [19]).doubt == judge(CAR, []).doubt == 0.5
    assert judge(ANSWERS, [1.0] * 3).doubt < judge(ANSWERS, [1.0, 1.0, 9.0]).doubt


# Properties


@settings(max_examples=30)
@given(st.lists(st.floats(0, 60), min_size=4, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_measurements_does_not_matter(values: list[float], chance: random.Random) -> None:
    other = values.copy()
    chance.shuffle(other)
    for terms in (CAR, ANSWERS, WAIT):
        one, two = judge(terms, values), judge(terms, other)
        assert one.outcome is two.outcome
        assert one.estimate == pytest.approx(two.estimate)


@settings(max_examples=30)
@given(st.integers(1, 300), st.data())
def test_the_interval_says_what_the_evidence_says(count: int, data: st.DataObject) -> None:
    known = Share(count, data.draw(st.integers(0, count)))
    limit = data.draw(st.floats(0.01, 0.99))
    low, high = interval(known, NEEDED, 0, 1)
    assert low <= known.value <= high
    if abs(low - limit) > 1e-6 and limit < known.value:
        assert (known.above(limit) >= NEEDED) == (low > limit)


@settings(max_examples=30)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40), st.floats(0.001, 1000), st.floats(-1e4, 1e4))
def test_another_unit_changes_no_verdict(values: list[float], scale: float, zero: float) -> None:
    known = Mean.of(values)
    moved = Mean.of([value * scale + zero for value in values])
    assert moved.above(10 * scale + zero) == pytest.approx(known.above(10), rel=1e-2, abs=1e-2)


# What can't be judged, in words


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (replace(CAR, unit=" "), "no_unit"),
        (replace(CAR, target=float("nan")), "no_number"),
        (replace(CAR, tolerance=-1), "negative_tolerance"),
        (replace(CAR, tolerance=0), "about_without_tolerance"),
        (replace(ANSWERS, share=1), "no_share"),
        (replace(RECOMMENDED, target=98), "no_share"),
        (replace(RECOMMENDED, target=1, tolerance=0), "never_shown"),
        (replace(RECOMMENDED, tolerance=1), "anything_goes"),
        (replace(WAIT, ceiling=4), "low_ceiling"),
    ],
)
def test_terms_that_nothing_can_be_judged_by_are_refused(terms: ClaimTerms, code: str) -> None:
    with pytest.raises(ClaimError) as refused:
        check_terms(terms)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("terms", "value", "code"),
    [
        (CAR, float("inf"), "no_number"),
        (CAR, 18_000, "absurd"),
        (WAIT, 61, "beyond_ceiling"),
        (WAIT, -1, "beyond_ceiling"),
        (RECOMMENDED, 0.5, "not_yes_no"),
    ],
)
def test_absurd_measurements_are_refused(terms: ClaimTerms, value: float, code: str) -> None:
    with pytest.raises(ClaimError) as refused:
        check_value(terms, value)
    assert refused.value.code == code


def test_good_terms_and_values_pass() -> None:
    for terms in (CAR, BATTERY, ANSWERS, RECOMMENDED, WAIT):
        assert check_terms(terms) is terms
    assert check_value(CAR, 18) == 18


def test_what_is_known_depends_on_what_is_claimed() -> None:
    assert isinstance(known_of(CAR, [1, 2]), Mean)
    assert isinstance(known_of(ANSWERS, [1, 3]), Share)
    assert isinstance(known_of(WAIT, [1, 3]), Bounded)


def test_lopsided_measurements_are_noticed() -> None:
    assert abs(lopsidedness([1, 2, 3])) < 1e-9
    assert lopsidedness([1] * 9 + [30]) > 1
    assert lopsidedness([5, 5, 5]) == 0
