"""Deliveries of outside consumers: several at once, each one's in order, at least once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from mikomi.core import clock
from mikomi.core.events import operations, outside, running
from mikomi.core.events.consumers import Family, GiveUpError
from mikomi.core.events.models import Delivery
from mikomi.core.events.operations import Happening
from mikomi.core.events.tests.kinds import Ping

pytestmark = pytest.mark.django_db
Register = Callable[[Family], None]


def named(*names: str) -> Callable[[Collection[str]], dict[str, list[str]]]:
    return lambda kinds: {kind: list(names) if kind == "test.ping" else [] for kind in kinds}


def ping(count: int = 1) -> None:
    with transaction.atomic():
        operations.record_many([Happening(Ping(number)) for number in range(count)])


def run() -> int:
    return outside.run_outside_due(worker="w1")


def test_each_consumer_hears_in_order(family: Register) -> None:
    heard: dict[str, list[int]] = {"far:1": [], "far:2": []}

    def handle(delivery: Delivery) -> None:
        heard[delivery.consumer].append(delivery.event.payload["number"])

    family(Family("far", named("far:1", "far:2"), handle))
    ping(5)
    assert run() == 10
    assert heard == {"far:1": [0, 1, 2, 3, 4], "far:2": [0, 1, 2, 3, 4]}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


def test_they_are_called_side_by_side_and_outside_any_transaction_of_ours(family: Register) -> None:
    """Each waits for the other: one after the other they would wait for ever."""
    together = threading.Barrier(3, timeout=10)

    def meet(delivery: Delivery) -> None:
        together.wait()

    family(Family("far", named("far:1", "far:2", "far:3"), meet))
    ping()
    assert run() == 3
    assert Delivery.objects.filter(state="done").count() == 3


def test_a_failing_one_holds_up_no_other(family: Register, noon: datetime) -> None:
    def handle(delivery: Delivery) -> None:
        if delivery.consumer == "far:bad":
            raise ConnectionError("nobody there")

    family(Family("far", named("far:bad", "far:good"), handle))
    ping(3)
    assert run() == 4
    assert Delivery.objects.filter(consumer="far:good", state="done").count() == 3
    bad = Delivery.objects.filter(consumer="far:bad").order_by("id")
    assert [(row.state, row.attempts) for row in bad] == [("waiting", 1), ("waiting", 0), ("waiting", 0)]
    assert run() == 0
    outside.wake("far:bad")
    assert run() == 1


def test_its_family_says_how_often_it_is_tried(family: Register, noon: datetime) -> None:
    def fail(delivery: Delivery) -> None:
        raise ConnectionError

    family(Family("far", named("far:1"), fail, delays=(timedelta(minutes=1),)))
    ping()
    run()
    with clock.frozen(noon + timedelta(minutes=2)):
        run()
    assert Delivery.objects.get().state == "failed"


def test_a_call_that_cant_help_is_not_repeated(family: Register) -> None:
    def gone(delivery: Delivery) -> None:
        raise GiveUpError("gone")

    family(Family("far", named("far:1"), gone))
    ping()
    run()
    assert Delivery.objects.get().state == "failed"


def test_after_a_kill_the_call_is_made_again(family: Register) -> None:
    calls: list[int] = []
    family(Family("far", named("far:1"), lambda delivery: calls.append(delivery.event_id)))
    ping()
    running.claim(running.due(), worker="dead", limit=1)
    assert run() == 0
    running.free_claims(["dead"])
    assert run() == 1
    assert len(calls) == 1


def test_a_claim_lost_meanwhile_is_left_to_its_new_holder(family: Register) -> None:
    def freed_meanwhile(delivery: Delivery) -> None:
        Delivery.objects.filter(pk=delivery.pk).update(claimed_by="other")

    family(Family("far", named("far:1"), freed_meanwhile))
    ping()
    assert run() == 1
    assert Delivery.objects.values_list("state", "claimed_by").get() == ("running", "other")


def test_the_search_for_work_uses_its_index() -> None:
    plan = running.due().filter(is_outside=True, consumer="far:1").order_by("due_at", "id")[:5].explain()
    if connection.vendor == "sqlite":
        assert "delivery_due_outside" in plan, plan
