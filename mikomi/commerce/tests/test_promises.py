"""Orders make promises; their steps are evidence."""

from __future__ import annotations

from datetime import date, time

import pytest

from mikomi.commerce.records import OrderRecord, TimeBand
from mikomi.commerce.tests.shop import DAY, ORDER, at, later, order, promises, record, record_one, the_order
from mikomi.core import clock
from mikomi.core.business.models import Business, Store
from mikomi.core.events.models import Event
from mikomi.customers.records import AddressRecord, PersonRecord
from mikomi.promises import operations as ledger
from mikomi.promises.models import Evidence, Promise, PromiseVersion
from tests.cast import NOON

pytestmark = pytest.mark.usefixtures("noon", "business")


@pytest.fixture
def ships_in_three_days(business: Business) -> Business:
    business.ship_within_days = 3
    business.save()
    return business


def test_a_delivery_date_is_a_promise() -> None:
    record_one(
        order(
            deliver_by=date(2026, 11, 22),
            destination=AddressRecord(province="東京都"),
            carrier="yamato",
            store="",
        )
    )

    promise = Promise.objects.get()
    assert (promise.kind, promise.state, promise.source) == ("delivery", "open", "order_date")
    assert promise.deadline.isoformat() == "2026-11-22T14:59:59+00:00"
    assert promise.by_day
    assert (promise.subject_type, promise.subject_id) == ("order", the_order().pk)
    assert promise.group_key == "shopify/東京都/yamato"
    assert promise.made_at == NOON


def test_the_date_that_the_customer_asked_for_is_one_too() -> None:
    record_one(
        order(requested_date=date(2026, 11, 22), requested_time=TimeBand("18-20時", time(18), time(20)))
    )

    promise = Promise.objects.get()
    assert promise.deadline.isoformat() == "2026-11-22T11:00:00+00:00"
    assert not promise.by_day
    assert the_order().requested_band == "18-20時"


def test_without_a_date_the_rule_of_the_shop_promises_shipping(ships_in_three_days: Business) -> None:
    """Wednesday noon and three working days; Monday the 23rd is a holiday: until the end of Tuesday the 24th."""
    record_one(ORDER)

    promise = Promise.objects.get()
    assert (promise.kind, promise.source) == ("shipping", "ship_rule")
    assert promise.deadline.isoformat() == "2026-11-24T14:59:59+00:00"


def test_without_date_and_rule_nothing_is_promised() -> None:
    record_one(ORDER)

    assert not Promise.objects.exists()


def test_at_the_counter_nothing_is_shipped(ships_in_three_days: Business) -> None:
    counter = Store.objects.create(name="浅草店", kind="counter", code="asakusa")
    record_one(ORDER, store_id=counter.pk)

    assert not Promise.objects.exists()


def test_the_rule_runs_from_payment_on(ships_in_three_days: Business) -> None:
    record_one(order(payment="pending"))
    assert not Promise.objects.exists()

    record_one(later(24, payment="paid", paid_at=at(24)))

    promise = Promise.objects.get()
    assert promise.made_at == at(24)
    assert promise.deadline.isoformat() == "2026-11-25T14:59:59+00:00"


def test_shipped_and_delivered_are_evidence(ships_in_three_days: Business) -> None:
    record_one(order(deliver_by=NOON + 4 * DAY, ship_by=NOON + 2 * DAY))
    assert promises() == [("delivery", "open"), ("shipping", "open")]

    record_one(
        later(20, deliver_by=NOON + 4 * DAY, ship_by=NOON + 2 * DAY, fulfilment="shipped", shipped_at=at(20))
    )
    assert promises() == [("delivery", "open"), ("shipping", "kept")]

    record_one(
        later(50, deliver_by=NOON + 4 * DAY, fulfilment="delivered", shipped_at=at(20), delivered_at=at(50))
    )
    assert promises() == [("delivery", "kept"), ("shipping", "kept")]


def test_an_estimate_that_moves_puts_the_promise_at_risk() -> None:
    record_one(order(deliver_by=NOON + 4 * DAY))
    record_one(later(5, expected_at=NOON + 6 * DAY, delay_reason="carrier_delay", deliver_by=NOON + 4 * DAY))

    promise = Promise.objects.get()
    assert (promise.state, promise.expected_at) == ("at_risk", NOON + 6 * DAY)
    assert Evidence.objects.get(kind="estimate").reason == "carrier_delay"
    assert Event.objects.get(kind="promise.at_risk").payload["slipped"] is True
    assert Event.objects.filter(kind="order.estimate_moved").count() == 1


def test_a_cancelled_order_withdraws_its_promise() -> None:
    record_one(order(deliver_by=NOON + 4 * DAY))
    record_one(later(5, cancelled=True, cancelled_at=at(5)))

    assert promises() == [("delivery", "withdrawn")]


def test_another_date_from_the_shop_is_a_new_version() -> None:
    record_one(order(deliver_by=NOON + 4 * DAY))
    record_one(later(5, deliver_by=NOON + 6 * DAY, delay_reason="out_of_stock"))

    assert list(PromiseVersion.objects.values_list("number", "due_at", "reason")) == [
        (1, NOON + 4 * DAY, ""),
        (2, NOON + 6 * DAY, "out_of_stock"),
    ]
    assert Promise.objects.get().first_due_at == NOON + 4 * DAY


def test_the_rule_is_not_applied_a_second_time(ships_in_three_days: Business) -> None:
    record_one(ORDER)
    Business.objects.update(ship_within_days=9)
    record_one(later(5, note="news"))

    assert PromiseVersion.objects.count() == 1


def test_a_corrected_moment_takes_the_wrong_one_back() -> None:
    record_one(order(deliver_by=NOON + 2 * DAY))
    with clock.frozen(NOON + 5 * DAY):
        record_one(later(30, deliver_by=NOON + 2 * DAY, fulfilment="delivered", delivered_at=at(30)))
        assert promises() == [("delivery", "kept")]

        record_one(later(80, deliver_by=NOON + 2 * DAY, fulfilment="delivered", delivered_at=at(70)))

    assert promises() == [("delivery", "broken")]


def test_delivered_in_time_but_told_late_is_kept() -> None:
    record_one(order(deliver_by=NOON + 2 * DAY))
    with clock.frozen(NOON + 4 * DAY):
        while ledger.look():
            pass
        assert promises() == [("delivery", "broken")]
        record_one(later(96, deliver_by=NOON + 2 * DAY, fulfilment="delivered", delivered_at=at(40)))

    assert promises() == [("delivery", "kept")]
    assert Event.objects.get(kind="promise.kept").payload["reversed"] is True


def test_history_is_judged_at_once_and_silently() -> None:
    def past(key: str, **changes: object) -> OrderRecord:
        return order(
            external_id=key, number=key, ordered_at=NOON - 30 * DAY, deliver_by=NOON - 25 * DAY, **changes
        )

    record(
        past("in time", fulfilment="delivered", delivered_at=NOON - 26 * DAY),
        past("late", fulfilment="delivered", delivered_at=NOON - 20 * DAY),
        past("never", fulfilment="unfulfilled"),
        past("nobody knows", fulfilment="shipped", shipped_at=NOON - 28 * DAY),
        past("cancelled", cancelled=True, cancelled_at=NOON - 28 * DAY),
        past("cancelled sometime", cancelled=True),
        backfill=True,
    )

    assert promises() == [
        ("delivery", "kept"),
        ("delivery", "broken"),
        ("delivery", "broken"),
        ("delivery", "withdrawn"),
    ]
    assert not Event.objects.filter(backfill=False).exists()


def test_an_imported_order_that_is_still_open_is_watched_from_now_on() -> None:
    record_one(order(ordered_at=NOON - DAY, deliver_by=NOON + 2 * DAY), backfill=True)
    assert Promise.objects.get().backfill is False

    with clock.frozen(NOON + 3 * DAY):
        while ledger.look():
            pass

    assert Event.objects.get(kind="promise.broken").backfill is False


def test_an_anonymous_sale_promises_nobody_anything() -> None:
    record_one(order(customer=PersonRecord(), deliver_by=NOON + 4 * DAY))

    assert not Promise.objects.exists()


def test_a_repeated_webhook_doubles_nothing() -> None:
    first = order(deliver_by=NOON + 4 * DAY)
    second = later(20, deliver_by=NOON + 4 * DAY, fulfilment="shipped", shipped_at=at(20))
    for piece in (first, second, second, first, second):
        record_one(piece)

    assert Promise.objects.count() == 1
    assert list(Evidence.objects.values_list("kind", flat=True)) == ["shipped"]
    assert Event.objects.filter(kind="order.shipped").count() == 1
