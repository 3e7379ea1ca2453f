"""What remains of a person's orders once they are erased, and what they get when they ask for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mikomi.commerce.models import Order
from mikomi.commerce.tests.shop import HANAKO, ORDER, at, order, record_one
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.search.models import SearchEntry
from mikomi.customers import operations as customers
from mikomi.promises import operations as promises
from mikomi.promises.models import Promise
from mikomi.promises.records import NewPromise
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "business")]
WORDS = "花子様へ、蓋を二つお送りします。"


@pytest.fixture
def bought() -> Order:
    """An order with everything personal on it, and a promise in words."""
    record_one(order(deliver_by=at(48)))
    Order.objects.update(
        recipient="山田 花子", destination_region="東京都", destination_city="台東区", destination_lines="谷中3-4-5",
        destination_postal_code="110-0001", note="留守なら隣へ", tracking_number="1234-5678",
    )  # fmt: skip
    row = Order.objects.get()
    assert row.customer_id is not None
    new = NewPromise(
        kind="callback",
        customer_id=row.customer_id,
        due_at=at(48),
        source="composer",
        statement=WORDS,
        made_at=NOON,
    )
    made = promises.make(actor=SYSTEM, promise=new)
    promises.change_terms(actor=SYSTEM, promise_id=made.pk, due_at=at(72), note="花子様のご希望")
    return row


def test_erasing_takes_words_and_addresses_and_leaves_figures(owner: Actor, bought: Order) -> None:
    assert bought.customer_id is not None
    figures = list(Promise.objects.order_by("id").values_list("kind", "state", "due_at"))
    customers.erase(actor=owner, customer_id=bought.customer_id)

    row = Order.objects.get()
    assert (row.recipient, row.destination_city, row.destination_lines, row.destination_postal_code) == (
        "",
    ) * 4
    assert (row.note, row.tracking_number) == ("", "")
    assert (row.number, row.total_minor, row.destination_region) == ("#1001", bought.total_minor, "東京都")
    assert list(Promise.objects.order_by("id").values_list("kind", "state", "due_at")) == figures
    assert not SearchEntry.objects.filter(kind="promise").exists()


def test_the_same_order_again_brings_nothing_back(owner: Actor, bought: Order) -> None:
    assert bought.customer_id is not None
    customers.erase(actor=owner, customer_id=bought.customer_id)
    record_one(order(deliver_by=at(48)))
    assert Order.objects.get().recipient == ""


def test_a_person_gets_their_orders(owner: Actor, bought: Order) -> None:
    assert bought.customer_id is not None
    data = customers.export_data(actor=owner, customer_id=bought.customer_id)

    assert [(one["number"], one["recipient"], one["destination_lines"]) for one in data["orders"]] == [
        ("#1001", "山田 花子", "谷中3-4-5")
    ]
    assert len(data["orders"][0]["lines"]) == len(ORDER.lines)


def test_another_persons_orders_stay_out_of_it(owner: Actor, bought: Order) -> None:
    other = replace(HANAKO, emails=("other@example.jp",), phones=(), family_name="鈴木")
    record_one(order(external_id="2", number="#1002", customer=other))
    assert bought.customer_id is not None
    customers.erase(actor=owner, customer_id=bought.customer_id)
    numbers = [row.number for row in Order.objects.filter(customer__erased_at=None)]
    assert numbers == ["#1002"]
