"""Customers are asked how it went, and their answers count."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.conversations import operations as desk
from mikomi.conversations.models import Conversation
from mikomi.conversations.tests.scenes import at, conversation_from, events_of
from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.customers.models import Consent, Customer
from mikomi.feedback import operations as feedback
from mikomi.feedback import queries, rules
from mikomi.feedback.models import Answer, Invitation
from mikomi.outbox.models import OutgoingMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(customer: Customer, agent: Actor, noon: datetime) -> Conversation:
    conversation = conversation_from()
    desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。", close_after=True)
    return conversation


def ask(conversation: Conversation) -> Invitation:
    return feedback.ask_csat(actor=SYSTEM, conversation_id=conversation.pk)


def questions() -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.filter(purpose="survey").order_by("id"))


def test_the_question_has_an_answer_behind_each_link(closed: Conversation, noon: datetime) -> None:
    invitation = ask(closed)
    (message,) = questions()
    assert message.state == "waiting"
    assert message.not_before == noon + timedelta(minutes=30)
    for score in range(1, 6):
        assert f"/f/{invitation.token}?score={score}" in message.text
        assert f"/f/{invitation.token}?score={score}" in message.html
    assert message.text.startswith("山田 花子 様")
    assert "満足" in message.text
    assert events_of("feedback") == ["feedback.asked"]


def test_an_english_customer_is_asked_in_english(closed: Conversation) -> None:
    Conversation.objects.update(language="en-GB")
    ask(closed)
    (message,) = questions()
    assert "Very satisfied" in message.text
    assert message.text.startswith("Dear ")


def test_nobody_is_asked_twice_in_thirty_days(closed: Conversation, noon: datetime) -> None:
    ask(closed)
    with at(noon + timedelta(days=29)):
        again = ask(closed)
    assert (again.skipped, len(questions())) == ("asked_recently", 1)
    with at(noon + timedelta(days=30)):
        assert ask(closed).skipped == ""
    assert events_of("feedback") == ["feedback.asked", "feedback.skipped", "feedback.asked"]


def test_who_was_never_answered_is_not_asked(customer: Customer, noon: datetime) -> None:
    assert ask(conversation_from()).skipped == "never_answered"
    assert questions() == []


def test_who_does_not_want_to_be_asked_is_not(closed: Conversation, noon: datetime) -> None:
    Consent.objects.create(
        customer=closed.customer, channel="email", purpose="survey", granted=False, at=noon, source="test"
    )
    assert ask(closed).skipped == "refused"
    assert [message.state for message in questions()] == ["refused"]


def test_one_click_answers_and_a_later_one_changes_it(closed: Conversation) -> None:
    invitation = ask(closed)
    feedback.answer(token=invitation.token, score=4)
    feedback.answer(token=invitation.token, score=4, comment="親切でした。")
    answer = feedback.answer(token=invitation.token, score=5)
    assert (answer.score, answer.comment, Answer.objects.count()) == (5, "親切でした。", 1)
    assert events_of("feedback") == ["feedback.asked", "feedback.answered", "feedback.answered"]


def test_a_poor_answer_is_reported_once_whatever_is_clicked_later(closed: Conversation, agent: Actor) -> None:
    invitation = ask(closed)
    for score in (2, 1, 5, 1):
        feedback.answer(token=invitation.token, score=score)
    assert events_of("feedback").count("feedback.poor") == 1
    (poor,) = queries.poor_open(actor=agent)
    assert poor.invitation.customer == closed.customer
    assert feedback.mark_handled(actor=agent, conversation_id=closed.pk) == 1
    assert feedback.mark_handled(actor=agent, conversation_id=closed.pk) == 0
    assert queries.poor_open(actor=agent) == []


def test_a_question_that_has_not_left_is_withdrawn_when_the_matter_opens_again(closed: Conversation) -> None:
    invitation = ask(closed)
    assert feedback.withdraw_question(actor=SYSTEM, conversation_id=closed.pk) == 1
    assert [message.state for message in questions()] == ["cancelled"]
    with pytest.raises(Invitation.DoesNotExist):
        feedback.answer(token=invitation.token, score=5)
    # and it may be asked when the matter is closed in the end
    assert ask(closed).skipped == ""


@pytest.mark.parametrize("score", [0, 6, -1, 10**9])
def test_impossible_scores_are_refused(closed: Conversation, score: int) -> None:
    invitation = ask(closed)
    with pytest.raises(rules.InvalidScoreError):
        feedback.answer(token=invitation.token, score=score)
    assert not Answer.objects.exists()


def test_nobody_answers_with_a_guessed_token(closed: Conversation) -> None:
    with pytest.raises(Invitation.DoesNotExist):
        feedback.answer(token="guess", score=5)
    with pytest.raises(Invitation.DoesNotExist):
        queries.invitation("guess")


def test_another_teams_answers_are_not_shown(closed: Conversation, agent: Actor, stranger: Actor) -> None:
    feedback.answer(token=ask(closed).token, score=1)
    Conversation.objects.update(team_id=min(agent.team_ids))
    assert len(queries.poor_open(actor=agent)) == 1
    assert queries.poor_open(actor=stranger) == []


def test_the_figure_has_its_wilson_interval(
    customer: Customer, analyst: Actor, marketer: Actor, noon: datetime
) -> None:
    # 85 satisfied of 100 (reference, section 2): 76.72 to 90.69 per cent
    for number in range(100):
        invitation = Invitation.objects.create(token=f"t{number}", customer=customer, asked_at=noon)
        Answer.objects.create(
            invitation=invitation, score=5 if number < 85 else 3, answered_at=noon, is_poor=False
        )
    figure = queries.csat_figure(actor=analyst, since=noon, until=noon + timedelta(seconds=1))
    assert (figure.satisfied, figure.answered, figure.asked) == (85, 100, 100)
    assert figure.low == pytest.approx(0.7672, abs=5e-5)
    assert figure.high == pytest.approx(0.9069, abs=5e-5)
    empty = queries.csat_figure(actor=analyst, since=noon + timedelta(days=1), until=noon + timedelta(days=2))
    assert (empty.answered, empty.share) == (0, None)


def test_who_may_not_see_feedback_does_not(closed: Conversation) -> None:
    nobody = Actor(user_id=1, role="agent", permissions=frozenset())
    with pytest.raises(NotAllowedError):
        queries.poor_open(actor=nobody)


@given(st.integers(-10, 10))
def test_every_possible_score_is_poor_or_not(score: int) -> None:
    if rules.LOWEST <= score <= rules.HIGHEST:
        assert rules.is_poor(rules.check_score(score)) == (score <= 2)
    else:
        with pytest.raises(rules.InvalidScoreError):
            rules.check_score(score)
