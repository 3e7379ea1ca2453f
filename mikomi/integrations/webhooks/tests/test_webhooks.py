"""From an event to a signed call, and what follows from the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import Settings
from standardwebhooks import Webhook

from mikomi.core import clock
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.models import AccessLog
from mikomi.core.events import operations as events
from mikomi.core.events import outside, running
from mikomi.core.events.models import Delivery, Event
from mikomi.core.events.tests.kinds import Ping, Pong
from mikomi.integrations.signatures import verify_standard
from mikomi.integrations.webhooks import operations, queries
from mikomi.integrations.webhooks.models import Attempt, Endpoint
from mikomi.integrations.webhooks.operations import WebhookError
from mikomi.integrations.webhooks.tests.conftest import Receiver

pytestmark = pytest.mark.django_db
Made = tuple[Endpoint, str]


@pytest.fixture
def made(receiver: Receiver, owner: Actor) -> Made:
    """An endpoint at the receiver that wants pings, and its secret."""
    return operations.create_endpoint(actor=owner, url=receiver.url, kinds=["test.ping"])


def ping(number: int = 1, *, backfill: bool = False) -> Event:
    with transaction.atomic():
        return events.record(Ping(number), customer_id=42, backfill=backfill)


def run() -> int:
    return outside.run_outside_due(worker="w1")


def only() -> Delivery:
    return Delivery.objects.select_related("event").get()


def test_an_event_goes_out_signed(receiver: Receiver, made: Made) -> None:
    """Given an endpoint, when an event happens, then it gets a call that the standard's own library accepts."""
    endpoint, secret = made
    event = ping(7)
    assert run() == 1
    (headers, body), *others = receiver.received
    assert not others
    assert Webhook(secret).verify(body, headers) == {
        "type": "test.ping",
        "timestamp": event.occurred_at.isoformat(timespec="milliseconds"),
        "data": {"event_id": event.pk, "customer_id": 42, "number": 7},
    }
    assert headers["webhook-id"] == f"evt_{event.pk}_{endpoint.pk}"
    assert only().state == "done"
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.reason, attempt.event_id) == (204, "", event.pk)


def test_only_the_kinds_it_wants_and_never_history(receiver: Receiver, made: Made) -> None:
    with transaction.atomic():
        events.record(Pong(1))
    ping(backfill=True)
    assert run() == 0
    assert receiver.received == []


def test_an_endpoint_may_want_everything(receiver: Receiver, owner: Actor) -> None:
    operations.create_endpoint(actor=owner, url=receiver.url, kinds=["*", "test.ping"])
    with transaction.atomic():
        events.record(Pong(1))
    assert run() == 1


@pytest.mark.parametrize(("status", "reason"), [(500, "answer"), (404, "answer"), (302, "redirect")])
def test_a_refused_call_comes_again_with_the_same_id(
    receiver: Receiver, made: Made, noon: datetime, status: int, reason: str
) -> None:
    receiver.status, receiver.body = status, b"no room"
    ping()
    run()
    assert (only().state, only().attempts) == ("waiting", 1)
    assert Attempt.objects.get().reason == reason
    assert "no room" in only().error
    receiver.status, receiver.body = 200, b""
    with clock.frozen(noon + timedelta(seconds=10)):
        assert run() == 1
    assert only().state == "done"
    first, second = (headers["webhook-id"] for headers, _body in receiver.received)
    assert first == second
    made[0].refresh_from_db()
    assert made[0].failing_since is None


def test_it_waits_as_long_as_it_is_asked_to(receiver: Receiver, made: Made, noon: datetime) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "3600"}
    ping()
    run()
    assert only().due_at == noon + timedelta(hours=1)


def test_after_three_days_of_failures_it_is_given_up_and_switched_off(
    receiver: Receiver, made: Made, noon: datetime
) -> None:
    receiver.status = 503
    ping()
    moment = noon
    while only().state == "waiting":
        moment = max(moment, only().due_at)
        with clock.frozen(moment):
            assert run() == 1
    assert only().state == "failed"
    assert len(receiver.received) == 10
    assert timedelta(days=3) <= moment - noon <= timedelta(days=5)
    made[0].refresh_from_db()
    assert (made[0].is_active, made[0].disabled_reason) == (False, "failing")
    assert AccessLog.objects.get(action="webhook.switched_off").subject_id == made[0].pk
    ping()
    assert Delivery.objects.count() == 1


def test_one_that_is_gone_is_switched_off_at_once(receiver: Receiver, made: Made) -> None:
    receiver.status = 410
    ping()
    run()
    assert only().state == "failed"
    made[0].refresh_from_db()
    assert (made[0].is_active, made[0].disabled_reason) == (False, "gone")


def test_a_failing_endpoint_rests_and_its_backlog_keeps_its_tries(
    receiver: Receiver, made: Made, noon: datetime
) -> None:
    receiver.status = 500
    for number in range(5):
        ping(number)
    assert run() == 1
    assert run() == 0
    assert sorted(Delivery.objects.values_list("state", "attempts")) == [("waiting", 0)] * 4 + [
        ("waiting", 1)
    ]
    receiver.status = 204
    with clock.frozen(noon + timedelta(seconds=10)):
        assert run() == 5


def test_plain_consumers_are_not_run_in_this_lane(receiver: Receiver, made: Made) -> None:
    ping()
    assert running.run_due(worker="w1") == 0
    assert receiver.received == []


def test_while_a_secret_is_changed_both_sign(
    receiver: Receiver, made: Made, owner: Actor, noon: datetime
) -> None:
    endpoint, old = made
    new = operations.rotate_secret(actor=owner, endpoint_id=endpoint.pk)
    assert new != old
    ping()
    run()
    headers, body = receiver.received[-1]
    for secret in (old, new):
        assert verify_standard(secret, headers, body, int(noon.timestamp()))
    with clock.frozen(noon + timedelta(hours=25)):
        ping()
        run()
    headers, body = receiver.received[-1]
    later = int((noon + timedelta(hours=25)).timestamp())
    assert verify_standard(new, headers, body, later)
    assert not verify_standard(old, headers, body, later)


def test_the_secret_is_stored_sealed(made: Made) -> None:
    assert made[1].startswith("whsec_")
    assert made[1] not in Endpoint.objects.get().secret


def test_the_test_button(receiver: Receiver, made: Made, owner: Actor) -> None:
    attempt = operations.send_test(actor=owner, endpoint_id=made[0].pk)
    assert attempt.status == 204
    headers, body = receiver.received[0]
    assert Webhook(made[1]).verify(body, headers)["type"] == "webhook.test"
    receiver.status = 500
    assert operations.send_test(actor=owner, endpoint_id=made[0].pk).reason == "answer"
    assert [row.status for row in queries.attempts(actor=owner, endpoint_id=made[0].pk).items] == [500, 204]


def test_replay_sends_again_what_arrived_and_what_never_went(
    receiver: Receiver, owner: Actor, noon: datetime
) -> None:
    before = [ping(1), ping(2), ping(3, backfill=True)]
    with clock.frozen(noon + timedelta(hours=1)):
        after = ping(4)
        endpoint, _secret = operations.create_endpoint(actor=owner, url=receiver.url, kinds=["test.ping"])
        run()
        assert operations.replay(actor=owner, endpoint_id=endpoint.pk, since=noon) == 3
        assert run() == 3
        assert (
            operations.replay(actor=owner, endpoint_id=endpoint.pk, event_ids=[after.pk, before[2].pk]) == 1
        )
        assert run() == 1
    ids = [headers["webhook-id"] for headers, _body in receiver.received]
    wanted = [before[0], before[1], after, after]
    assert ids == [f"evt_{event.pk}_{endpoint.pk}" for event in wanted]


def test_a_failed_delivery_is_retried_by_hand(
    receiver: Receiver, made: Made, owner: Actor, noon: datetime
) -> None:
    receiver.status = 410
    ping()
    run()
    operations.change_endpoint(
        actor=owner, endpoint_id=made[0].pk, url=receiver.url, kinds=["*"], description="", is_active=True
    )
    receiver.status = 204
    operations.retry(actor=owner, delivery_id=only().pk)
    assert run() == 1
    assert only().state == "done"
    with pytest.raises(WebhookError):
        operations.retry(actor=owner, delivery_id=only().pk)


def test_what_waited_for_a_deleted_endpoint_is_skipped(receiver: Receiver, made: Made, owner: Actor) -> None:
    ping()
    operations.delete_endpoint(actor=owner, endpoint_id=made[0].pk)
    assert only().state == "skipped"
    assert run() == 0
    assert not Endpoint.objects.exists()


Change = Callable[[Actor, Endpoint], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda actor, one: operations.create_endpoint(actor=actor, url=one.url, kinds=["*"]),
        lambda actor, one: operations.change_endpoint(
            actor=actor, endpoint_id=one.pk, url=one.url, kinds=["*"], description="x", is_active=False
        ),
        lambda actor, one: operations.rotate_secret(actor=actor, endpoint_id=one.pk),
        lambda actor, one: operations.delete_endpoint(actor=actor, endpoint_id=one.pk),
        lambda actor, one: operations.send_test(actor=actor, endpoint_id=one.pk),
        lambda actor, one: operations.replay(actor=actor, endpoint_id=one.pk, event_ids=[1]),
        lambda actor, one: operations.retry(actor=actor, delivery_id=1),
        lambda actor, one: queries.endpoints(actor=actor),
        lambda actor, one: queries.attempts(actor=actor, endpoint_id=one.pk),
        lambda actor, one: queries.deliveries(actor=actor, endpoint_id=one.pk),
    ],
)
def test_who_may_not_changes_and_sends_nothing(
    receiver: Receiver, made: Made, manager: Actor, change: Change
) -> None:
    before = list(Endpoint.objects.values())
    with pytest.raises(NotAllowedError):
        change(manager, made[0])
    assert list(Endpoint.objects.values()) == before
    assert receiver.received == []


@pytest.mark.parametrize("kinds", [[], ["no.such"], ["test.ping", "no.such"]])
def test_kinds_come_from_the_list(receiver: Receiver, owner: Actor, kinds: list[str]) -> None:
    with pytest.raises(WebhookError):
        operations.create_endpoint(actor=owner, url=receiver.url, kinds=kinds)
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://10.0.0.1/",
        "https://a:b@example.com/",
        "x",
        f"https://example.com/{'a' * 500}",
    ],
)
def test_addresses_are_checked_in_words(owner: Actor, url: str) -> None:
    with pytest.raises(WebhookError) as error:
        operations.create_endpoint(actor=owner, url=url, kinds=["*"])
    assert len(str(error.value)) > 15
    assert not Endpoint.objects.exists()


def test_private_addresses_are_refused_when_called_too(
    receiver: Receiver, made: Made, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_WEBHOOKS = False
    ping()
    run()
    assert Attempt.objects.get().reason == "forbidden"
    assert receiver.received == []


def test_the_log_is_kept_for_a_month(receiver: Receiver, made: Made, owner: Actor, noon: datetime) -> None:
    operations.send_test(actor=owner, endpoint_id=made[0].pk)
    with clock.frozen(noon + timedelta(days=29)):
        assert operations.prune_attempts() == 0
    with clock.frozen(noon + timedelta(days=31)):
        assert operations.prune_attempts() == 1
