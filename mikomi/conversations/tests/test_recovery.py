"""A broken promise is made good: the pattern from opening to the customer's word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mikomi.conversations import operations as desk
from mikomi.conversations import queries
from mikomi.conversations.models import Conversation, Message, RecoveryCase, Remedy
from mikomi.conversations.operations import recovery
from mikomi.conversations.tests.scenes import at, conversation_from, events_of
from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.access.models import RemedyLimit
from mikomi.customers.models import Customer
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises import operations as promises
from mikomi.promises.models import Promise
from mikomi.promises.records import NewPromise

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(customer: Customer, noon: datetime) -> Promise:
    """A delivery that should have come by now."""
    with at(noon - timedelta(days=3)):
        promise = promises.make(
            actor=SYSTEM,
            promise=NewPromise("delivery", customer.pk, noon - timedelta(days=1), "order_date"),
        )
    promises.look()
    promise.refresh_from_db()
    assert promise.state == "broken"
    return promise


@pytest.fixture
def case(broken: Promise) -> RecoveryCase:
    desk.ensure_defaults()
    return recovery.open_case(actor=SYSTEM, promise_id=broken.pk)


@pytest.fixture
def limits(agent: Actor) -> None:
    RemedyLimit.objects.create(role="agent", currency="JPY", amount_minor=3000)
    RemedyLimit.objects.create(role="manager", currency="JPY", amount_minor=20_000)


def test_a_broken_promise_opens_one_case_and_a_conversation(broken: Promise, customer: Customer) -> None:
    case = recovery.open_case(actor=SYSTEM, promise_id=broken.pk)
    assert recovery.open_case(actor=SYSTEM, promise_id=broken.pk).pk == case.pk
    assert case.conversation.customer == customer
    assert case.conversation.subject == "お約束の件について"
    assert events_of("recovery") == ["recovery.opened"]


def test_a_case_joins_the_conversation_that_is_open(broken: Promise, customer: Customer) -> None:
    conversation = conversation_from()
    case = recovery.open_case(actor=SYSTEM, promise_id=broken.pk)
    assert case.conversation == conversation


def test_the_whole_pattern(
    case: RecoveryCase, agent: Actor, limits: None, noon: datetime, customer: Customer
) -> None:
    # cause and apology
    recovery.set_cause(actor=agent, recovery_id=case.pk, cause="carrier", note="仕分けの誤り")
    recovery.apologise(actor=agent, recovery_id=case.pk, text="誠に申し訳ございません。")
    assert Message.objects.get().outgoing is not None
    # remedy, prevention, follow-up
    recovery.grant_remedy(
        actor=agent, recovery_id=case.pk, kind="refund", amount_minor=800, currency="JPY", note="送料"
    )
    recovery.set_prevention(
        actor=agent, recovery_id=case.pk, text="宛先を二重に確認する", owner_id=agent.user_id
    )
    recovery.set_follow_up(actor=agent, recovery_id=case.pk, at=noon + timedelta(hours=5))
    with at(noon + timedelta(hours=5)):
        assert recovery.follow_ups_due() == 1
        assert recovery.follow_ups_due() == 0
        due = queries.follow_ups(actor=agent, until=noon + timedelta(hours=6))
        assert [row.pk for row in due] == [case.pk]
        recovery.follow_up_done(actor=agent, recovery_id=case.pk)
    # it can't be closed before the customer was asked, nor can the conversation
    for close in _closings(agent, case):
        with pytest.raises((recovery.RecoveryError, desk.DeskError)):
            close()
    # asked, with a link that only the customer has
    message = recovery.ask_if_solved(actor=agent, recovery_id=case.pk)
    case.refresh_from_db()
    assert f"/r/{case.confirmation_token}" in message.text
    assert message.text.startswith("山田 花子 様")
    with pytest.raises(recovery.RecoveryError):
        recovery.close_case(actor=agent, recovery_id=case.pk)
    # confirmed: now it closes, and says what it cost
    recovery.record_confirmation(token=case.confirmation_token, solved=True)
    closed = recovery.close_case(actor=agent, recovery_id=case.pk)
    assert (closed.state, closed.outcome, closed.cost_minor) == ("closed", "solved", 800)
    desk.close(actor=agent, conversation_id=case.conversation_id)
    assert events_of("recovery") == [
        "recovery.opened",
        "recovery.remedied",
        "recovery.follow_up_due",
        "recovery.asked",
        "recovery.confirmed",
        "recovery.closed",
    ]


def _closings(agent: Actor, case: RecoveryCase) -> list[Callable[[], Any]]:
    return [
        lambda: recovery.close_case(actor=agent, recovery_id=case.pk),
        lambda: desk.close(actor=agent, conversation_id=case.conversation_id),
    ]


def test_a_case_closes_after_five_working_days_without_a_word(
    case: RecoveryCase, agent: Actor, noon: datetime
) -> None:
    recovery.ask_if_solved(actor=agent, recovery_id=case.pk)
    # Wednesday noon; 23 November is a holiday: five working days end on Thursday of the next week
    with at(noon + timedelta(days=7)), pytest.raises(recovery.RecoveryError):
        recovery.close_case(actor=agent, recovery_id=case.pk)
    with at(noon + timedelta(days=8)):
        closed = recovery.close_case(actor=agent, recovery_id=case.pk)
    assert closed.outcome == "unanswered"


def test_not_solved_opens_it_again_and_the_words_arrive(
    case: RecoveryCase, agent: Actor, noon: datetime
) -> None:
    recovery.ask_if_solved(actor=agent, recovery_id=case.pk)
    recovery.record_confirmation(token=case.confirmation_token, solved=False, comment="まだ届いていません。")
    case.refresh_from_db()
    conversation = Conversation.objects.get(pk=case.conversation_id)
    assert (case.state, case.outcome) == ("open", "not_solved")
    assert (conversation.excerpt, conversation.waiting_since) == ("まだ届いていません。", noon)
    with at(noon + timedelta(days=30)), pytest.raises(recovery.RecoveryError):
        recovery.close_case(actor=agent, recovery_id=case.pk)
    # asked anew, the customer says yes
    recovery.ask_if_solved(actor=agent, recovery_id=case.pk)
    recovery.record_confirmation(token=case.confirmation_token, solved=True)
    recovery.close_case(actor=agent, recovery_id=case.pk)
    # a click after that changes nothing
    with pytest.raises(recovery.RecoveryError):
        recovery.record_confirmation(token=case.confirmation_token, solved=False)


def test_what_the_customer_says_on_the_phone_counts_too(
    case: RecoveryCase, agent: Actor, noon: datetime
) -> None:
    recovery.record_told(actor=agent, recovery_id=case.pk, solved=True)
    assert recovery.close_case(actor=agent, recovery_id=case.pk).outcome == "solved"


def test_nobody_guesses_a_token(case: RecoveryCase) -> None:
    for token in ("", "x", case.confirmation_token):
        with pytest.raises(RecoveryCase.DoesNotExist):
            recovery.record_confirmation(token=token, solved=True)
        with pytest.raises(RecoveryCase.DoesNotExist):
            queries.confirmation(token)


def test_a_remedy_stays_within_the_limit_for_the_whole_case(
    case: RecoveryCase, agent: Actor, manager: Actor, limits: None
) -> None:
    grant: dict[str, Any] = {"recovery_id": case.pk, "kind": "refund", "currency": "JPY"}
    recovery.grant_remedy(actor=agent, amount_minor=2000, **grant)
    # when the second one would exceed what is left
    with pytest.raises(recovery.RecoveryError, match=r"¥3,000.*¥1,000"):
        recovery.grant_remedy(actor=agent, amount_minor=1001, **grant)
    # then nothing has changed
    case.refresh_from_db()
    assert (Remedy.objects.count(), case.cost_minor) == (1, 2000)
    # and somebody with a higher limit may
    recovery.grant_remedy(actor=manager, amount_minor=1001, **grant)
    case.refresh_from_db()
    assert case.cost_minor == 3001


@pytest.mark.parametrize(("kind", "amount"), [("refund", -1), ("holiday", 10)])
def test_what_is_no_remedy_is_refused(
    case: RecoveryCase, agent: Actor, limits: None, kind: str, amount: int
) -> None:
    with pytest.raises(recovery.RecoveryError):
        recovery.grant_remedy(
            actor=agent, recovery_id=case.pk, kind=kind, amount_minor=amount, currency="JPY"
        )
    assert not Remedy.objects.exists()


def test_who_has_no_authority_grants_nothing(case: RecoveryCase, marketer: Actor, agent: Actor) -> None:
    with pytest.raises(NotAllowedError):
        recovery.grant_remedy(
            actor=marketer, recovery_id=case.pk, kind="refund", amount_minor=1, currency="JPY"
        )
    with pytest.raises(recovery.RecoveryError):
        recovery.grant_remedy(actor=agent, recovery_id=case.pk, kind="refund", amount_minor=1, currency="USD")
    assert not Remedy.objects.exists()


def test_a_strangers_case_does_not_exist(case: RecoveryCase, agent: Actor, stranger: Actor) -> None:
    desk.assign(
        actor=agent,
        conversation_id=case.conversation_id,
        assignee_id=agent.user_id,
        team_id=min(agent.team_ids),
    )
    with pytest.raises(RecoveryCase.DoesNotExist):
        recovery.ask_if_solved(actor=stranger, recovery_id=case.pk)
    assert queries.recoveries(actor=stranger).items == []
    assert not OutgoingMessage.objects.exists()


def test_a_closed_case_can_be_opened_again_and_must_be_asked_again(
    case: RecoveryCase, agent: Actor, noon: datetime
) -> None:
    recovery.record_told(actor=agent, recovery_id=case.pk, solved=True)
    recovery.close_case(actor=agent, recovery_id=case.pk)
    reopened = recovery.reopen_case(actor=agent, recovery_id=case.pk, reason="poor_answer")
    assert (reopened.state, reopened.reopened_count) == ("open", 1)
    assert not queries.may_close(reopened)
    assert recovery.reopen_case(actor=agent, recovery_id=case.pk).reopened_count == 1


def test_lists_of_cases_take_a_constant_number_of_queries(
    case: RecoveryCase, agent: Actor, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        (found,) = queries.recoveries(actor=agent).items
        assert (found.promise, list(found.remedies.all())) == (case.promise, [])
