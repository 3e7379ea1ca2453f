"""Questionnaires about expectations: made, asked, filled in as far as people come, and what they say together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from mikomi.core import clock
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.customers import operations as people
from mikomi.customers.models import Customer
from mikomi.feedback import instruments, operations, privacy, queries
from mikomi.feedback.models import Questionnaire, Sheet
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises import operations as ledger
from mikomi.promises.models import Claim

pytestmark = pytest.mark.django_db
ITEMS = [
    {"key": "gift", "ja": "贈り物の包装", "en": "Gift wrapping"},
    {"key": "fast", "ja": "翌日配送", "en": ""},
]


def make(actor: Actor, kind: str = "servqual", **values: Any) -> Questionnaire:
    items = ITEMS if kind in ("kano", "importance") else []
    return operations.make_questionnaire(
        actor=actor, **{"kind": kind, "title": "秋", "items": items, **values}
    )


def take(
    actor: Actor, row: Questionnaire, answers: list[dict[str, int]], at: datetime, start: int = 0
) -> operations.Taken:
    sheets = [(f"s{place}", at, one) for place, one in enumerate(answers, start)]
    return operations.take_sheets(actor=actor, questionnaire_id=row.pk, sheets=sheets, source="api")


def seen(actor: Actor, now: datetime) -> queries.Expectations:
    return queries.expectations(actor=actor, since=now - timedelta(days=90), until=now + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("kind", "codes"), [("servqual", 54), ("kano", 4), ("importance", 4), ("disconfirmation", 1)]
)
def test_every_kind_has_its_questions_in_both_languages(
    manager: Actor, noon: datetime, kind: str, codes: int
) -> None:
    row = make(manager, kind)
    assert len(instruments.codes(row)) == codes
    for language in ("ja", "en"):
        with translation.override(language):
            assert all(question.words for step in instruments.steps(row) for question in step.questions)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "odd"},
        {"title": " "},
        {"kind": "kano", "items": []},
        {"kind": "kano", "items": [{"key": "A B", "ja": "x"}]},
        {"kind": "importance", "items": [ITEMS[0], ITEMS[0]]},
        {"kind": "kano", "items": [{"key": "a"}]},
    ],
)
def test_what_can_not_be_asked_is_refused_in_words(
    manager: Actor, noon: datetime, values: dict[str, Any]
) -> None:
    with pytest.raises(operations.QuestionnaireError) as refused:
        make(manager, **values)
    assert str(refused.value)
    assert not Questionnaire.objects.exists()


def test_a_customer_gets_a_link_of_their_own_and_is_not_asked_again(
    manager: Actor, customer: Customer, noon: datetime
) -> None:
    row = make(manager)
    (sheet,) = operations.ask(actor=manager, questionnaire_id=row.pk, customer_ids=[customer.pk])
    message = OutgoingMessage.objects.get()
    assert f"/q/{sheet.token}" in message.text
    assert message.purpose == "survey"
    other = make(manager, "disconfirmation")
    assert operations.ask(actor=manager, questionnaire_id=row.pk, customer_ids=[customer.pk]) == []
    assert operations.ask(actor=manager, questionnaire_id=other.pk, customer_ids=[customer.pk]) == []
    with clock.frozen(noon + timedelta(days=31)):
        assert operations.ask(actor=manager, questionnaire_id=other.pk, customer_ids=[customer.pk])


def test_what_was_answered_is_kept_when_somebody_stops(manager: Actor, noon: datetime) -> None:
    sheet = operations.open_sheet(token=make(manager).token)
    operations.fill_in(token=sheet.token, answers={"e1": 6, "p1": 5})
    operations.fill_in(token=sheet.token, answers={"p1": 4})
    sheet.refresh_from_db()
    assert (sheet.answers, sheet.is_complete, sheet.answered_at) == ({"e1": 6, "p1": 4}, False, noon)
    for wrong in ({"e23": 1}, {"e1": 8}, {"e1": True}):
        with pytest.raises(operations.QuestionnaireError):
            operations.fill_in(token=sheet.token, answers=wrong)


def test_a_closed_questionnaire_takes_nothing(manager: Actor, noon: datetime) -> None:
    row = make(manager)
    sheet = operations.open_sheet(token=row.token)
    operations.close_questionnaire(actor=manager, questionnaire_id=row.pk)
    for act in (
        lambda: operations.open_sheet(token=row.token),
        lambda: operations.fill_in(token=sheet.token, answers={"e1": 1}),
        lambda: take(manager, row, [{"e1": 1}], noon),
    ):
        with pytest.raises(operations.QuestionnaireError):
            act()


def test_sheets_from_elsewhere_are_taken_once_and_wrong_ones_named(manager: Actor, noon: datetime) -> None:
    row = make(manager, "kano")
    given = [{"f:gift": 1, "d:gift": 3}, {"f:gift": 9}, {}, {"f:none": 1}]
    found = take(manager, row, given, noon)
    assert (found.taken, found.known, [place for place, _words in found.refused]) == (1, 0, [1, 2, 3])
    assert take(manager, row, given[:1], noon).known == 1


def test_the_sheets_together_say_the_gaps_the_classes_and_the_map(manager: Actor, noon: datetime) -> None:
    expected = dict.fromkeys((f"e{item}" for item in range(1, 23)), 6)
    perceived = dict.fromkeys((f"p{item}" for item in range(1, 23)), 5)
    weights = {f"w:{name}": 4 for name in instruments.DIMENSION_WORDS}
    take(manager, make(manager), [{**expected, **perceived, **weights}] * 3, noon)
    take(manager, make(manager, "kano"), [{"f:gift": 1, "d:gift": 3, "f:fast": 2, "d:fast": 5}] * 2, noon)
    take(manager, make(manager, "importance"), [{"i:gift": 2, "p:gift": 6, "i:fast": 7, "p:fast": 2}], noon)
    take(manager, make(manager, "disconfirmation"), [{"x": 3}, {"x": 5}], noon)

    found = seen(manager, noon)

    assert [one.gap.mean for one in found.gaps] == [-1] * 5
    assert (found.overall, found.sheets) == (-1, 8)
    assert found.weighted == pytest.approx(-1)
    assert [(one.key, one.category) for one in found.kano[0].features] == [("gift", "A"), ("fast", "M")]
    assert found.importance[0].map is not None
    assert {one.key: one.quadrant.value for one in found.importance[0].map.spots} == {
        "gift": "overkill", "fast": "concentrate",
    }  # fmt: skip
    assert [(one.dimension, one.mean.mean) for one in found.against] == [("", 4)]


def test_rising_expectations_raise_an_alert(manager: Actor, noon: datetime) -> None:
    row = make(manager)
    take(manager, row, [{"e5": 4 + place % 2} for place in range(20)], noon - timedelta(days=200))
    take(manager, row, [{"e5": 6 + place % 2} for place in range(20)], noon - timedelta(days=5), start=100)
    (drift,) = seen(manager, noon).drifts
    assert (drift.dimension, drift.is_alert) == ("reliability", True)
    assert drift.change == pytest.approx(2)


def test_an_erased_customers_sheet_keeps_its_numbers_only(
    owner: Actor, customer: Customer, noon: datetime
) -> None:
    row = make(owner, "disconfirmation")
    (sheet,) = operations.ask(actor=owner, questionnaire_id=row.pk, customer_ids=[customer.pk])
    operations.fill_in(token=sheet.token, answers={"x": 6}, is_last=True)
    assert privacy.export([customer.pk])[0]["answers"] == {"x": 6}
    people.erase(actor=owner, customer_id=customer.pk)
    assert Sheet.objects.get().customer_id is None
    assert seen(owner, noon).against


def test_satisfaction_measures_a_claim_about_it(
    manager: Actor, agent: Actor, customer: Customer, noon: datetime
) -> None:
    from mikomi.conversations import operations as desk
    from mikomi.conversations.tests.scenes import conversation_from

    claim = ledger.NewClaim("98 % are satisfied", "satisfaction", 98, "%", 3, basis="yes_no", feed="csat")
    row = ledger.state_claim(actor=manager, claim=claim)
    conversation = conversation_from()
    desk.answer(actor=agent, conversation_id=conversation.pk, text="明日です。", close_after=True)
    invitation = operations.ask_csat(actor=agent, conversation_id=conversation.pk)
    operations.answer(token=invitation.token, score=2)
    assert operations.feed_claims() == 0
    with clock.frozen(noon + timedelta(days=2)):
        assert operations.feed_claims() == 1
    assert Claim.objects.get(pk=row.pk).estimate == 0


def test_who_may_not_edit_makes_and_asks_nothing(agent: Actor, manager: Actor, noon: datetime) -> None:
    row = make(manager)
    for act in (
        lambda: make(agent),
        lambda: operations.ask(actor=agent, questionnaire_id=row.pk, customer_ids=[]),
        lambda: operations.close_questionnaire(actor=agent, questionnaire_id=row.pk),
        lambda: take(agent, row, [{"e1": 1}], noon),
    ):
        with pytest.raises(NotAllowedError):
            act()
    assert not Sheet.objects.exists()
