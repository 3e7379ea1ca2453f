"""The rules of the ledger: verdict, chance of breach, next look."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.calendars.rules import WorkingCalendar
from mikomi.promises.models import Evidence, Promise
from mikomi.promises.rules import breach
from mikomi.promises.rules import deadlines as rules
from mikomi.promises.rules import kinds as kinds_of_promises
from mikomi.promises.rules.breach import Past
from mikomi.promises.rules.circumstances import Circumstances, Habit, Load
from mikomi.promises.rules.deadlines import Fact, State, Terms, Version

TOKYO = ZoneInfo("Asia/Tokyo")
MADE = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
DUE = MADE + timedelta(hours=48)
HOUR = timedelta(hours=1)
SHOP = WorkingCalendar(tz=TOKYO, hours=(((36_000, 64_800),),) * 5 + ((),) * 2)


def terms(kind: str = "delivery", *, internal: bool = False, due: datetime = DUE) -> Terms:
    return Terms(kind, MADE, Version(MADE, due), Version(MADE, due), internal)


def fact(kind: str, hours: float, *, expected: float | None = None, retracts: str = "") -> Fact:
    at = MADE + hours * HOUR
    return Fact(kind, at, f"{kind}@{hours}", None if expected is None else MADE + expected * HOUR, retracts)


def judge(*facts: Fact, now: float = 10, kind: str = "delivery", internal: bool = False) -> rules.Verdict:
    return rules.verdict(terms(kind, internal=internal), facts, MADE + now * HOUR)


def test_the_words_of_the_rules_are_those_of_the_tables() -> None:
    assert {state.value for state in State} == set(Promise.State.values)
    assert set(rules.MET_BY) == kinds_of_promises.TIMED
    assert set(Promise.Kind.values) == kinds_of_promises.KINDS
    assert frozenset().union(*rules.MET_BY.values()) <= set(Evidence.Kind.values)


@pytest.mark.parametrize(
    ("facts", "now", "state"),
    [
        ((), 10, State.OPEN),
        ((), 48, State.OPEN),
        ((), 48.01, State.BROKEN),
        ((fact("delivered", 40),), 60, State.KEPT),
        ((fact("delivered", 48),), 60, State.KEPT),
        ((fact("delivered", 50),), 60, State.BROKEN),
        ((fact("shipped", 20),), 30, State.OPEN),
        ((fact("delivered", 50), fact("delivered", 40)), 60, State.KEPT),
        ((fact("withdrawn", 30),), 60, State.WITHDRAWN),
        ((fact("withdrawn", 50),), 60, State.BROKEN),
        ((fact("delivered", 20), fact("withdrawn", 30)), 60, State.KEPT),
        ((fact("withdrawn", 20), fact("delivered", 30)), 60, State.WITHDRAWN),
    ],
)
def test_the_verdict_follows_from_what_happened_when(
    facts: tuple[Fact, ...], now: float, state: State
) -> None:
    assert judge(*facts, now=now).state is state


def test_each_kind_is_met_by_its_own_evidence() -> None:
    assert judge(fact("delivered", 5), kind="shipping").state is State.KEPT
    assert judge(fact("answered", 5), kind="callback").state is State.OPEN
    assert judge(fact("called", 5), kind="callback").state is State.KEPT
    assert judge(fact("called", 5), kind="answer").state is State.KEPT


def test_what_was_taken_back_does_not_count() -> None:
    wrong = fact("delivered", 20)
    back = Fact("retracted", MADE + 25 * HOUR, "correction", retracts=wrong.once_key)

    assert judge(back, wrong, now=30).state is State.OPEN
    assert judge(wrong, back, fact("delivered", 55), now=60).state is State.BROKEN


def test_the_newest_estimate_counts_by_when_it_was_made() -> None:
    early, late = fact("estimate", 2, expected=40), fact("estimate", 6, expected=60)

    assert judge(late, early).expected_at == MADE + 60 * HOUR
    assert judge(early, late).expected_at == MADE + 60 * HOUR


def test_time_on_hold_moves_an_internal_due_time_but_never_a_date_given_to_a_customer() -> None:
    hold = (fact("paused", 10), fact("resumed", 15))

    assert judge(*hold, kind="answer", internal=True).due_at == DUE + 5 * HOUR
    assert judge(*hold, kind="answer").due_at == DUE


def test_on_hold_nothing_breaks_and_what_is_met_meanwhile_is_kept() -> None:
    hold = fact("paused", 10)

    waiting = judge(hold, now=100, kind="answer", internal=True)
    assert (waiting.state, waiting.paused_since) == (State.OPEN, MADE + 10 * HOUR)
    met = judge(hold, fact("answered", 90), now=100, kind="answer", internal=True)
    assert met.state is State.KEPT
    assert met.due_at >= MADE + 90 * HOUR
    assert met.paused_since is None


def test_on_hold_in_working_time_moves_by_working_time() -> None:
    """Asked on Wednesday noon, due on Thursday noon (8 hours of work), on hold from 16:00 to Thursday 11:00."""
    due = MADE + timedelta(hours=24)
    facts = [fact("paused", 4), fact("resumed", 23)]

    judged = rules.verdict(terms("answer", internal=True, due=due), facts, MADE, SHOP)

    # 4 of 8 hours were left at 16:00; from Thursday 11:00 they last until 15:00.
    assert judged.due_at == datetime(2026, 11, 19, 15, 0, tzinfo=TOKYO)


def test_a_day_lasts_until_its_end_in_the_zone_of_the_business() -> None:
    assert rules.end_of_day(date(2026, 11, 20), TOKYO) == datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC)
    assert rules.end_of_day(date(2026, 11, 20), TOKYO, time(20)) == datetime(2026, 11, 20, 11, tzinfo=UTC)


kinds = st.sampled_from(["shipped", "delivered", "estimate", "withdrawn", "paused", "resumed", "answered"])
facts_lists = st.lists(
    st.builds(
        lambda kind, hours, expected: fact(kind, hours, expected=expected if kind == "estimate" else None),
        kinds,
        st.integers(0, 100),
        st.integers(1, 100),
    ),
    max_size=5,
    unique_by=lambda piece: piece.once_key,
)


@given(facts_lists, st.integers(0, 120), st.sampled_from(["delivery", "answer"]), st.booleans())
def test_the_verdict_does_not_depend_on_the_order_of_arrival(
    facts: list[Fact], now: int, kind: str, internal: bool
) -> None:
    verdicts = {repr(judge(*order, now=now, kind=kind, internal=internal)) for order in permutations(facts)}
    assert len(verdicts) == 1


pasts = st.builds(
    lambda shares, count: Past(tuple(sorted(shares)), count),
    st.lists(st.floats(0, 3), min_size=21, max_size=21),
    st.integers(1, 5000),
)
shares = st.floats(0, 1.5)


@given(st.one_of(st.just(Past()), pasts), shares, shares)
def test_the_risk_never_falls_as_time_passes(past: Past, one: float, other: float) -> None:
    early, late = sorted((one, other))
    assert 0.0 <= breach.risk(early, past) <= breach.risk(late, past) + 1e-12
    assert breach.risk(late, past) <= 1.0


@given(
    st.one_of(st.just(Past()), pasts),
    st.floats(0, 60),
    st.floats(0, 60),
    st.one_of(st.none(), st.floats(1, 80)),
)
def test_the_forecast_never_falls_as_time_alone_passes(
    past: Past, one: float, other: float, estimate: float | None
) -> None:
    expected = None if estimate is None else MADE + estimate * HOUR
    early, late = (
        breach.forecast(past, hours / 48, MADE + hours * HOUR, DUE, expected)
        for hours in sorted((one, other))
    )
    assert early.risk <= late.risk + 1e-12


@given(pasts, st.floats(0.05, 0.95))
def test_the_risk_crosses_the_threshold_where_the_rules_say(past: Past, threshold: float) -> None:
    share = breach.crossing_share(past, threshold)
    assert breach.risk(share, past) >= threshold
    if share > 0.001:
        assert breach.risk(share - 0.001, past) < threshold


def test_the_risk_is_the_part_of_those_that_lasted_as_long_which_came_too_late() -> None:
    """100 cases spread evenly from 0 to 2 of the promised time: half are late; of those past 0.5 two thirds."""
    past = Past(tuple(step / 10 for step in range(21)), 100_000)

    assert breach.risk(0.0, past) == pytest.approx(0.5, abs=0.001)
    assert breach.risk(0.5, past) == pytest.approx(2 / 3, abs=0.001)


def test_without_history_one_in_ten_is_expected_to_be_late() -> None:
    assert breach.risk(0.0, Past()) == pytest.approx(0.1)
    assert breach.risk(1.0, Past()) == 1.0


def test_an_estimate_raises_or_lowers_the_risk() -> None:
    now = MADE + 10 * HOUR
    base = breach.forecast(Past(), 10 / 48, now, DUE, None)
    late = breach.forecast(Past(), 10 / 48, now, DUE, DUE + HOUR)
    good = breach.forecast(Past(), 10 / 48, now, DUE, DUE - 4 * HOUR)

    assert (late.risk, late.reason) == (0.95, "estimate_late")
    assert good.risk < base.risk < late.risk


def test_the_next_look_is_when_something_can_change_by_itself() -> None:
    judged = judge(now=1)
    now = MADE + HOUR
    calm = breach.View(judged, MADE, Past(), breach.forecast(Past(), 1 / 48, now, DUE, None))
    tense = breach.View(judged, MADE, Past(), breach.Forecast(0.9, "past_cases", 0))

    crossing = breach.next_look(calm, 0.5, now)
    assert crossing is not None
    assert now < crossing < DUE
    assert breach.risk((crossing - MADE) / (DUE - MADE), Past()) == pytest.approx(0.5, abs=1e-4)
    assert breach.next_look(tense, 0.5, now) == DUE + timedelta(seconds=1)


@given(st.integers(0, 60), st.floats(0.1, 3.0))
def test_where_work_is_slow_one_look_finds_it_at_risk(ahead: int, at_work: float) -> None:
    around = Circumstances(None, Load(ahead, at_work), Habit(0.8, Load(4, 2.0), 12.0, 200))
    start = breach.forecast(Past(), 0.0, MADE, DUE, None, around=around)
    if start.risk >= 0.5 or around.slowness < 0.31:  # at risk from the beginning, or never before it is due
        return

    found = breach.next_look(breach.View(judge(now=0), MADE, Past(), start, around), 0.5, MADE)

    assert found is not None
    share = (found + timedelta(seconds=1) - MADE) / (DUE - MADE)
    assert breach.forecast(Past(), share, found, DUE, None, around=around).risk >= 0.5


def test_nobody_looks_at_what_is_decided_or_on_hold() -> None:
    for judged in (judge(fact("delivered", 5)), judge(fact("paused", 5), kind="answer", internal=True)):
        view = breach.View(judged, MADE, Past(), breach.Forecast(0.1, "prior", 0))
        assert breach.next_look(view, 0.5, MADE + 6 * HOUR) is None
