"""Templates: the shipped ones, the business's own, and what they become for one customer."""

from __future__ import annotations

from datetime import datetime

import pytest

from mikomi.conversations import operations as desk
from mikomi.conversations import queries
from mikomi.conversations.models import Conversation, ResponseStandard, Template
from mikomi.conversations.rules import Standard
from mikomi.conversations.tests.scenes import conversation_from
from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.customers.models import Customer

pytestmark = pytest.mark.django_db


def test_a_new_business_gets_templates_in_both_languages_and_standards(business: object) -> None:
    desk.ensure_defaults()
    desk.ensure_defaults()
    keys = {
        language: set(Template.objects.filter(language=language).values_list("key", flat=True))
        for language in ("ja", "en")
    }
    assert keys["ja"] == keys["en"]
    assert {"acknowledge", "delay", "apology", "solved", "thanks", "shipping", "return"} <= keys["ja"]
    assert ResponseStandard.objects.count() == 8


def test_what_the_business_changed_stays(manager: Actor) -> None:
    desk.save_template(
        actor=manager, key="thanks", language="ja", title="お礼", subject="", text="ありがとう。"
    )
    desk.ensure_defaults()
    assert Template.objects.get(key="thanks", language="ja").text == "ありがとう。"


@pytest.mark.parametrize(
    "key", ["acknowledge", "delay", "apology", "solved", "thanks", "shipping", "return", "refund"]
)
@pytest.mark.parametrize(("language", "greeting"), [("ja", "山田 花子 様"), ("en", "Dear ")])
def test_every_template_can_be_filled_in(
    customer: Customer, agent: Actor, noon: datetime, key: str, language: str, greeting: str
) -> None:
    desk.ensure_defaults()
    conversation = conversation_from()
    Conversation.objects.update(language=language)
    rendered = queries.render_template(actor=agent, key=key, conversation_id=conversation.pk)
    assert rendered.text.startswith(greeting)
    assert "見本商店" in rendered.text
    assert "Aiko" in rendered.text
    assert "{" not in rendered.text


def test_what_nobody_knows_yet_is_left_for_a_person(customer: Customer, agent: Actor, noon: datetime) -> None:
    desk.ensure_defaults()
    conversation = conversation_from()
    rendered = queries.render_template(
        actor=agent, key="shipping", conversation_id=conversation.pk, values={"order.carrier": "ヤマト運輸"}
    )
    assert "配送会社：ヤマト運輸" in rendered.text
    assert rendered.unfilled == ["【お問い合わせ番号】"]
    with pytest.raises(desk.CannotAnswerError, match="お問い合わせ番号"):
        desk.answer(actor=agent, conversation_id=conversation.pk, text=rendered.text)
    with pytest.raises(ValueError, match=r"order\.nme"):
        queries.render_template(
            actor=agent, key="shipping", conversation_id=conversation.pk, values={"order.nme": "x"}
        )


def test_a_language_without_a_template_gets_the_english_one(
    customer: Customer, agent: Actor, noon: datetime
) -> None:
    desk.ensure_defaults()
    conversation = conversation_from()
    Conversation.objects.update(language="fr")
    rendered = queries.render_template(actor=agent, key="thanks", conversation_id=conversation.pk)
    assert "thank you for your kind words" in rendered.text
    with pytest.raises(Template.DoesNotExist):
        queries.render_template(actor=agent, key="nothing", conversation_id=conversation.pk)


@pytest.mark.parametrize(
    "text", ["{{ customer.pasword }}", "{% if order.name %}", "{% import os %}", "{{ ''.__class__ }}", "  "]
)
def test_a_template_that_cannot_work_is_refused_with_a_sentence(manager: Actor, text: str) -> None:
    with pytest.raises(desk.TemplateRefusedError) as caught:
        desk.save_template(actor=manager, key="x", language="ja", title="題", subject="", text=text)
    assert str(caught.value)
    assert not Template.objects.exists()


def test_who_may_not_edit_templates_does_not(agent: Actor) -> None:
    with pytest.raises(NotAllowedError):
        desk.save_template(actor=agent, key="x", language="ja", title="題", subject="", text="本文")
    assert not Template.objects.exists()


def test_an_archived_template_is_out_of_use(manager: Actor) -> None:
    desk.ensure_defaults()
    found = Template.objects.get(key="thanks", language="ja")
    desk.archive_template(actor=manager, template_id=found.pk)
    assert found.pk not in {row.pk for row in queries.templates(actor=manager, language="ja")}
    desk.archive_template(actor=manager, template_id=found.pk, archived=False)
    assert found.pk in {row.pk for row in queries.templates(actor=manager, language="ja")}


def test_the_business_sets_its_own_standards(owner: Actor, customer: Customer, noon: datetime) -> None:
    desk.set_standards(actor=owner, standards=[Standard("", "", 30, "minutes")])
    conversation = conversation_from()
    assert conversation.answer_due_at is not None
    assert (conversation.answer_due_at - noon).total_seconds() == 1800
    for wrong in ([], [Standard("chat", "", 5, "minutes")], [Standard("", "", 0, "minutes")]):
        with pytest.raises(ValueError):
            desk.set_standards(actor=owner, standards=wrong)
    assert ResponseStandard.objects.count() == 1
