"""Deliveries of plain consumers: exactly once, whatever fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.models import AccessLog
from mikomi.core.events import operations, running
from mikomi.core.events.consumers import GiveUpError, TryLaterError
from mikomi.core.events.models import Delivery, Event
from mikomi.core.events.operations import Happening
from mikomi.core.events.rules import RETRY_DELAYS
from mikomi.core.events.tests.kinds import Ping, Pong

pytestmark = pytest.mark.django_db
Listen = Callable[..., None]


def ping(count: int = 1, *, backfill: bool = False) -> list[Event]:
    with transaction.atomic():
        return operations.record_many([Happening(Ping(number), backfill=backfill) for number in range(count)])


def run(worker: str = "w1") -> int:
    return running.run_due(worker=worker)


def write(event: Event) -> None:
    """The work of a consumer: a row that says which event it was for."""
    access.log("effect", subject_id=event.pk)


def effects() -> list[int | None]:
    return list(
        AccessLog.objects.filter(action="effect").order_by("subject_id").values_list("subject_id", flat=True)
    )


def only() -> Delivery:
    return Delivery.objects.get()


def test_every_event_is_worked_on_once(listen: Listen) -> None:
    listen("a", write)
    events = ping(30)
    assert run() == 30
    assert run() == 0
    assert effects() == [event.pk for event in events]
    assert set(Delivery.objects.values_list("state", "attempts")) == {("done", 1)}


def test_in_the_order_in_which_they_happened(listen: Listen) -> None:
    seen: list[int] = []
    listen("a", lambda event: seen.append(event.pk))
    events = ping(20)
    run()
    assert seen == [event.pk for event in events]


def test_backfilled_events_lead_to_nothing(listen: Listen) -> None:
    listen("a", write)
    ping(3, backfill=True)
    assert run() == 0
    assert not Delivery.objects.exists()
    assert effects() == []


def test_events_of_a_rolled_back_change_never_were(listen: Listen) -> None:
    listen("a", write)
    with transaction.atomic():
        operations.record(Ping(1))
        transaction.set_rollback(True)
    assert run() == 0
    assert not Event.objects.exists()


def test_a_failure_undoes_its_work_and_waits(listen: Listen, noon: datetime) -> None:
    def half(event: Event) -> None:
        write(event)
        raise RuntimeError("no stamp left")

    listen("a", half)
    ping()
    assert run() == 1
    row = only()
    assert (row.state, row.attempts, row.claimed_by) == ("waiting", 1, "")
    assert timedelta(seconds=5) <= row.due_at - noon <= timedelta(seconds=6)
    assert "no stamp left" in row.error
    assert "half" in row.error
    assert effects() == []


def test_a_failing_consumer_blocks_no_other(listen: Listen) -> None:
    def fail(event: Event) -> None:
        raise RuntimeError

    listen("bad", fail)
    listen("good", write)
    events = ping(10)
    run()
    assert effects() == [event.pk for event in events]
    assert Delivery.objects.filter(consumer="bad", state="waiting", attempts=1).count() == 10


def test_it_is_tried_eight_times_over_half_a_day_then_given_up(listen: Listen, noon: datetime) -> None:
    tries: list[datetime] = []

    def fail(event: Event) -> None:
        tries.append(clock.now())
        raise RuntimeError("never")

    listen("a", fail)
    ping()
    moment = noon
    while only().state == "waiting":
        moment = max(moment, only().due_at)
        with clock.frozen(moment):
            assert run() == 1
    assert len(tries) == 8
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert all(base <= wait <= base * 1.2 for base, wait in zip(RETRY_DELAYS, waits, strict=True))
    assert only().state == "failed"
    with clock.frozen(moment + timedelta(days=9)):
        assert run() == 0


def test_a_later_try_that_goes_well_is_done(listen: Listen, noon: datetime) -> None:
    calls: list[int] = []

    def second_time(event: Event) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError
        write(event)

    listen("a", second_time)
    ping()
    run()
    with clock.frozen(noon + timedelta(minutes=1)):
        run()
    assert (only().state, only().attempts, only().error) == ("done", 2, "")
    assert len(effects()) == 1


def test_giving_up_and_coming_back_later_are_the_consumers_word(listen: Listen, noon: datetime) -> None:
    def hopeless(event: Event) -> None:
        raise GiveUpError("gone for good")

    def later(event: Event) -> None:
        raise TryLaterError("busy", timedelta(hours=2))

    listen("hopeless", hopeless)
    listen("later", later)
    ping()
    run()
    gone = Delivery.objects.get(consumer="hopeless")
    assert (gone.state, gone.error) == ("failed", "gone for good")
    assert Delivery.objects.get(consumer="later").due_at == noon + timedelta(hours=2)


def test_a_swallowed_database_error_is_no_success(listen: Listen) -> None:
    def swallow(event: Event) -> None:
        write(event)
        try:
            with transaction.atomic(savepoint=False):
                raise IntegrityError
        except IntegrityError:
            pass

    listen("a", swallow)
    ping()
    run()
    assert (only().state, only().attempts) == ("waiting", 1)
    assert "SwallowedError" in only().error
    assert effects() == []


def test_what_follows_carries_its_trail_and_a_loop_is_stopped(listen: Listen) -> None:
    def pong(event: Event) -> None:
        operations.record(Pong(1))

    def again(event: Event) -> None:
        operations.record(Ping(2))

    listen("play:pong", pong)
    listen("play:again", again, "test.pong")
    ping()
    for _round in range(5):
        run()
    assert list(Event.objects.values_list("kind", "trail")) == [
        ("test.ping", ""),
        ("test.pong", "play:pong"),
        ("test.ping", "play:pong play:again"),
    ]
    stopped = Delivery.objects.get(state="stopped")
    assert stopped.consumer == "play:pong"
    assert "play:pong → play:again" in stopped.error
    assert Delivery.objects.filter(state="done").count() == 2


def test_a_claim_freed_in_between_undoes_the_work(listen: Listen) -> None:
    """Given a worker that was thought dead: its work is undone when it finds its claims gone.

    Here the freeing stands in the same transaction, so it is undone as well and has to be done again.
    """

    def freed_meanwhile(event: Event) -> None:
        write(event)
        running.free_claims(["slow"])

    listen("a", freed_meanwhile)
    ping(2)
    run("slow")
    assert effects() == []
    assert not Delivery.objects.filter(state="done").exists()
    assert running.free_claims(["slow"]) == 2


def test_the_claims_of_the_dead_are_freed_and_run_once(listen: Listen) -> None:
    listen("a", write)
    events = ping(5)
    running.claim(running.due(), worker="dead", limit=3)
    assert run("alive") == 2
    assert running.free_claims(["dead"]) == 3
    assert running.free_claims(["dead"]) == 0
    while run("alive"):
        pass
    assert effects() == [event.pk for event in events]


def test_what_kills_its_worker_again_and_again_is_given_up(listen: Listen) -> None:
    listen("a", write)
    ping()
    for _death in range(8):
        assert running.claim(running.due(), worker="dead", limit=9)
        running.free_claims(["dead"])
    assert (only().state, only().attempts) == ("failed", 8)
    assert "died" in only().error


def test_what_was_tried_before_is_claimed_in_ever_smaller_company(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a delivery that kills its worker takes few others down with it."""
    listen("a", write)
    ping(60)
    ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids[:20]).update(attempts=1)
    Delivery.objects.filter(pk__in=ids[20:23]).update(attempts=2)
    together: list[list[int]] = []

    def note(some: list[int], worker: str) -> int:
        together.append(some)
        return len(some)

    monkeypatch.setattr(running, "_run_claimed", note)
    while run():
        pass
    sizes = [len(some) for some in together]
    assert sizes[:3] == [37, 10, 1]
    assert sorted(pk for some in together for pk in some) == ids
    assert all(some == [] or len(some) in (37, 10, 1) for some in together)


def test_after_a_database_failure_the_worker_takes_its_claims_up_again(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen("a", write)
    events = ping(3)

    def broken(ids: list[int], worker: str) -> int:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(running, "_run_claimed", broken)
        with pytest.raises(ConnectionError):
            run()
    assert Delivery.objects.filter(state="running").count() == 3
    assert run() == 3
    assert effects() == [event.pk for event in events]


def test_a_consumer_nobody_knows_yet_is_tried_again(listen: Listen) -> None:
    listen("a", write)
    event = ping()[0]
    Delivery.objects.filter(event=event).update(consumer="play:of_the_next_version")
    run()
    assert (only().state, only().attempts) == ("waiting", 1)
    assert "of_the_next_version" in only().error


def test_many_cost_few_queries(listen: Listen, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    """Each delivery costs its own work; claiming and marking are for all that share a transaction."""
    listen("a", lambda event: None)
    ping(200)
    with django_assert_max_num_queries(200):
        assert running.run_due(worker="w1", limit=200) == 200


def test_the_search_for_work_uses_its_index() -> None:
    """Also with a million deliveries done the idle worker's question costs nothing."""
    plan = running.due().filter(is_outside=False, attempts=0).order_by("due_at", "id")[:5].explain()
    if connection.vendor == "sqlite":
        assert "delivery_due" in plan, plan
