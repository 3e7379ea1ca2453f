"""Orders arrive: new, again, changed, cancelled, refunded, in pieces, in any order."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mikomi.commerce import operations
from mikomi.commerce.models import Milestone, Order, OrderLine, Product, Refund
from mikomi.commerce.records import OrderLineRecord, OrderRecord, RefundRecord
from mikomi.commerce.tests.shop import (
    CUP,
    DAY,
    ORDER,
    at,
    later,
    order,
    record,
    record_one,
    the_order,
)
from mikomi.core import clock
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.business.models import Store
from mikomi.core.events.models import Event
from mikomi.core.search.models import SearchEntry
from mikomi.customers.models import Customer, Standing
from mikomi.customers.records import AddressRecord, PersonRecord
from tests.cast import NOON

pytestmark = pytest.mark.usefixtures("noon", "business")


def test_a_new_order_is_written_with_all_it_says() -> None:
    result = record_one(
        order(destination=AddressRecord("JP", "東京都", "台東区", "111-0032", ("浅草1-2-3",), "山田花子"))
    )

    stored = the_order()
    assert (result.outcome, result.order_id) == ("created", stored.pk)
    assert (stored.number, stored.total_minor, stored.payment) == ("#1001", 7800, "paid")
    assert (stored.destination_region, stored.recipient) == ("東京都", "山田花子")
    assert stored.ordered_at == NOON
    assert list(stored.lines.values_list("key", "name", "quantity", "product__sku")) == [
        ("1", "湯のみ", 2, "CUP-01"),
        ("2", "丸盆", 1, "TRAY-9"),
    ]
    assert list(stored.milestones.values_list("kind", "at", "known_at")) == [("ordered", NOON, NOON)]
    assert Event.objects.filter(kind="order.placed", customer_id=stored.customer_id).count() == 1
    assert SearchEntry.objects.filter(kind="order", object_id=stored.pk).exists()


def test_the_customer_is_recognised(customer: Customer) -> None:
    record_one(ORDER)

    assert the_order().customer_id == customer.pk


def test_a_sale_without_a_name_is_anonymous() -> None:
    record_one(order(customer=PersonRecord()))

    assert the_order().customer_id is None
    assert not Customer.objects.exists()


def test_an_anonymous_sale_becomes_somebodys(customer: Customer) -> None:
    record_one(order(customer=PersonRecord()))
    record_one(later(1))

    assert the_order().customer_id == customer.pk
    assert Standing.objects.get(customer=customer).spend_minor == 7800


def test_the_same_again_changes_nothing() -> None:
    first = record_one(ORDER)
    before = Event.objects.count()

    again = record_one(later(5, line_numbers=(7, 8)))

    assert (again.outcome, again.order_id) == ("same", first.order_id)
    assert Event.objects.count() == before


def test_news_changes_what_it_says_and_leaves_the_rest() -> None:
    record_one(order(note="ギフト包装", carrier="ヤマト運輸"))

    result = record_one(later(20, fulfilment="shipped", shipped_at=at(20), tracking_number="1234"))

    stored = the_order()
    assert (result.outcome, set(result.changes)) == (
        "changed",
        {"fulfilment", "shipped_at", "tracking_number"},
    )
    assert (stored.shipped_at, stored.tracking_number) == (at(20), "1234")
    assert (stored.note, stored.carrier) == ("ギフト包装", "ヤマト運輸")
    assert list(
        Event.objects.order_by("id").filter(kind__startswith="order.").values_list("kind", flat=True)
    ) == [
        "order.placed",
        "order.changed",
        "order.shipped",
    ]


def test_older_news_than_is_known_changes_nothing() -> None:
    record_one(later(20, fulfilment="shipped", shipped_at=at(20)))

    result = record_one(later(2, note="older"))

    assert (result.outcome, result.reason) == ("same", "older")
    assert the_order().note == ""


def test_any_order_of_arrival_ends_in_the_same_order() -> None:
    news = [
        ORDER,
        later(10, fulfilment="shipped", shipped_at=at(10)),
        later(30, fulfilment="delivered", shipped_at=at(10), delivered_at=at(30)),
    ]
    seen = set()
    for arrival in permutations(news):
        Order.objects.all().delete()
        with clock.frozen(NOON + 5 * DAY):
            for piece in arrival:
                record_one(piece)
        stored = the_order()
        seen.add((stored.fulfilment, stored.shipped_at, stored.delivered_at, stored.source_updated_at))

    assert seen == {("delivered", at(10), at(30), at(30))}


def test_lines_follow_the_source() -> None:
    record_one(ORDER)
    kept = OrderLine.objects.get(key="1").pk

    bowl = OrderLineRecord(key="3", sku="BOWL", name="茶碗", quantity=1, unit_price_minor=900)
    record_one(
        later(
            1,
            lines=(
                OrderLineRecord(key="1", sku="CUP-01", name="湯のみ", quantity=5, unit_price_minor=1800),
                bowl,
            ),
        )
    )

    assert list(OrderLine.objects.values_list("key", "quantity")) == [("1", 5), ("3", 1)]
    assert OrderLine.objects.get(key="1").pk == kept
    assert Product.objects.count() == 3


def test_a_cancelled_order_says_so() -> None:
    record_one(ORDER)
    record_one(later(3, cancelled=True, cancelled_at=at(3)))

    assert the_order().cancelled_at == at(3)
    assert Event.objects.filter(kind="order.cancelled").count() == 1


def test_refunds_come_once_each_and_decide_the_payment() -> None:
    record_one(ORDER)
    first = RefundRecord("r1", 1800, at(4), "欠け")
    record_one(later(4, refunds=(first,)))
    assert (the_order().refunded_minor, the_order().payment) == (1800, "partly_refunded")

    record_one(later(5, refunds=(first, RefundRecord("r2", 6000, at(5)))))

    assert (the_order().refunded_minor, the_order().payment) == (7800, "refunded")
    assert Refund.objects.count() == 2
    assert Event.objects.filter(kind="order.refunded").count() == 2


def test_a_growing_total_of_refunds_makes_one_of_the_difference() -> None:
    record_one(order(refunded_minor=1000))
    record_one(later(5, refunded_minor=2500))
    record_one(later(6, refunded_minor=2500, note="another change"))

    assert list(Refund.objects.order_by("id").values_list("amount_minor", flat=True)) == [1000, 1500]
    assert the_order().refunded_minor == 2500


def test_a_step_without_its_time_is_dated_by_when_we_learn_of_it() -> None:
    record_one(ORDER)
    record_one(later(9, fulfilment="shipped"))

    assert the_order().shipped_at == at(9)


def test_of_an_order_first_seen_when_it_was_shipped_nobody_knows_when() -> None:
    record_one(order(fulfilment="shipped"))

    assert the_order().shipped_at is None


def test_what_is_said_to_happen_in_future_is_a_plan() -> None:
    record_one(order(delivered_at=NOON + 3 * DAY, deliver_by=NOON + 5 * DAY))

    assert (the_order().delivered_at, the_order().expected_at) == (None, NOON + 3 * DAY)


def test_days_without_a_time_lie_in_the_zone_of_the_shop() -> None:
    record_one(
        order(ordered_at=date(2026, 11, 10), deliver_by=date(2026, 11, 20), shipped_at=date(2026, 11, 10))
    )

    stored = the_order()
    assert stored.ordered_at == stored.shipped_at == datetime(2026, 11, 9, 15, tzinfo=UTC)
    assert stored.promised_at == datetime(2026, 11, 20, 14, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"external_id": "", "number": " "}, "no_id"),
        ({"ordered_at": None, "updated_at": None}, "no_date"),
    ],
)
def test_what_cannot_be_stored_is_skipped_with_its_reason(changes: dict[str, object], reason: str) -> None:
    good, bad = record(ORDER, order(**changes))

    assert (good.outcome, bad.outcome, bad.reason) == ("created", "skipped", reason)
    assert Order.objects.count() == 1


def test_long_and_strange_texts_are_cut_to_their_columns() -> None:
    record_one(
        order(number="９" * 500, note="\0x" * 30_000, payment_method="🎁" * 300, external_id="i" * 900)
    )

    stored = the_order()
    assert len(stored.number) == 64
    assert len(stored.external_id) == 128
    assert len(stored.payment_method) <= 100
    assert "\0" not in stored.note


def test_the_store_is_found_by_code_or_name() -> None:
    web = Store.objects.create(name="Web", kind="web", code="web")
    counter = Store.objects.create(name="浅草店", kind="counter", code="asakusa")

    record(
        order(external_id="1", store="浅草店"),
        order(external_id="2", store="WEB"),
        order(external_id="3"),
        store_id=web.pk,
    )

    stores = dict(Order.objects.values_list("external_id", "store_id"))
    assert stores == {"1": counter.pk, "2": web.pk, "3": web.pk}


def test_the_dry_run_says_what_would_happen_and_writes_nothing(manager: Actor) -> None:
    record_one(ORDER)
    news = [ORDER, later(1, note="news"), order(external_id="new"), order(external_id="", number="")]

    said = operations.preview_orders(actor=manager, orders=news, source="import")

    assert [(one.outcome, one.reason, one.changes) for one in said] == [
        ("same", "", ()),
        ("changed", "", ("note",)),
        ("created", "", ()),
        ("skipped", "no_id", ()),
    ]
    assert Order.objects.count() == 1
    done = operations.record_orders(actor=manager, orders=news, source="import")
    assert [one.outcome for one in done] == [one.outcome for one in said]


def test_who_may_not_record_orders_leaves_nothing_behind(agent: Actor) -> None:
    for verb in (operations.record_orders, operations.preview_orders):
        with pytest.raises(NotAllowedError):
            verb(actor=agent, orders=[ORDER], source="import")

    assert not Order.objects.exists()
    assert not Event.objects.exists()


def test_an_order_in_two_pieces_of_one_file_gets_the_lines_of_both() -> None:
    piece = order(updated_at=None, lines=(CUP,), total_minor=3600, total_is_computed=True)
    rest = order(
        updated_at=None,
        lines=(OrderLineRecord(key="1", sku="TRAY-9", name="丸盆", unit_price_minor=4200),),
        total_minor=4200,
        total_is_computed=True,
    )
    for run in ("a", "b"):
        # The chunk is repeated, as after a kill.
        record(piece, rest, run=run)
        record(piece, rest, run=run)
        assert list(OrderLine.objects.values_list("key", "sku")) == [("1", "CUP-01"), ("1#2", "TRAY-9")]
        assert the_order().total_minor == 7800

    changed = order(
        updated_at=None,
        lines=(OrderLineRecord(key="1", sku="BOWL", name="茶碗", unit_price_minor=1),),
        total_minor=1,
        total_is_computed=True,
    )
    record(piece, changed, run="c")
    assert [line.sku for line in OrderLine.objects.order_by("id")] == ["CUP-01", "TRAY-9", "BOWL"]


def test_standing_is_counted_anew_and_never_adds_up_wrongly(customer: Customer) -> None:
    second = order(external_id="2", number="#1002", ordered_at=NOON - 9 * DAY, total_minor=1000)
    for _ in range(3):
        record(ORDER, second)
    standing = Standing.objects.get(customer=customer)
    assert (standing.spend_minor, standing.order_count) == (8800, 2)
    assert (standing.first_order_at, standing.last_order_at) == (NOON - 9 * DAY, NOON)

    record_one(later(1, refunded_minor=800))
    record_one(order(external_id="2", number="#1002", updated_at=at(2), cancelled=True, cancelled_at=at(2)))

    standing.refresh_from_db()
    assert (standing.spend_minor, standing.order_count) == (7000, 1)


def test_history_tells_nobody_and_was_known_when_it_happened() -> None:
    record_one(
        order(
            ordered_at=NOON - 30 * DAY,
            fulfilment="delivered",
            shipped_at=NOON - 28 * DAY,
            delivered_at=NOON - 27 * DAY,
        ),
        backfill=True,
    )

    assert not Event.objects.filter(backfill=False).exists()
    assert set(Milestone.objects.values_list("kind", "known_at")) == {
        ("ordered", NOON - 30 * DAY),
        ("shipped", NOON - 28 * DAY),
        ("delivered", NOON - 27 * DAY),
    }


def test_queries_do_not_grow_with_the_number_of_orders() -> None:
    def batch(start: int, count: int, **changes: object) -> list[OrderRecord]:
        return [
            order(
                external_id=str(number),
                number=str(number),
                customer=PersonRecord(emails=(f"{number}@example.jp",), name="山田 花子"),
                deliver_by=NOON + 4 * DAY,
                **changes,
            )
            for number in range(start, start + count)
        ]

    def queries(orders: list[OrderRecord]) -> int:
        with CaptureQueriesContext(connection) as captured:
            record(*orders)
        return len(captured)

    queries(batch(0, 2))
    assert queries(batch(100, 3)) == queries(batch(200, 45))
    news = {"updated_at": at(3), "fulfilment": "shipped", "shipped_at": at(3)}
    assert queries(batch(100, 3, **news)) == queries(batch(200, 45, **news))


def test_a_message_about_a_refund_alone_leaves_the_rest_and_the_next_message_says_nothing_new() -> None:
    record_one(ORDER)
    refund = RefundRecord("r1", 1800, at(4))
    only = OrderRecord(
        source="shopify",
        external_id=ORDER.external_id,
        number=ORDER.number,
        customer=PersonRecord(),
        currency="JPY",
        ordered_at=NOON,
        refunds=(refund,),
    )
    assert record_one(only).changes == ("refunded_minor", "payment", "refunds")
    before = Event.objects.count()

    again = record_one(later(5, refunds=(refund,), payment="partly_refunded"))

    assert again.outcome == "same"
    assert Event.objects.count() == before
    assert OrderLine.objects.count() == 2
    # It was heard all the same: what is older than it comes too late.
    assert record_one(later(3, note="older")).reason == "older"
