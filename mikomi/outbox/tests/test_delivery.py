"""Delivery loses nothing and sends nothing twice, whenever a worker dies."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from pytest_django import DjangoDbBlocker

from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.business.models import Business
from mikomi.core.events.models import Event
from mikomi.customers.models import Consent, Customer
from mikomi.outbox import operations as outbox
from mikomi.outbox import rules
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(customer: Customer, noon: datetime) -> OutgoingMessage:
    return outbox.post(
        actor=SYSTEM, message=NewMessage(customer_id=customer.pk, purpose="answer", text="こんにちは。")
    )


def state_of(row: OutgoingMessage) -> str:
    row.refresh_from_db()
    return row.state


def test_the_ordinary_way(waiting: OutgoingMessage, noon: datetime) -> None:
    (mine,) = outbox.claim_due(worker="w1", channel="email")
    assert outbox.begin_attempt(outgoing_id=mine.pk, worker="w1")
    assert outbox.mark_sent(mine.pk, "abc@shop.example")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.message_id, waiting.sent_at) == ("sent", "abc@shop.example", noon)
    assert list(Event.objects.values_list("kind", flat=True)) == ["outgoing.sent"]


def test_two_workers_never_have_the_same_message(waiting: OutgoingMessage) -> None:
    assert len(outbox.claim_due(worker="w1", channel="email")) == 1
    assert outbox.claim_due(worker="w2", channel="email") == []
    assert not outbox.begin_attempt(outgoing_id=waiting.pk, worker="w2")


def test_a_worker_killed_before_it_began_loses_nothing(waiting: OutgoingMessage) -> None:
    outbox.claim_due(worker="w1", channel="email")
    assert outbox.free_claims_of_dead(["w1"]) == 1
    assert state_of(waiting) == "waiting"
    # the dead one comes back to life: it may not send any more
    assert not outbox.begin_attempt(outgoing_id=waiting.pk, worker="w1")
    assert len(outbox.claim_due(worker="w2", channel="email")) == 1


def test_a_worker_killed_after_it_began_leaves_the_decision_to_a_person(
    waiting: OutgoingMessage, agent: Actor
) -> None:
    outbox.claim_due(worker="w1", channel="email")
    outbox.begin_attempt(outgoing_id=waiting.pk, worker="w1")
    assert outbox.free_claims_of_dead(["w1"]) == 1
    assert outbox.free_claims_of_dead(["w1"]) == 0
    assert state_of(waiting) == "uncertain"
    assert outbox.claim_due(worker="w2", channel="email") == []
    assert Event.objects.get().kind == "outgoing.uncertain"
    # a person says that it wasn't sent: it goes again
    outbox.decide_uncertain(actor=agent, outgoing_id=waiting.pk, was_sent=False)
    assert len(outbox.claim_due(worker="w2", channel="email")) == 1


def test_a_worker_thought_dead_that_had_sent_it_says_so(waiting: OutgoingMessage) -> None:
    outbox.claim_due(worker="w1", channel="email")
    outbox.begin_attempt(outgoing_id=waiting.pk, worker="w1")
    outbox.free_claims_of_dead(["w1"])
    assert outbox.mark_sent(waiting.pk, "abc@shop.example")
    assert state_of(waiting) == "sent"


def test_the_claims_of_the_living_are_left_alone(waiting: OutgoingMessage) -> None:
    outbox.claim_due(worker="w1", channel="email")
    assert outbox.free_claims_of_dead(["w2"]) == 0
    assert state_of(waiting) == "sending"


def test_a_passing_failure_is_tried_again_later_and_given_up_in_the_end(
    waiting: OutgoingMessage, noon: datetime
) -> None:
    moment = noon
    for attempt in range(1, rules.MOST_ATTEMPTS + 1):
        with clock.frozen(moment):
            assert len(outbox.claim_due(worker="w1", channel="email")) == 1
            outbox.begin_attempt(outgoing_id=waiting.pk, worker="w1")
            outbox.mark_failed(waiting.pk, "busy", "421 try later", retry=True)
            assert outbox.claim_due(worker="w1", channel="email") == []
        waiting.refresh_from_db()
        assert waiting.attempts == attempt
        moment = max(waiting.not_before, moment)
    assert waiting.state == "failed"
    assert Event.objects.get().kind == "outgoing.failed"


def test_a_lasting_failure_is_not_tried_again(waiting: OutgoingMessage, agent: Actor) -> None:
    outbox.claim_due(worker="w1", channel="email")
    outbox.begin_attempt(outgoing_id=waiting.pk, worker="w1")
    outbox.mark_failed(waiting.pk, "no_such_user", "550", retry=False)
    assert state_of(waiting) == "failed"
    assert outbox.retry(actor=agent, outgoing_id=waiting.pk).state == "waiting"


def test_in_quiet_hours_only_answers_leave(
    waiting: OutgoingMessage, customer: Customer, noon: datetime
) -> None:
    notice = outbox.post(
        actor=SYSTEM, message=NewMessage(customer_id=customer.pk, purpose="notice", text="遅れます。")
    )
    Business.objects.update(quiet_from=time(11), quiet_until=time(13))
    claimed = outbox.claim_due(worker="w1", channel="email")
    assert [row.pk for row in claimed] == [waiting.pk]
    with clock.frozen(noon + timedelta(hours=2)):
        assert [row.pk for row in outbox.claim_due(worker="w1", channel="email")] == [notice.pk]


def test_who_says_no_while_a_question_waits_is_not_asked(customer: Customer, noon: datetime) -> None:
    later = noon + timedelta(hours=1)
    row = outbox.post(
        actor=SYSTEM,
        message=NewMessage(
            customer_id=customer.pk, purpose="survey", text="いかがでしたか。", not_before=later
        ),
    )
    Consent.objects.create(
        customer=customer, channel="email", purpose="survey", granted=False, at=noon, source="test"
    )
    with clock.frozen(later):
        assert outbox.claim_due(worker="w1", channel="email") == []
    assert state_of(row) == "refused"


class OutboxMachine(RuleBasedStateMachine):
    """Workers that send, fail and die in any order; a server that counts what it was handed."""

    messages = Bundle("messages")

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.fromisoformat("2026-11-18T03:00:00+00:00")
        self.handed: dict[int, int] = {}
        self.allowed: dict[int, int] = {}
        self.claimed: dict[str, list[int]] = {"w1": [], "w2": []}
        OutgoingMessage.objects.all().delete()

    @initialize(target=messages)
    def first(self) -> int:
        return self._post()

    @rule(target=messages)
    def post(self) -> int:
        return self._post()

    def _post(self) -> int:
        with clock.frozen(self.now):
            message = NewMessage(customer_id=None, purpose="staff", text="x", to_address="a@shop.example")
            row = outbox.post(actor=SYSTEM, message=message)
        self.allowed[row.pk] = 1
        return row.pk

    @rule(worker=st.sampled_from(["w1", "w2"]), limit=st.integers(1, 3))
    def claim(self, worker: str, limit: int) -> None:
        with clock.frozen(self.now):
            rows = outbox.claim_due(worker=worker, channel="email", limit=limit)
        self.claimed[worker] += [row.pk for row in rows]

    @rule(
        worker=st.sampled_from(["w1", "w2"]),
        outcome=st.sampled_from(["sent", "failed", "again", "uncertain", "killed_before", "killed_after"]),
    )
    def deliver(self, worker: str, outcome: str) -> None:
        if not self.claimed[worker]:
            return
        pk = self.claimed[worker].pop(0)
        with clock.frozen(self.now):
            if outcome != "killed_before" and outbox.begin_attempt(outgoing_id=pk, worker=worker):
                self._speak(pk, outcome)
            if outcome.startswith("killed"):
                self.claimed[worker] = []
                outbox.free_claims_of_dead([worker])

    def _speak(self, pk: int, outcome: str) -> None:
        if outcome in ("sent", "uncertain", "killed_after"):
            self.handed[pk] = self.handed.get(pk, 0) + 1
        if outcome == "sent":
            outbox.mark_sent(pk, f"{pk}@shop.example")
        elif outcome == "uncertain":
            outbox.mark_uncertain(pk, "timeout")
        elif outcome in ("failed", "again"):
            outbox.mark_failed(pk, "server", "450", retry=outcome == "again")

    @rule(worker=st.sampled_from(["w1", "w2"]))
    def thought_dead(self, worker: str) -> None:
        """The sweep frees a worker that goes on working."""
        outbox.free_claims_of_dead([worker])

    @rule(pk=messages, was_sent=st.booleans())
    def person_decides(self, pk: int, was_sent: bool) -> None:
        with clock.frozen(self.now):
            try:
                outbox.decide_uncertain(actor=SYSTEM, outgoing_id=pk, was_sent=was_sent)
            except outbox.OutboxError:
                return
        if not was_sent:
            self.allowed[pk] += 1

    @rule(pk=messages)
    def person_cancels_or_retries(self, pk: int) -> None:
        with clock.frozen(self.now):
            for act in (outbox.cancel, outbox.retry):
                try:
                    act(actor=SYSTEM, outgoing_id=pk)
                except outbox.OutboxError:
                    continue

    @rule(minutes=st.sampled_from([1, 30, 300]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def nothing_leaves_more_often_than_a_person_allowed(self) -> None:
        for pk, times in self.handed.items():
            assert times <= self.allowed[pk]

    @invariant()
    def what_was_handed_over_is_never_forgotten(self) -> None:
        states = dict(OutgoingMessage.objects.values_list("pk", "state"))
        assert set(states) == set(self.allowed)
        for pk, times in self.handed.items():
            if times == self.allowed[pk]:
                assert states[pk] in ("sent", "uncertain", "sending")


def test_no_order_of_events_sends_twice_or_loses(
    business: Business, django_db_blocker: DjangoDbBlocker
) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        OutboxMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
