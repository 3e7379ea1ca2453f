"""What stands around promises in the ledger: the queue before them, and who is there to keep them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.business.models import Business
from mikomi.customers.models import Customer
from mikomi.promises import loads, operations
from mikomi.promises import queries as ledger
from mikomi.promises.bench import Bench
from mikomi.promises.models import Comparable, Promise, Workload
from mikomi.promises.queries.scores import open_scores
from mikomi.promises.rules.circumstances import Load
from mikomi.promises.tests.ledger import DAY, make, seen, told
from tests.cast import NOON

HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
"""17:00 in Tokyo, an hour before the shop closes for the weekend."""


@pytest.fixture
def busy_calls(business: Business, noon: datetime) -> Workload:
    """Of call-backs it is known that the queue slows them; usually one waits ahead."""
    return Workload.objects.create(
        kind="callback",
        elasticity=1.0,
        usual_ahead=1.0,
        usual_at_work=0.25,
        neutral=8.0,
        cases=200,
        computed_at=noon,
    )


def _call(customer: Customer, hours: float, **changes: object) -> Promise:
    return make(
        customer.pk, kind="callback", source="composer", due_at=NOON + timedelta(hours=hours), **changes
    )


def test_a_long_queue_raises_the_chance_of_those_behind(
    busy_calls: Workload, customer: Customer, owner: Actor
) -> None:
    last = _call(customer, 24 * 6)
    calm = next(one.risk for one in ledger.of_customer(actor=owner, customer_ids=[customer.pk]))
    for place in range(12):
        _call(customer, 24 * 2 + place)

    rows = {one.promise.pk: one for one in ledger.of_customer(actor=owner, customer_ids=[customer.pk])}
    assert rows[last.pk].risk > calm
    assert "queue" in rows[last.pk].around.reasons


def test_a_keeper_who_is_away_is_at_risk(
    busy_calls: Workload, customer: Customer, owner: Actor, agent: Actor
) -> None:
    promise = _call(customer, 24 * 6, keeper_id=agent.user_id)
    assert promise.state == "open"
    today = clock.now().date()
    access.record_absence(
        actor=owner, user_id=agent.user_id or 0, first_day=today, last_day=today + timedelta(days=9)
    )

    assert operations.reconsider() == 1

    promise.refresh_from_db()
    assert promise.risk > 0.2
    row = ledger.of_customer(actor=owner, customer_ids=[customer.pk])[0]
    assert row.around.reasons == ("few_staff",)


def test_all_scores_are_those_that_lists_show(busy_calls: Workload, customer: Customer, owner: Actor) -> None:
    for place in range(6):
        _call(customer, 20 + 30 * place)
        make(customer.pk, due_at=NOON + (place + 1) * DAY, group_key=f"shop/{place % 2}")
    operations.observe(
        actor=owner,
        observation=seen("estimate", NOON, promise_id=_call(customer, 90).pk, expected_at=NOON + 9 * DAY),
    )
    later = NOON + timedelta(hours=15)
    with clock.frozen(later):
        shown = {
            one.promise.pk: one.risk for one in ledger.of_customer(actor=owner, customer_ids=[customer.pk])
        }
        scored = {key: risk for key, _state, risk in open_scores(now=later)}

    assert len(shown) == 13
    assert scored == {key: pytest.approx(risk, abs=1e-6) for key, risk in shown.items()}


def test_only_crossings_are_written(busy_calls: Workload, customer: Customer, owner: Actor) -> None:
    promise = _call(customer, 24 * 6)
    assert operations.reconsider() == 0
    assert told(promise) == ["promise.made"]


def test_the_load_is_learned_from_the_ledger(customer: Customer, owner: Actor) -> None:
    rng = random.Random(8)
    days = [NOON - timedelta(days=100 - place) for place in range(100)]
    for place, made in enumerate(day for day in days if day.weekday() < 4):
        for call in range(1 + 5 * (place % 2)):  # every other day six at once: then they take long
            row = make(customer.pk, kind="callback", source="composer", made_at=made, due_at=made + DAY)
            took = timedelta(hours=rng.uniform(1, 5) * (1 + call))
            if made + took < NOON:
                operations.observe(
                    actor=owner,
                    observation=seen("called", made + took, promise_id=row.pk, key=f"c{row.pk}"),
                )

    assert operations.refresh_workloads() == 1

    found = Workload.objects.get()
    assert (found.kind, found.cases) == ("callback", len(Promise.objects.all()))
    assert found.elasticity > 0.1


# Trained as it is used


def _stream(customer: Customer, count: int, never: set[int]) -> list[Promise]:
    """A call-back promised each hour until now for ten hours later, called after five; `never`: not called at all."""
    rows = []
    for place in range(count):
        made = NOON - HOUR * (count - 1 - place)
        due, met = made + HOUR * 10, made + HOUR * 5
        is_met = place not in never and met <= NOON
        is_open = not is_met and due > NOON
        rows.append(
            Promise(
                token=f"t{place}", kind="callback", customer=customer, source="test", made_at=made,
                first_due_at=due, due_at=due, updated_at=made, met_at=met if is_met else None,
                taken_share=0.5 if is_met else None, look_at=due if is_open else None,
                state="open" if is_open else "kept" if is_met else "broken",
            )
        )  # fmt: skip
    return Promise.objects.bulk_create(rows)


def test_the_queue_learned_from_is_the_queue_that_is_met(business: Business, customer: Customer) -> None:
    # Given a steady queue of which one in twenty is never met
    newest = _stream(customer, 400, never=set(range(0, 400, 20)))[-1]
    # When the load is learned
    assert operations.refresh_workloads() == 1
    # Then what was usual is what stands there now
    Workload.objects.update(elasticity=0.7)
    now = Bench(NOON, [newest]).around(newest).load
    assert now is not None
    assert Workload.objects.get().usual_ahead == pytest.approx(now.ahead, rel=0.15)


# Time alone


@pytest.mark.parametrize(
    ("made_at", "hours"),
    [(FRIDAY, 67), (FRIDAY + 3 * HOUR, 64), (NOON, 30), (NOON + 5 * HOUR, 18), (NOON + 4 * DAY, 60)],
    ids=["over the weekend", "made after closing", "over night", "from closing to opening", "over a holiday"],
)
def test_the_clock_alone_never_lowers_the_chance(
    busy_calls: Workload, customer: Customer, owner: Actor, made_at: datetime, hours: int
) -> None:
    # Given past cases of which half ended at once and the others at last, and that work waits for colleagues
    shares = [0.02] * 10 + [0.97 + place / 100 for place in range(11)]
    Comparable.objects.create(kind="callback", count=100, shares=shares, computed_at=NOON)
    Workload.objects.update(elasticity=0.7)
    row = make(
        customer.pk, kind="callback", source="composer", made_at=made_at, due_at=made_at + HOUR * hours
    )
    # When nothing happens but time
    risks = []
    for hour in range(hours):
        with clock.frozen(made_at + HOUR * hour):
            risks.append(Bench(clock.now(), [row]).risk_now(row))
    assert risks == sorted(risks)
    assert risks[0] < risks[-1]


def test_in_the_evening_nobody_is_told_to_hand_over_what_is_due_in_the_morning(
    busy_calls: Workload, customer: Customer, agent: Actor, owner: Actor
) -> None:
    # Given a call promised at closing time for an hour after the shop opens
    closing = NOON + 6 * HOUR
    row = make(
        customer.pk, kind="callback", source="composer", made_at=closing, due_at=closing + HOUR * 17,
        keeper_id=agent.user_id,
    )  # fmt: skip
    around = Bench(closing + HOUR, [row]).around(row)
    assert around.slowness > 1.9
    # Then it is hard, but no colleague is missed
    assert "few_staff" not in around.reasons

    # Unless its keeper will be away
    tomorrow = closing.date() + DAY
    access.record_absence(actor=owner, user_id=agent.user_id or 0, first_day=tomorrow, last_day=tomorrow)
    assert "few_staff" in Bench(closing + HOUR, [row]).around(row).reasons


def test_who_left_keeps_nothing_any_more(busy_calls: Workload, customer: Customer, agent: Actor) -> None:
    row = _call(customer, 24 * 6, keeper_id=agent.user_id)
    calm = Bench(NOON, [row]).risk_now(row)
    User.objects.filter(pk=agent.user_id or 0).update(is_active=False)

    bench = Bench(NOON, [row])
    assert bench.risk_now(row) > calm
    assert bench.around(row).load == Load(0, 0.0, 1.0)
    assert bench.around(row).reasons == ("few_staff",)


# Long queues


def test_every_lane_is_counted_by_itself_however_long_another_is(
    busy_calls: Workload, customer: Customer, agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given more open dispatches, due first, than are counted in a lane
    monkeypatch.setattr(loads, "MOST_AHEAD", 20)
    Workload.objects.create(
        kind="shipping", elasticity=0.5, usual_ahead=9.0, usual_at_work=0.5, neutral=20.0, cases=99,
        computed_at=NOON,
    )  # fmt: skip
    for place in range(25):
        make(customer.pk, kind="shipping", due_at=NOON + HOUR * (1 + place), group_key=f"shop/{place}")
    for place in range(8):
        _call(customer, 60 + place, keeper_id=agent.user_id)
    last = _call(customer, 80, keeper_id=agent.user_id)
    rows = list(Promise.objects.order_by("pk"))

    bench = Bench(NOON, rows)

    load = bench.around(last).load
    assert load is not None
    assert load.ahead == 8
    longest = bench.around(max((row for row in rows if row.kind == "shipping"), key=lambda row: row.deadline))
    assert longest.load is not None
    assert longest.load.ahead == 20
    scored = {key: risk for key, _state, risk in open_scores(now=NOON)}
    assert scored == {row.pk: pytest.approx(bench.risk_now(row), abs=1e-6) for row in rows}


def test_what_stands_ahead_is_one_query(
    busy_calls: Workload, customer: Customer, agent: Actor, django_assert_num_queries: object
) -> None:
    rows = [_call(customer, 60 + place, keeper_id=agent.user_id if place % 2 else None) for place in range(6)]
    lanes = {loads.lane_of(row) for row in rows}
    with django_assert_num_queries(1):  # type: ignore[operator]
        queues = loads.first_queues(lanes)
    assert [queues.ahead(loads.lane_of(row), row.deadline.timestamp()) for row in rows] == [0, 0, 1, 1, 2, 2]
    assert loads.first_queues([]).ahead(("callback", 0), 1.0) == 0


def test_queues_and_scores_are_read_from_an_index_alone(busy_calls: Workload, customer: Customer) -> None:
    _call(customer, 60)
    is_sqlite = connection.vendor == "sqlite"
    with CaptureQueriesContext(connection) as asked:
        assert len(list(open_scores(now=NOON))) == 1
    reads = [row["sql"] for row in asked if "promises_promise" in row["sql"]]
    with connection.cursor() as cursor:
        if not is_sqlite:
            cursor.execute("SET LOCAL enable_seqscan = off")  # of so few rows it would read them all
        plans = []
        for sql in reads:
            cursor.execute(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + sql)
            plans.append(str(cursor.fetchall()))
    assert len(plans) > 3
    word = "USING COVERING INDEX promise_" if is_sqlite else "promise_"
    assert all(word in plan for plan in plans), plans
