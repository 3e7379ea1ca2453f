"""Making promises and meeting them with evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.events.models import Event
from mikomi.customers.models import Customer
from mikomi.promises import operations
from mikomi.promises.models import Evidence, Promise, PromiseVersion
from mikomi.promises.tests.ledger import DAY, make, new, observe, seen, told
from tests.cast import NOON

pytestmark = pytest.mark.usefixtures("noon")


def test_a_promise_has_its_first_version_and_its_event(agent: Actor, customer: Customer) -> None:
    promise = operations.make(actor=agent, promise=new(customer.pk, statement="金曜までにお届けします"))

    promise.refresh_from_db()
    assert (promise.state, promise.maker_id, promise.version_number) == ("open", agent.user_id, 1)
    assert promise.first_due_at == promise.due_at == NOON + 4 * DAY
    version = promise.versions.get()
    assert (version.number, version.due_at, version.statement) == (
        1,
        promise.due_at,
        "金曜までにお届けします",
    )
    event = Event.objects.get(kind="promise.made")
    assert event.payload["due_at"] == promise.deadline.isoformat()
    assert (event.customer_id, event.subject_id) == (customer.pk, promise.pk)


def test_who_may_not_promise_leaves_nothing_behind(marketer: Actor, customer: Customer) -> None:
    with pytest.raises(NotAllowedError):
        operations.make(actor=marketer, promise=new(customer.pk))

    assert not Promise.objects.exists()
    assert not Event.objects.exists()


def test_a_date_is_due_at_the_end_of_that_day(customer: Customer) -> None:
    by_day = make(customer.pk, due_at=date(2026, 11, 20))
    by_band = make(customer.pk, due_at=date(2026, 11, 20), latest=time(20))

    assert (by_day.due_at, by_day.by_day) == (datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC), True)
    assert (by_band.due_at, by_band.by_day) == (datetime(2026, 11, 20, 11, tzinfo=UTC), False)


def test_a_promise_due_before_it_is_made_is_refused(customer: Customer) -> None:
    with pytest.raises(operations.PromiseError):
        make(customer.pk, due_at=NOON - DAY)
    with pytest.raises(operations.PromiseError):
        make(customer.pk, kind="miracle")

    assert not Promise.objects.exists()


def test_delivered_in_time_is_kept(customer: Customer) -> None:
    promise = observe(make(customer.pk), "delivered", NOON + 3 * DAY)

    assert (promise.state, promise.met_at, promise.look_at) == ("kept", NOON + 3 * DAY, None)
    assert promise.taken_share == pytest.approx(0.75)
    assert told(promise) == ["promise.made", "promise.evidence", "promise.kept"]
    kept = Event.objects.get(kind="promise.kept")
    assert kept.occurred_at == NOON + 3 * DAY
    assert kept.payload["margin_seconds"] == 86_400


def test_the_same_observation_counts_once(customer: Customer) -> None:
    promise = make(customer.pk)
    for _ in range(3):
        observe(promise, "delivered", NOON + 3 * DAY, key="order-1")

    assert Evidence.objects.count() == 1
    assert told(promise) == ["promise.made", "promise.evidence", "promise.kept"]


def test_an_estimate_beyond_the_due_time_puts_it_at_risk_and_a_better_one_takes_it_back(
    customer: Customer,
) -> None:
    promise = observe(make(customer.pk), "estimate", NOON + DAY, expected_at=NOON + 6 * DAY)
    assert (promise.state, promise.risk, promise.expected_at) == ("at_risk", 0.95, NOON + 6 * DAY)
    at_risk = Event.objects.get(kind="promise.at_risk")
    assert at_risk.payload["slipped"] is True

    promise = observe(promise, "estimate", NOON + 2 * DAY, expected_at=NOON + 3 * DAY)
    assert promise.state == "open"
    assert told(promise)[-1] == "promise.safe"


def test_a_slip_of_a_promise_already_at_risk_is_told_again_once(customer: Customer) -> None:
    promise = make(customer.pk)
    with clock.frozen(NOON + 3.9 * DAY):
        operations.look()
        observe(promise, "estimate", NOON + 3.9 * DAY, expected_at=NOON + 6 * DAY)
        observe(promise, "estimate", NOON + 3.91 * DAY, expected_at=NOON + 7 * DAY)

    slips = [event.payload["slipped"] for event in Event.objects.filter(kind="promise.at_risk")]
    assert slips == [False, True]


def test_late_news_of_an_event_in_time_turns_broken_into_kept(customer: Customer) -> None:
    promise = make(customer.pk)
    with clock.frozen(NOON + 5 * DAY):
        operations.look()
        promise.refresh_from_db()
        assert promise.state == "broken"

        promise = observe(promise, "delivered", NOON + 4 * DAY - timedelta(hours=1))

    assert promise.state == "kept"
    assert told(promise)[-3:] == ["promise.broken", "promise.evidence", "promise.kept"]
    assert Event.objects.get(kind="promise.kept").payload["reversed"] is True


def test_what_is_met_late_stays_broken_and_knows_how_long_it_took(customer: Customer) -> None:
    promise = make(customer.pk)
    with clock.frozen(NOON + 7 * DAY):
        promise = observe(promise, "delivered", NOON + 6 * DAY)

    assert (promise.state, promise.decided_at) == ("broken", NOON + 4 * DAY)
    assert promise.taken_share == pytest.approx(1.5)


def test_evidence_handed_in_with_a_promise_decides_it_at_once(customer: Customer) -> None:
    evidence = [seen("shipped", NOON - 9 * DAY), seen("delivered", NOON - 8 * DAY)]
    made = operations.make_many(
        actor=SYSTEM,
        promises=[
            new(
                customer.pk, made_at=NOON - 10 * DAY, due_at=NOON - 7 * DAY, backfill=True, evidence=evidence
            ),
            new(
                customer.pk, made_at=NOON - 10 * DAY, due_at=NOON - 9 * DAY, backfill=True, evidence=evidence
            ),
            new(customer.pk, made_at=NOON - 10 * DAY, due_at=NOON - 9 * DAY, backfill=True),
            new(customer.pk, made_at=NOON - 1 * DAY, due_at=NOON + 9 * DAY, backfill=True),
        ],
    )

    assert [promise.state for promise in made] == ["kept", "broken", "broken", "open"]
    assert not Event.objects.filter(backfill=False).exists()
    # What is still open is watched from now on; only the decided is history.
    assert [promise.backfill for promise in made] == [True, True, True, False]
    assert [promise.look_at is None for promise in made] == [True, True, True, False]
    assert Evidence.objects.count() == 4


def test_a_promise_that_does_not_exist_is_named(customer: Customer) -> None:
    with pytest.raises(Promise.DoesNotExist):
        operations.observe(actor=SYSTEM, observation=seen("delivered", NOON, promise_id=12345))


def test_queries_do_not_grow_with_the_number(
    customer: Customer, django_assert_num_queries: object, django_assert_max_num_queries: object
) -> None:
    def count(amount: int) -> tuple[int, int]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as making:
            made = operations.make_many(actor=SYSTEM, promises=[new(customer.pk)] * amount)
        with CaptureQueriesContext(connection) as observing:
            operations.observe_many(
                actor=SYSTEM,
                observations=[seen("delivered", NOON + DAY, promise_id=promise.pk) for promise in made],
            )
        return len(making), len(observing)

    count(2)
    assert count(3) == count(60)
    assert PromiseVersion.objects.count() == 65
