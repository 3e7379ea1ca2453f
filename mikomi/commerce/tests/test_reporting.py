"""Steps of an order that a person reports."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mikomi.commerce import operations
from mikomi.commerce.models import Milestone
from mikomi.commerce.tests.shop import at, later, order, promises, record_one, the_order
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.business.models import Business
from mikomi.core.events.models import Event
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def placed(business: Business, noon: datetime) -> int:
    business.ship_within_days = 2
    business.save()
    record_one(order())
    return the_order().pk


def test_shipped_keeps_the_promise_and_is_told(manager: Actor, placed: int) -> None:
    operations.report_milestone(
        actor=manager, order_id=placed, kind="shipped", at=NOON, carrier="ヤマト運輸", tracking_number="1234"
    )
    row = the_order()
    assert (row.shipped_at, row.fulfilment, row.tracking_number) == (NOON, "shipped", "1234")
    assert promises() == [("shipping", "kept")]
    assert Milestone.objects.get(kind="shipped").source == "agent"
    assert Event.objects.get(kind="order.shipped").actor_id == manager.user_id
    assert row.lines.count() == 2


def test_the_source_may_say_the_same_later(manager: Actor, placed: int) -> None:
    operations.report_milestone(actor=manager, order_id=placed, kind="shipped", at=NOON)
    assert record_one(order()).outcome == "same"
    assert record_one(later(3, fulfilment="shipped", shipped_at=NOON)).outcome == "same"
    assert promises() == [("shipping", "kept")]


def test_delivered_means_shipped(manager: Actor, placed: int) -> None:
    operations.report_milestone(actor=manager, order_id=placed, kind="delivered", at=NOON)
    assert (the_order().shipped_at, the_order().fulfilment) == (NOON, "delivered")


def test_an_estimate_lies_ahead_and_has_a_reason(manager: Actor, business: Business, noon: datetime) -> None:
    record_one(order(deliver_by=at(48)))
    arrives = NOON + timedelta(days=4)
    operations.report_milestone(
        actor=manager, order_id=the_order().pk, kind="estimated", at=arrives, reason="carrier_delay"
    )
    assert the_order().expected_at == arrives
    assert promises() == [("delivery", "at_risk")]


@pytest.mark.parametrize(
    ("kind", "hours", "field"),
    [("shipped", 5, "at"), ("shipped", -5, "at"), ("placed", 0, "kind"), ("cancelled", 0, "kind")],
)
def test_wrong_steps_are_refused(manager: Actor, placed: int, kind: str, hours: float, field: str) -> None:
    with pytest.raises(operations.MilestoneError) as refused:
        operations.report_milestone(actor=manager, order_id=placed, kind=kind, at=at(hours))
    assert refused.value.field == field
    assert the_order().fulfilment == "unfulfilled"


def test_who_may_not_record_orders_is_refused(agent: Actor, placed: int) -> None:
    with pytest.raises(NotAllowedError):
        operations.report_milestone(actor=agent, order_id=placed, kind="shipped", at=NOON)
    assert the_order().shipped_at is None
    assert promises() == [("shipping", "open")]
