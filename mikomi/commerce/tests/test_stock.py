"""Products' price and stock: what may still be promised, what is missing, and what that does to promises and facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.commerce import operations, queries
from mikomi.commerce.models import Order, Product
from mikomi.commerce.operations import Outcome, ProductError
from mikomi.commerce.records import OrderRecord, ProductRecord
from mikomi.commerce.rules.stock import Demand, Standing, Stock, standing
from mikomi.commerce.tests.shop import CUP, HANAKO, at, later, order, record_one
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.events.models import Event
from mikomi.facts import operations as facts
from mikomi.facts import queries as fact_queries
from mikomi.promises import queries as ledger
from mikomi.promises.models import Promise
from mikomi.promises.rules.circumstances import Shortage
from tests.cast import NOON

pytestmark = pytest.mark.usefixtures("noon", "business")
DAY = timedelta(days=1)
AN_HOUR_AGO = NOON - timedelta(hours=1)


def say(**values: object) -> operations.RecordedProduct:
    """What somebody knows of the cup."""
    record = ProductRecord(sku="CUP-01", **{"name": "湯のみ", **values})  # type: ignore[arg-type]
    return operations.record_products(actor=SYSTEM, products=[record], source="test")[0]


def buy(number: int, quantity: int, hours: float = 0.0, **changes: object) -> int:
    """An order for cups, to be delivered in six days."""
    one: OrderRecord = order(
        external_id=f"{number}",
        number=f"#{number}",
        ordered_at=at(hours - 24 + number / 60),
        deliver_by=date(2026, 11, 24),
        lines=(replace(CUP, quantity=quantity),),
        customer=replace(HANAKO, emails=(f"{number}@example.jp",), phones=()),
        **changes,
    )
    found = record_one(one)
    assert found.order_id
    return found.order_id


def cups(actor: Actor = SYSTEM) -> queries.ProductRow:
    return queries.product(actor=actor, product_id=Product.objects.get(sku="CUP-01").pk)


def stands() -> Standing:
    found = cups().standing
    assert found is not None
    return found


def state_of(order_id: int) -> str:
    return Promise.objects.get(subject_type="order", subject_id=order_id).state


# The rule


demands = st.lists(
    st.builds(
        Demand,
        st.integers(1, 6),
        st.integers(0, 5),
        st.integers(-5, 9).map(lambda hour: NOON + timedelta(hours=hour)),
    ),
    max_size=8,
)


@given(st.integers(-5, 30), st.integers(0, 9), demands)
def test_what_is_missing_and_what_is_left_add_up(on_hand: int, left: int, wanted: list[Demand]) -> None:
    found = standing(Stock(on_hand, NOON), wanted, left)
    assert found.available == on_hand - left - found.owed
    assert sum(found.missing.values()) == min(found.owed, max(0, -found.available))


@given(st.integers(-5, 30), st.integers(0, 9), demands)
def test_orders_taken_off_the_count_are_not_taken_off_again(
    count: int, left: int, wanted: list[Demand]
) -> None:
    earlier = sum(one.quantity for one in wanted if one.ordered_at <= NOON)
    found = standing(Stock(count, NOON, less_orders=True), wanted, left)
    assert found == standing(Stock(count + earlier, NOON), wanted, left)
    assert found.available == count - left - (found.owed - earlier)


def test_who_ordered_first_is_served_first() -> None:
    first, second = Demand(1, 2, NOON), Demand(2, 2, NOON + timedelta(hours=1))
    assert standing(Stock(3, NOON), [second, first]).missing == {2: 1}


# In the shop


def test_available_is_what_is_on_hand_less_what_is_ordered_and_not_shipped() -> None:
    say(on_hand=10, known_at=AN_HOUR_AGO)
    order_id = buy(1, 3)
    assert cups().standing == standing(Stock(10, AN_HOUR_AGO), [Demand(order_id, 3, at(0))])
    assert stands().available == 7

    with clock.frozen(NOON + DAY):
        operations.report_milestone(actor=SYSTEM, order_id=order_id, kind="shipped", at=clock.now())
        now = stands()
    assert (now.available, now.owed) == (7, 0)  # three have left the shelf


def test_what_a_shop_calls_available_counts_its_orders_already() -> None:
    buy(1, 3)
    say(available=7)
    assert (stands().available, stands().owed) == (7, 3)


def test_a_cancelled_order_and_imported_history_want_nothing() -> None:
    say(on_hand=10, known_at=AN_HOUR_AGO)
    buy(1, 3, cancelled=True, cancelled_at=NOON)
    record_one(order(external_id="9", number="#9", lines=(CUP,)), backfill=True)
    assert stands().owed == 0


def test_older_news_changes_nothing_and_the_same_again_is_the_same() -> None:
    assert say(on_hand=5, price_minor=1800, currency="JPY").outcome is Outcome.CREATED
    assert say(on_hand=5, price_minor=1800, currency="JPY").outcome is Outcome.SAME
    older = say(on_hand=9, known_at=AN_HOUR_AGO)
    assert (older.outcome, older.reason) == (Outcome.SAME, "older")
    changed = say(on_hand=4, price_minor=1900, currency="JPY")
    assert (changed.outcome, set(changed.changes)) == (Outcome.CHANGED, {"on_hand", "price_minor"})
    assert Event.objects.filter(kind="product.changed").count() == 2


def test_a_dry_run_writes_nothing() -> None:
    record = ProductRecord(sku="NEW", on_hand=3)
    done = operations.record_products(actor=SYSTEM, products=[record], source="test", dry_run=True)
    assert done[0].outcome is Outcome.CREATED
    assert not Product.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"price_minor": -1, "currency": "JPY"},
        {"price_minor": 5, "currency": "XXX"},
        {"on_hand": 1, "available": 1},
        {"on_hand": 10**12},
    ],
)
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, object]) -> None:
    with pytest.raises(ProductError, match=r"\w"):
        say(**wrong)
    assert not Product.objects.exists()


def test_only_who_may_edit_orders_may_say_it(agent: Actor, manager: Actor) -> None:
    record = ProductRecord(sku="CUP-01", on_hand=3)
    with pytest.raises(NotAllowedError):
        operations.record_products(actor=agent, products=[record], source="hand")
    assert not Product.objects.exists()
    operations.record_products(actor=manager, products=[record], source="hand")
    assert cups(agent).product.on_hand == 3


# Promises


def test_a_promise_on_goods_that_are_not_there_is_at_risk_and_says_so(owner: Actor) -> None:
    say(on_hand=4, known_at=AN_HOUR_AGO)
    first, second = buy(1, 3), buy(2, 3)
    assert (state_of(first), state_of(second)) == ("open", "at_risk")

    row = ledger.promises(actor=owner, state="at_risk").items[0]
    assert row.risk >= 0.9
    assert row.around.reasons == ("no_stock",)
    assert row.around.shortage == Shortage(2)
    story = ledger.promise(actor=owner, promise_id=row.promise.pk)
    assert story.forecast is not None
    assert story.forecast.reason == "no_stock"


def test_stock_that_is_counted_anew_saves_the_promise_at_once() -> None:
    say(on_hand=0, known_at=AN_HOUR_AGO)
    order_id = buy(1, 3)
    assert state_of(order_id) == "at_risk"
    say(on_hand=3)
    assert state_of(order_id) == "open"
    assert Event.objects.filter(kind="promise.safe").count() == 1


def test_stock_that_is_found_missing_endangers_it_at_once() -> None:
    say(on_hand=3, known_at=AN_HOUR_AGO)
    order_id = buy(1, 3)
    assert state_of(order_id) == "open"
    say(on_hand=1)
    assert state_of(order_id) == "at_risk"


@pytest.mark.parametrize(
    ("arrives", "state"), [(date(2026, 11, 19), "open"), (date(2026, 11, 30), "at_risk")]
)
def test_goods_that_arrive_in_time_leave_hope(arrives: date, state: str) -> None:
    say(on_hand=0, restock_on=arrives, known_at=AN_HOUR_AGO)
    assert state_of(buy(1, 3)) == state


def test_what_is_shipped_no_longer_needs_goods() -> None:
    say(on_hand=0, known_at=AN_HOUR_AGO)
    order_id = buy(1, 3)
    record_one(later(1, external_id="1", number="#1", lines=(replace(CUP, quantity=3),), shipped_at=NOON))
    assert Order.objects.get(pk=order_id).shipped_at
    assert queries.missing(actor=SYSTEM, order_ids=[order_id]) == {}


def test_lists_of_products_take_the_same_queries_whatever_their_length(
    owner: Actor, django_assert_num_queries: object
) -> None:
    for number in range(12):
        record = ProductRecord(sku=f"P-{number:02}", name=f"品 {number}", on_hand=number % 3)
        operations.record_products(actor=SYSTEM, products=[record], source="test")
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(queries.products(actor=owner).items) == 12
    assert [row.product.sku for row in queries.products(actor=owner, view="out").items] == [
        "P-00", "P-03", "P-06", "P-09",
    ]  # fmt: skip
    assert [row.product.sku for row in queries.products(actor=owner, text="品 11").items] == ["P-11"]


# Facts


def test_products_feed_the_facts(owner: Actor, noon: datetime) -> None:
    say(on_hand=2, price_minor=1800, currency="JPY", variant="藍")
    facts.take_over()
    said = fact_queries.quote("{{ fact.price.CUP-01 }} {{ fact.stock.CUP-01 }}", language="ja")
    assert "1,800円" in said

    say(on_hand=0, price_minor=1900, currency="JPY", discontinued=True)
    facts.take_over()
    assert "1,900円" in fact_queries.quote("{{ fact.price.CUP-01 }}", language="ja")
    assert [
        (row.fact.key, row.value and getattr(row.value, "yes", None))
        for row in fact_queries.facts(actor=owner, view="fed").items
        if row.fact.kind in ("stock", "discontinued")
    ] == [("discontinued.CUP-01", True), ("stock.CUP-01", False)]
