"""Counts, orders, shipments and cancellations arrive late and in any order: what may be promised stays true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mikomi.commerce import operations, stock
from mikomi.commerce.models import Product
from mikomi.commerce.records import OrderRecord, ProductRecord
from mikomi.commerce.rules.stock import Standing
from mikomi.commerce.tests.shop import CUP, HANAKO, order, record, record_one
from mikomi.core import bulk, clock
from mikomi.core.access.actor import SYSTEM
from mikomi.core.business.models import Store
from mikomi.core.events.models import Event
from mikomi.promises import goods
from mikomi.promises import operations as promises
from mikomi.promises.models import Promise
from tests.cast import NOON

pytestmark = pytest.mark.usefixtures("noon", "business")
TEN = NOON - timedelta(hours=2)  # 10:00 in Tokyo
MINUTE = timedelta(minutes=1)
TODAY = date(2026, 11, 18)


def say(sku: str = "CUP-01", **values: Any) -> None:
    """What somebody knows of the cup."""
    known = ProductRecord(sku=sku, name="湯のみ", **values)
    operations.record_products(actor=SYSTEM, products=[known], source="test")


def bought(at: datetime, quantity: int, number: int = 1, sku: str = "CUP-01", **changes: Any) -> OrderRecord:
    """An order for cups as its source tells it."""
    return order(
        external_id=f"{sku}/{number}",
        number=f"#{number}",
        ordered_at=at,
        lines=(replace(CUP, sku=sku, quantity=quantity),),
        customer=replace(HANAKO, emails=(f"{number}@example.jp",), phones=()),
        **changes,
    )


def stands(sku: str = "CUP-01") -> Standing:
    """As the product stands now."""
    product = Product.objects.get(sku=sku)
    return stock.standings([product])[product.pk]


# What a shop calls available


def test_an_order_after_the_count_lowers_it_even_where_it_is_recorded_before_the_count() -> None:
    record_one(bought(TEN + MINUTE, 3))
    say(available=5, known_at=TEN)
    assert (stands().available, stands().owed) == (2, 3)


def test_an_order_that_leaves_after_the_count_was_taken_off_already() -> None:
    record_one(bought(TEN - MINUTE, 1))
    record_one(bought(TEN - MINUTE, 1, shipped_at=TEN + MINUTE, fulfilment="shipped", updated_at=NOON))
    say(available=5, known_at=TEN)
    assert (stands().available, stands().owed) == (5, 0)


def test_an_order_that_lowered_the_count_may_arrive_after_it() -> None:
    say(available=4, known_at=TEN)
    record_one(bought(TEN - MINUTE, 1))
    assert (stands().available, stands().owed, stands().missing) == (4, 1, {})


def test_what_was_promised_beyond_the_count_is_missing_to_the_latest() -> None:
    say(available=-1, known_at=TEN)
    record_one(bought(TEN - 2 * MINUTE, 2, number=1))
    late = record_one(bought(TEN - MINUTE, 2, number=2))
    assert stands().missing == {late.order_id: 1}


def test_the_same_count_again_is_news_where_pieces_have_left_and_come_since() -> None:
    say(on_hand=10, known_at=TEN)
    record_one(bought(TEN + MINUTE, 3, shipped_at=TEN + 2 * MINUTE, fulfilment="shipped"))
    assert stands().available == 7
    say(on_hand=10, known_at=TEN + 3 * MINUTE)
    assert stands().available == 10
    said = Event.objects.filter(kind="product.changed").order_by("id")
    assert [event.payload["available"] for event in said] == [10, 10]
    say(on_hand=10, known_at=TEN + 4 * MINUTE)
    assert len(said.all()) == 2, "nothing follows from it"


# Against a simple truth


class Shop:
    """The truth: every moment is one second after the last. News of it is collected to be told in any order."""

    def __init__(self, random: Random, sku: str) -> None:
        self.random, self.sku, self.now = random, sku, TEN
        self.shelf, self.orders = random.randint(0, 4), dict[int, tuple[str, OrderRecord]]()
        self.news: list[Callable[[], object]] = []
        self.count()

    def step(self) -> None:
        self.now += timedelta(seconds=1)
        self.random.choice((self.count, self.buy, self.buy, self.ship, self.ship, self.cancel, self.fill))()

    def waiting(self) -> list[int]:
        return [number for number, (state, _) in self.orders.items() if state == "open"]

    @property
    def owed(self) -> int:
        return sum(self.orders[number][1].lines[0].quantity for number in self.waiting())

    def count(self) -> None:
        kind, at = self.random.choice(("on_hand", "available")), self.now
        pieces = self.shelf - (self.owed if kind == "available" else 0)
        self.news.append(lambda: say(self.sku, known_at=at, **{kind: pieces}))

    def fill(self) -> None:
        self.shelf += self.random.randint(1, 2)
        self.count()

    def buy(self) -> None:
        number = len(self.orders)
        self.tell(number, "open", bought(self.now, self.random.randint(1, 2), number, self.sku))

    def ship(self) -> None:
        if waiting := self.waiting():
            number = self.random.choice(waiting)
            one = self.orders[number][1]
            self.shelf -= one.lines[0].quantity
            self.tell(number, "gone", replace(one, shipped_at=self.now, fulfilment="shipped"))

    def cancel(self) -> None:
        if waiting := self.waiting():
            number = self.random.choice(waiting)
            self.tell(number, "off", replace(self.orders[number][1], cancelled=True, cancelled_at=self.now))

    def tell(self, number: int, state: str, one: OrderRecord) -> None:
        one = replace(one, updated_at=self.now)
        self.orders[number] = (state, one)
        self.news.append(lambda: record(one))


_skus = count()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.integers(2, 16))
def test_in_whatever_order_the_news_arrives_what_is_said_is_true(random: Random, steps: int) -> None:
    shop = Shop(random, f"CUP-{next(_skus)}")
    for _ in range(steps):
        shop.step()
    random.shuffle(shop.news)
    for tell in shop.news:
        tell()
    assert (stands(shop.sku).available, stands(shop.sku).owed) == (shop.shelf - shop.owed, shop.owed)


# Shipments of which little is known


def test_a_shipment_of_which_only_the_day_is_known_has_left_if_it_was_told_after_the_count() -> None:
    with clock.frozen(TEN):
        record_one(bought(TEN - timedelta(days=1), 3))
        say(on_hand=10)
    record_one(bought(TEN - timedelta(days=1), 3, shipped_at=TODAY, fulfilment="shipped", updated_at=NOON))
    assert (stands().available, stands().owed) == (7, 0)


def test_so_has_what_was_ordered_that_same_day() -> None:
    with clock.frozen(TEN):
        record_one(bought(TEN - timedelta(hours=1), 3))
        say(on_hand=10)
    record_one(bought(TEN - timedelta(hours=1), 3, shipped_at=TODAY, fulfilment="shipped", updated_at=NOON))
    assert stands().available == 7


@pytest.mark.parametrize("shipped", [TODAY - timedelta(days=1), TEN - timedelta(minutes=30)])
def test_late_news_of_a_shipment_before_the_count_changes_nothing(shipped: date) -> None:
    with clock.frozen(TEN):
        record_one(bought(TEN - timedelta(days=3), 3))
        say(on_hand=10)
    record_one(bought(TEN - timedelta(days=3), 3, shipped_at=shipped, fulfilment="shipped", updated_at=NOON))
    assert stands().available == 10


def test_a_day_that_was_known_at_the_count_is_not_counted_twice() -> None:
    with clock.frozen(TEN - MINUTE):
        record_one(bought(TEN - timedelta(days=1), 3, shipped_at=TODAY, fulfilment="shipped"))
    with clock.frozen(TEN):
        say(on_hand=10)
    assert stands().available == 10


@pytest.mark.parametrize(("ordered", "left"), [(TEN + MINUTE, 7), (TEN - MINUTE, 10)])
@pytest.mark.parametrize("kind", ["on_hand", "available"])
def test_an_order_first_seen_as_shipped_has_left_since_if_it_was_placed_since(
    kind: str, ordered: datetime, left: int
) -> None:
    counted: dict[str, Any] = {kind: 10}
    say(known_at=TEN, **counted)
    record_one(bought(ordered, 3, fulfilment="shipped"))
    assert (stands().available, stands().owed) == (left, 0)


@pytest.mark.parametrize(("ordered", "left"), [(TEN + MINUTE, 7), (TEN - MINUTE, 10)])
def test_what_is_sold_at_a_counter_is_taken_along(ordered: datetime, left: int) -> None:
    counter = Store.objects.create(name="本店", code="main", kind=Store.Kind.COUNTER)
    say(on_hand=10, known_at=TEN)
    record_one(bought(ordered, 3), store_id=counter.pk)
    assert (stands().available, stands().owed) == (left, 0)


# What follows


def test_each_product_is_weighed_from_its_own_count() -> None:
    say("OLD-1", on_hand=10, known_at=TEN - timedelta(days=9))
    say("NEW-1", on_hand=10, known_at=TEN)
    for sku in ("OLD-1", "NEW-1"):
        shipped = TEN - timedelta(days=1)
        record_one(bought(shipped, 3, sku=sku, shipped_at=shipped, fulfilment="shipped"))
    assert (stands("OLD-1").available, stands("NEW-1").available) == (7, 10)


def test_another_day_of_arrival_is_looked_at_at_once() -> None:
    say(on_hand=0, known_at=TEN)
    record_one(bought(TEN, 3, deliver_by=date(2026, 11, 24)))
    assert Promise.objects.get().state == "at_risk"
    say(restock_on=date(2026, 11, 19))
    assert Promise.objects.get().state == "open"


def test_promises_are_looked_at_when_the_goods_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    say(on_hand=3, known_at=TEN)
    record_one(bought(TEN, 3, deliver_by=date(2026, 11, 24)))
    depth = len(connection.savepoint_ids)
    looked: list[int] = []
    monkeypatch.setattr(promises, "look_again", lambda ids: looked.append(len(connection.savepoint_ids)))
    say(on_hand=1)
    assert looked == [depth], "the write lock is free again"


def test_two_who_record_the_same_new_product_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    write = bulk.insert

    def late(rows: Any, **more: Any) -> None:
        if rows and isinstance(rows[0], Product) and not Product.objects.exists():
            Product.objects.create(sku="CUP-01", name="先に来た品")
        write(rows, **more)

    monkeypatch.setattr(bulk, "insert", late)
    say(on_hand=3)
    assert Product.objects.get().on_hand == 3


def test_what_is_imported_with_a_day_to_come_is_owed_until_that_day() -> None:
    say(on_hand=0, known_at=TEN)
    known = record_one(bought(TEN - timedelta(days=9), 3, deliver_by=TODAY), backfill=True)
    assert known.order_id
    assert stock.shortages([known.order_id])
    with clock.frozen(NOON + timedelta(days=1)):
        assert not stock._counted_goods(order_ids=[known.order_id], now=clock.now())
        assert goods.all_shortages() == {}
