"""Quotes from history: honest with few cases, with open ones, with wrong ones, and the same in both processes."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

from mikomi.promises.fitting.fit import fit
from mikomi.promises.fitting.history import Layout, history
from mikomi.promises.fitting.rhythm import rhythm
from mikomi.promises.fitting.survival import distribution, quantile
from mikomi.promises.fitting.walking import Tuning, Walk
from mikomi.promises.rules.quoting import (
    Model,
    Question,
    late_chance,
    needed_cases,
    predicted,
    quote,
)

LAYOUT = Layout(
    numbers=("weight",),
    keys=("store", "product"),
    ladder=("store",),
    chains=(("product",),),
    lively=("store",),
    stage_key="store",
)

OF_ALL, OF_A_GROUP = 0.015, 0.03
"""How far a kept rate may be from the stated one, of all cases and of a group, besides chance (docs/promises.md)."""


def cases(
    count: int, *, days: float, seed: int, now: float | None = None
) -> tuple[dict[str, list[Any]], float]:
    """Log-normal times (median 8 days, sigma .5) over `days`; store B takes half as long again."""
    rng = random.Random(seed)
    began = sorted(rng.uniform(0, days) for _case in range(count))
    keys = [[rng.choice("AB"), rng.choice("xyz")] for _case in began]
    ended = [
        start + 8 * math.exp(rng.gauss(0.4 if key[0] == "B" else 0.0, 0.5))
        for start, key in zip(began, keys, strict=True)
    ]
    numbers = [[rng.random()] for _case in began]
    staged = [start + 1 for start in began]
    return {"began": began, "ended": ended, "staged": staged, "numbers": numbers, "keys": keys}, days


def chance_within(days: float, store: str) -> float:
    """How often a case of this store is done within `days`."""
    z = (math.log(days / 8) - (0.4 if store == "B" else 0.0)) / 0.5
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


@pytest.mark.parametrize(("count", "days", "margin"), [(30, 38.0, 0.03), (300, 32.0, 0.025)])
def test_keeps_what_it_states_with_few_cases_and_a_third_open(count: int, days: float, margin: float) -> None:
    # Given many small histories of which some 30 % is still open, each quoted for both stores
    rates: dict[float, list[float]] = {0.8: [], 0.9: [], 0.95: []}
    open_share = []
    for seed in range(80 if count == 30 else 20):
        history_, now = cases(count, days=days, seed=seed)
        model = Model(fit(layout=LAYOUT.plain(), cases=history_, now=now))
        open_share.append(1 - model.plain["counts"]["done"] / count)
        for target, found in rates.items():
            for store in "AB":
                asked = Question(now, {"weight": 0.5}, {"store": store, "product": "x"})
                answer = quote(model, asked, target)
                if answer.days:
                    found.append(chance_within(answer.days, store))
                else:
                    # Or it says that this is too little for such a promise
                    assert answer.reason in ("few_cases", "too_few_end")
    # Then the mean rate of what would be kept is at least the stated one, and not much above with enough cases
    assert sum(open_share) / len(open_share) > 0.2
    for target, found in rates.items():
        if target == 0.95 and count == 30:
            # Some 20 ended cases can't show what one in twenty is like: nothing is promised
            assert not found
            continue
        assert target - margin < sum(found) / len(found)
        if count == 300:
            assert sum(found) / len(found) < target + 0.03


def test_keeps_what_it_states_with_many_cases() -> None:
    rates: dict[float, list[float]] = {0.8: [], 0.9: [], 0.95: []}
    for seed in range(5):
        # Given 3,000 cases, of which the latest are open
        history_, now = cases(3000, days=300.0, seed=seed)
        model = Model(fit(layout=LAYOUT.plain(), cases=history_, now=now))
        for target, found in rates.items():
            for store in "AB":
                answer = quote(
                    model, Question(now, {"weight": 0.5}, {"store": store, "product": "y"}), target
                )
                found.append(chance_within(answer.days or 0, store))
        # Then what was quoted on the way was kept as often as stated
        for target, value, judged, kept in model.plain["calibration"]:
            assert judged > 1000
            # give or take what chance does to so many (two standard errors), and a group what is allowed to one
            chance = 2 * math.sqrt(target * (1 - target) / judged)
            assert kept / judged == pytest.approx(target, abs=chance + (OF_A_GROUP if value else OF_ALL))
    # And so is what is quoted now, at each confidence
    for target, found in rates.items():
        assert sum(found) / len(found) == pytest.approx(target, abs=0.03)


def test_nothing_is_quoted_for_a_moment_at_which_nothing_ends() -> None:
    # Given work that ends on weekdays from 9 to 17 only
    rng = random.Random(3)
    plain: dict[str, list[Any]] = {name: [] for name in ("began", "ended", "staged", "numbers", "keys")}
    for place in range(600):
        end = float(rng.choice([day for day in range(7, 280) if day % 7 < 5])) + rng.uniform(9, 17) / 24
        plain["began"].append(end - rng.uniform(1.0, 6.0))
        plain["ended"].append(end)
        plain["staged"].append(None)
        plain["numbers"].append([None])
        plain["keys"].append(["A", "xyz"[place % 3]])
    model = Model(fit(layout=LAYOUT.plain(), cases=plain, now=280.0))
    # When it is asked for at any time of the week
    dues = []
    for hour in range(168):
        began = 280.0 + hour / 24
        answer = quote(model, Question(began, {}, {"store": "A"}), 0.9)
        assert answer.days is not None
        dues.append(began + answer.days)
    # Then the time that is quoted lies in those hours, but for the few cases' worth of "at any hour alike"
    within = [due % 7 < 5.05 and 8.5 < due % 1 * 24 < 17.5 for due in dues]
    assert sum(within) > 0.9 * len(within)


def test_the_web_process_reads_the_same_prediction_as_the_compute_process_makes() -> None:
    # Given a walked history and a case that begins now
    plain, now = cases(900, days=400.0, seed=5)
    plain["began"].append(now - 1e-6)
    plain["ended"].append(None)
    plain["staged"].append(None)
    plain["numbers"].append([0.3])
    plain["keys"].append(["B", "z"])
    model = Model(fit(layout=LAYOUT.plain(), cases=plain, now=now))
    assert model.plain["walked"]
    plain["ended"] = [moment if moment is not None and moment < now else None for moment in plain["ended"]]
    beat = rhythm(np.asarray(plain["ended"], np.float64))
    columns = {name: plain[name] for name in ("began", "ended", "staged", "numbers", "keys")}
    past = history(LAYOUT, **columns, counted=beat.counted)
    until = float(beat.counted(np.asarray(now)))
    weeks = math.ceil((until - float(past.began[0])) / 7)
    walk = Walk(past, (), until - weeks * 7, Tuning(lost_count=True))
    for _week in range(weeks):
        walk.advance()
    state = walk.learn(grow_now=True)
    last = np.asarray([len(past.began) - 1])
    raw = float(np.mean([trees.predict(walk.knowledge.table(last)) for trees in state.trees]))
    raw += float(walk.knowledge.base[last[0]])
    expected = state.centre + Tuning().tilt * (raw + state.level - state.centre)
    # Then both say the same
    question = Question(now - 1e-6, {"weight": 0.3}, {"store": "B", "product": "z"})
    assert predicted(model, question) == pytest.approx(expected, abs=1e-3)


def test_leaves_out_what_cannot_be_and_says_how_much() -> None:
    # Given a case that ends before it begins, one that ends at once, one that begins tomorrow, and twenty good ones
    plain, now = cases(20, days=200.0, seed=1)
    for began, ended in ((10.0, 5.0), (20.0, 20.0), (now + 1, now + 3)):
        for name, value in (("began", began), ("ended", ended), ("staged", None)):
            plain[name].append(value)
        plain["numbers"].append([None])
        plain["keys"].append(["A", "x"])
    counts = fit(layout=LAYOUT.plain(), cases=plain, now=now)["counts"]
    assert (counts["cases"], counts["negative"], counts["ahead"]) == (20, 2, 1)


def test_what_ends_after_now_is_open_until_then() -> None:
    # Given the same cases, the ends that lie ahead written down or not
    plain, now = cases(120, days=60.0, seed=6)
    known = {**plain, "ended": [end if end < now else None for end in plain["ended"]]}
    ahead, without = (fit(layout=LAYOUT.plain(), cases=one, now=now) for one in (plain, known))
    # Then they are open, and teach the same
    assert ahead == without
    assert 0 < ahead["counts"]["done"] < ahead["counts"]["cases"] == 120


def test_what_is_not_known_is_asked_of_the_wider_group() -> None:
    # Given a walked history in which some weights are blank
    plain, now = cases(900, days=400.0, seed=5)
    plain["numbers"] = [[None] if place % 5 == 0 else row for place, row in enumerate(plain["numbers"])]
    model = Model(fit(layout=LAYOUT.plain(), cases=plain, now=now))
    assert model.plain["trees"]
    # Then a blank number is answered, and not unlike a known one
    known = quote(model, Question(now, {"weight": 0.5}, {"store": "A", "product": "x"}), 0.9).days
    blank = quote(model, Question(now, {"weight": None}, {"store": "A", "product": "x"}), 0.9).days
    assert known is not None
    assert blank == pytest.approx(known, rel=0.25)
    # And a store that nobody has heard of gets what no store at all gets
    unknown = quote(model, Question(now, {}, {"store": "never seen", "product": "x"}), 0.9)
    assert unknown == quote(model, Question(now, {}, {"product": "x"}), 0.9)
    assert unknown.group == ""


def test_says_plainly_when_there_are_too_few_cases() -> None:
    empty: dict[str, list[Any]] = {name: [] for name in ("began", "ended", "staged", "numbers", "keys")}
    none = quote(Model(fit(layout=LAYOUT.plain(), cases=empty, now=5.0)), Question(5.0), 0.9)
    assert (none.days, none.reason) == (None, "no_cases")
    plain, now = cases(12, days=300.0, seed=3)
    few = quote(Model(fit(layout=LAYOUT.plain(), cases=plain, now=now)), Question(now), 0.9)
    assert (few.days, few.reason, few.needed) == (None, "few_cases", 20)
    assert needed_cases(0.95) == 40


def test_a_store_with_one_order_is_quoted_like_the_others() -> None:
    # Given a store whose only order took very long
    plain, now = cases(60, days=300.0, seed=4)
    for name, value in (("began", 100.0), ("ended", 190.0), ("staged", None)):
        plain[name].append(value)
    plain["numbers"].append([0.1])
    plain["keys"].append(["new", "x"])
    model = Model(fit(layout=LAYOUT.plain(), cases=plain, now=now))
    own = quote(model, Question(now, {}, {"store": "new"}), 0.9)
    usual = quote(model, Question(now, {}, {"store": "unknown"}), 0.9)
    # Then that one order moves its quote a little, not to 90 days
    assert own.days is not None
    assert usual.days is not None
    assert usual.days < own.days < 2 * usual.days


def test_does_not_promise_what_fewer_cases_reach() -> None:
    # Given work of which a third is never done
    plain, now = cases(90, days=100.0, seed=2)
    plain["ended"] = [None if place % 3 == 0 else moment for place, moment in enumerate(plain["ended"])]
    model = Model(fit(layout=LAYOUT.plain(), cases=plain, now=now + 200))
    assert quote(model, Question(now + 200), 0.9).reason == "too_few_end"


def test_the_chance_of_being_late_grows_with_time_and_ends_at_one() -> None:
    plain, now = cases(300, days=90.0, seed=7)
    model = Model(fit(layout=LAYOUT.plain(), cases=plain, now=now + 60))
    question = Question(now, {}, {"store": "A"})
    chances = [late_chance(model, question, lasted, 12.0) for lasted in (0.0, 3.0, 6.0, 9.0, 11.5, 12.0)]
    assert chances == sorted(chances)
    assert chances[0] == pytest.approx(1 - chance_within(12.0, "A"), abs=0.08)
    assert chances[-1] == 1.0


def test_kaplan_and_meier_know_open_cases() -> None:
    """Worked by hand: 1, 2+, 3, 4+ → S = 3/4 after 1, 3/4 · 1/2 after 3."""
    values = np.asarray([1.0, 2.0, 3.0, 4.0])
    done = np.asarray([True, False, True, False])
    ascending, below = distribution(values, done, np.ones(4), lost_count=True)
    assert below.tolist() == pytest.approx([0.25, 0.25, 0.625, 0.625])
    assert quantile(ascending, below, 0.5) == 3.0
