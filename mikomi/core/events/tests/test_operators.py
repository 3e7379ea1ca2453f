"""What an operator sees of deliveries and may do with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import transaction

from mikomi.core import bulk
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.models import AccessLog
from mikomi.core.events import operations, queries, running
from mikomi.core.events.consumers import GiveUpError
from mikomi.core.events.models import Delivery, Event
from mikomi.core.events.operations import DeliveryError, Happening, NotInTransactionError
from mikomi.core.events.tests.kinds import Ping

pytestmark = pytest.mark.django_db(transaction=False)
Listen = Callable[..., None]


@pytest.fixture
def failed(listen: Listen) -> Delivery:
    """A delivery that was given up, whose consumer goes well from now on."""
    mood = ["bad"]

    def moody(event: Event) -> None:
        if mood:
            mood.pop()
            raise GiveUpError("the stamp is missing")

    listen("play:moody", moody)
    with transaction.atomic():
        operations.record(Ping(1))
    running.run_due(worker="w1")
    return Delivery.objects.get()


def test_a_failure_is_seen_with_its_error(failed: Delivery, manager: Actor) -> None:
    (row,) = queries.deliveries(actor=manager).items
    assert (row.consumer, row.state, row.error) == ("play:moody", "failed", "the stamp is missing")
    assert row.event.kind == "test.ping"
    (backlog,) = queries.backlogs(actor=manager)
    assert (backlog.consumer, backlog.state, backlog.count) == ("play:moody", "failed", 1)


def test_the_retry_button(failed: Delivery, manager: Actor) -> None:
    operations.retry_delivery(actor=manager, delivery_id=failed.pk)
    assert running.run_due(worker="w1") == 1
    failed.refresh_from_db()
    assert (failed.state, failed.error) == ("done", "")
    assert AccessLog.objects.get(action="delivery.retried").subject_id == failed.pk
    with pytest.raises(DeliveryError):
        operations.retry_delivery(actor=manager, delivery_id=failed.pk)


def test_all_failures_of_a_consumer_at_once(failed: Delivery, manager: Actor) -> None:
    assert operations.retry_failed(actor=manager, consumer="play:moody") == 1
    assert operations.retry_failed(actor=manager, consumer="play:moody") == 0


def test_a_failure_may_be_skipped(failed: Delivery, manager: Actor) -> None:
    operations.skip_delivery(actor=manager, delivery_id=failed.pk)
    failed.refresh_from_db()
    assert (failed.state, failed.error) == ("skipped", "the stamp is missing")
    assert queries.deliveries(actor=manager).items == []
    with pytest.raises(DeliveryError):
        operations.skip_delivery(actor=manager, delivery_id=failed.pk)


def test_an_agent_neither_sees_nor_touches_them(failed: Delivery, agent: Actor) -> None:
    for refused in (
        lambda: operations.retry_delivery(actor=agent, delivery_id=failed.pk),
        lambda: operations.retry_failed(actor=agent, consumer="play:moody"),
        lambda: operations.skip_delivery(actor=agent, delivery_id=failed.pk),
        lambda: queries.deliveries(actor=agent),
        lambda: queries.delivery(actor=agent, delivery_id=failed.pk),
        lambda: queries.backlogs(actor=agent),
    ):
        with pytest.raises(NotAllowedError):
            refused()
    failed.refresh_from_db()
    assert failed.state == "failed"
    assert not AccessLog.objects.filter(action__startswith="delivery.").exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransactionError):
        operations.record(Ping(1))
    assert not Event.objects.exists()


def test_what_was_done_long_ago_is_forgotten_and_nothing_else(listen: Listen, noon: datetime) -> None:
    """Given deliveries in every state from long ago and one done lately, when old notes are cleared away, then only
    the old done ones are gone, and every event is still there."""
    listen("a", lambda event: None)
    with transaction.atomic():
        events = operations.record_many([Happening(Ping(number)) for number in range(8)])
    long_ago, lately = noon - settings.KEEP_DELIVERIES - timedelta(hours=1), noon - timedelta(days=1)
    rows = list(Delivery.objects.order_by("id"))
    for row, state in zip(rows, [*Delivery.State.values, "done", "done"], strict=True):
        Delivery.objects.filter(pk=row.pk).update(state=state, done_at=long_ago, due_at=long_ago)
    Delivery.objects.filter(pk=rows[-1].pk).update(done_at=lately)

    with patch.object(bulk, "PORTION", 1):
        assert operations.prune_done() == 2

    left = set(Delivery.objects.values_list("state", flat=True))
    assert left == set(Delivery.State.values)
    assert (Delivery.objects.filter(state="done").get().pk, Event.objects.count()) == (
        rows[-1].pk,
        len(events),
    )
    assert operations.prune_done() == 0
