"""Whatever people do in whatever order: no case closes without the customer's word or a long enough wait."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation, RecoveryCase
from mikomi.conversations.operations import recovery
from mikomi.conversations.tests.scenes import arrive, mail
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import RemedyLimit
from mikomi.core.business.queries import calendar
from mikomi.core.calendars.rules import add_working_days
from mikomi.customers.models import Customer
from mikomi.outbox.models import OutgoingMessage

pytestmark = pytest.mark.django_db
LIMIT = 3000


def machine_for(agent: Actor, start: datetime) -> type[RuleBasedStateMachine]:
    """A machine whose agent may grant up to LIMIT."""

    class RecoveryMachine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            RecoveryCase.objects.all().delete()
            Conversation.objects.all().delete()
            OutgoingMessage.objects.all().delete()
            self.now = start
            self.asked_at: datetime | None = None
            self.word: bool | None = None
            with clock.frozen(start):
                (message,) = arrive(mail())
                self.case = recovery.open_case(actor=agent, conversation_id=message.conversation_id)

        def attempt(self, act: str, **values: object) -> bool:
            """Do it at the machine's time; false when it is refused."""
            with clock.frozen(self.now):
                try:
                    getattr(recovery, act)(**values)
                except (recovery.RecoveryError, desk.DeskError):
                    return False
            return True

        @rule(minutes=st.sampled_from([10, 60 * 24, 60 * 24 * 5]))
        def time_passes(self, minutes: int) -> None:
            self.now += timedelta(minutes=minutes)

        @rule()
        def ask(self) -> None:
            if self.attempt("ask_if_solved", actor=agent, recovery_id=self.case.pk):
                self.asked_at, self.word = self.now, None

        @rule(solved=st.booleans(), comment=st.sampled_from(["", "まだです。"]))
        def customer_clicks(self, solved: bool, comment: str) -> None:
            if self.asked_at is None:
                return
            token = self.case.confirmation_token
            if self.attempt("record_confirmation", token=token, solved=solved, comment=comment):
                self.word = solved

        @rule(solved=st.booleans())
        def customer_calls(self, solved: bool) -> None:
            if self.attempt("record_told", actor=agent, recovery_id=self.case.pk, solved=solved):
                self.word, self.asked_at = solved, self.asked_at or self.now

        @rule(amount=st.sampled_from([0, 1, 900, 2999, 3000, 9999]))
        def grant(self, amount: int) -> None:
            self.attempt(
                "grant_remedy",
                actor=agent,
                recovery_id=self.case.pk,
                kind="refund",
                amount_minor=amount,
                currency="JPY",
            )

        @rule()
        def close(self) -> None:
            was_open = not self.is_closed()
            allowed = self.word is True or (self.word is None and self.waited_enough())
            assert self.attempt("close_case", actor=agent, recovery_id=self.case.pk) == (was_open and allowed)

        @rule()
        def reopen(self) -> None:
            if self.is_closed():
                self.attempt("reopen_case", actor=agent, recovery_id=self.case.pk)
                self.asked_at = self.word = None

        @rule()
        def close_conversation(self) -> None:
            with clock.frozen(self.now):
                try:
                    desk.close(actor=agent, conversation_id=self.case.conversation_id)
                except desk.DeskError:
                    assert not self.is_closed()
                else:
                    assert self.is_closed()

        def is_closed(self) -> bool:
            self.case.refresh_from_db()
            return self.case.state == RecoveryCase.State.CLOSED

        def waited_enough(self) -> bool:
            return self.asked_at is not None and self.now >= add_working_days(calendar(), self.asked_at, 5)

        @invariant()
        def the_cost_is_what_was_granted_and_within_the_limit(self) -> None:
            self.case.refresh_from_db()
            granted = sum(self.case.remedies.values_list("amount_minor", flat=True))
            assert self.case.cost_minor == granted <= LIMIT

        @invariant()
        def an_outcome_tells_the_customers_word(self) -> None:
            self.case.refresh_from_db()
            expected = {True: "solved", False: "not_solved"}.get(self.word) if self.word is not None else None
            assert self.case.outcome in ([expected] if expected else ["", "unanswered"])

    return RecoveryMachine


def test_no_order_of_events_closes_a_case_too_early(customer: Customer, agent: Actor, noon: datetime) -> None:
    RemedyLimit.objects.create(role="agent", currency="JPY", amount_minor=LIMIT)
    desk.ensure_defaults()
    run_state_machine_as_test(
        machine_for(agent, noon),
        settings=settings(
            max_examples=8, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
