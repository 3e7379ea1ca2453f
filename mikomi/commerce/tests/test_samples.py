"""The imagined shop: seeded, plausible, and as far as it has come by now."""

from __future__ import annotations

from collections import Counter

import pytest

from mikomi.commerce import operations
from mikomi.commerce.models import Order
from mikomi.commerce.samples import COUNTER, WEB, sample_orders
from mikomi.core.access.actor import SYSTEM
from mikomi.core.business.models import Business, Store
from mikomi.customers.records import PersonRecord
from mikomi.promises.models import Promise
from tests.cast import NOON

PEOPLE = [
    PersonRecord(family_name="山田", given_name=f"花子{n}", emails=(f"{n}@example.jp",)) for n in range(60)
]


def test_the_same_seed_gives_the_same_orders() -> None:
    def orders(seed: int) -> list[object]:
        return list(sample_orders(people=PEOPLE, now=NOON, count=50, seed=seed))

    assert orders(1) == orders(1) != orders(2)


def test_nothing_has_happened_that_lies_ahead() -> None:
    for order in sample_orders(people=PEOPLE, now=NOON, count=600, days=30):
        for moment in (order.ordered_at, order.shipped_at, order.delivered_at, order.updated_at):
            assert moment is None or moment <= NOON
        assert order.lines
        assert order.total_minor == (order.subtotal_minor or 0) + (order.shipping_minor or 0)


def test_the_shop_has_a_counter_and_a_web_shop_and_good_customers() -> None:
    orders = list(sample_orders(people=PEOPLE, now=NOON, count=2_000))
    stores = Counter(order.store for order in orders)
    buyers = Counter(order.customer.emails for order in orders if order.customer.emails)

    assert 0.55 < stores[WEB] / len(orders) < 0.75
    assert any(not order.customer.is_known for order in orders)
    assert buyers.most_common(1)[0][1] > 2 * sorted(buyers.values())[len(buyers) // 2]
    assert [order.ordered_at for order in orders] == sorted(order.ordered_at for order in orders)  # type: ignore[type-var]


@pytest.mark.usefixtures("noon")
def test_its_promises_come_in_every_state(business: Business) -> None:
    business.ship_within_days = 3
    business.save()
    Store.objects.create(name="ウェブ", kind="web", code=WEB)
    Store.objects.create(name="店頭", kind="counter", code=COUNTER)
    orders = list(sample_orders(people=PEOPLE, now=NOON, count=600, days=40, seed=5))

    operations.record_orders(actor=SYSTEM, orders=orders, source="sample", backfill=True)

    assert Order.objects.count() == 600
    states = Counter(Promise.objects.values_list("state", flat=True))
    assert set(states) == {"open", "at_risk", "kept", "broken", "withdrawn"}
    assert 0.8 < states["kept"] / (states["kept"] + states["broken"]) < 0.97
    assert set(Promise.objects.values_list("kind", flat=True)) == {"delivery", "shipping"}
