"""`{{ fact.price.G1 }}` in texts: said in the reader's language, or refused; never a hole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.channels import operations as channels
from mikomi.conversations import operations as desk
from mikomi.conversations import queries as desk_queries
from mikomi.conversations.models import Message, Template
from mikomi.conversations.tests.scenes import arrive, mail
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.business.models import Business
from mikomi.customers.models import Customer
from mikomi.facts import queries
from mikomi.facts.models import Contradiction, Fact
from mikomi.facts.operations import archive_fact, check_own_texts, take_over
from mikomi.facts.tests.conftest import Write, yen

pytestmark = pytest.mark.django_db
TEXT = "価格は{{ fact.price.G1 }}、お電話は{{fact.phone.main}}です。"


def save(owner: Actor, text: str, language: str = "ja", subject: str = "") -> Template:
    return desk.save_template(
        actor=owner, key="price", language=language, title="Price", subject=subject, text=text
    )


def test_a_text_is_filled_in_the_reader_s_language(cup: Fact, phone: Fact) -> None:
    assert queries.quote(TEXT, language="ja") == "価格は1,980円（税込）、お電話は03-1234-5678です。"
    assert "¥1,980 (tax included)" in queries.quote(TEXT, language="en")
    with CaptureQueriesContext(connection) as asked:
        queries.quote(TEXT, language="ja")
    assert len(asked) == 2


def test_what_a_fact_says_is_never_read_as_a_template(write: Write) -> None:
    write("text", {"type": "text", "text": "{{ fact.price.G1 }}"}, aspect="joke")
    assert queries.quote("{{ fact.text.joke }}", language="ja") == "{{ fact.price.G1 }}"


def test_an_unknown_fact_is_refused_in_words(cup: Fact) -> None:
    with pytest.raises(queries.FactUnavailableError, match=r"There is no fact “price\.G9”"):
        queries.quote("{{ fact.price.G9 }}", language="ja")
    assert queries.quote_public("価格 {{ fact.price.G9 }}", language="ja") != "価格 "


def test_a_template_with_an_unknown_fact_is_not_saved(owner: Actor, cup: Fact) -> None:
    for text in ("{{ fact.price.G9 }}", "{{ fact.price }}", "{% if fact.price.G1 %}x{% endif %}"):
        with pytest.raises(desk.TemplateRefusedError):
            save(owner, text)
    with pytest.raises(desk.TemplateRefusedError):
        save(owner, "text", subject="{{ fact.price.G9 }}")
    assert not Template.objects.exists()
    assert save(owner, "{{ fact.price.G1 }}").pk


def test_a_template_with_an_expired_fact_is_not_saved(owner: Actor, write: Write, noon: datetime) -> None:
    write("price", yen(500), aspect="sale", valid_until=noon - timedelta(days=1))
    with pytest.raises(desk.TemplateRefusedError, match=r"“price\.sale” expired on 2026-11-17"):
        save(owner, "{{ fact.price.sale }}")


@pytest.fixture
def message(owner: Actor, customer: Customer, noon: datetime) -> Message:
    return arrive(mail())[0]


def test_the_composer_gets_the_fact_said(owner: Actor, message: Message, cup: Fact) -> None:
    save(owner, "{{ fact.price.G1 }}です。", subject="{{ fact.price.G1 }}")
    filled = desk_queries.render_template(actor=owner, key="price", conversation_id=message.conversation_id)
    assert (filled.text, filled.unfilled) == ("1,980円（税込）です。", [])


def test_a_fact_that_expired_since_stops_the_message(
    owner: Actor, message: Message, write: Write, noon: datetime
) -> None:
    write("price", yen(500), aspect="sale", valid_until=noon + timedelta(days=1))
    save(owner, "ただいま{{ fact.price.sale }}です。")
    with clock.frozen(noon + timedelta(days=2)):
        filled = desk_queries.render_template(
            actor=owner, key="price", conversation_id=message.conversation_id
        )
        assert len(filled.unfilled) == 1
        assert "expired" in filled.text
        with pytest.raises(desk.CannotAnswerError, match="expired"):
            desk.answer(actor=owner, conversation_id=message.conversation_id, text=filled.text)
    assert not Message.objects.filter(direction="out").exists()


def test_a_fact_quoted_by_hand_in_an_answer_is_said(owner: Actor, message: Message, cup: Fact) -> None:
    sent = desk.answer(
        actor=owner, conversation_id=message.conversation_id, text="{{ fact.price.G1 }}でございます。"
    )
    assert sent.text == "1,980円（税込）でございます。"
    with pytest.raises(desk.CannotAnswerError, match="There is no fact"):
        desk.answer(actor=owner, conversation_id=message.conversation_id, text="{{ fact.price.G9 }}")


def test_a_price_typed_by_hand_into_a_template_is_found_and_counted(
    owner: Actor, message: Message, cup: Fact, write: Write, noon: datetime
) -> None:
    save(owner, "湯のみ 青は1,980円です。")
    assert not Contradiction.objects.exists()
    details: dict[str, Any] = {
        "scope": "product",
        "product_code": "G1",
        "names": ("湯のみ 青",),
        "fact_id": cup.pk,
    }
    with clock.frozen(noon + timedelta(days=1)):
        write("price", yen(2200), **details)
    with clock.frozen(noon + timedelta(days=2)):
        desk.answer(
            actor=owner, conversation_id=message.conversation_id, text="1,980円です。", template_key="price"
        )
        template = save(owner, "湯のみ 青は1,980円でございます。")
    row = Contradiction.objects.get()
    assert (row.what, row.state, row.place) == ("wrong", "open", f"/settings/templates/{template.pk}")
    assert row.is_former
    assert row.wrong_since == noon + timedelta(days=1)
    assert row.seen_count == 1
    save(owner, "湯のみ 青は{{ fact.price.G1 }}でございます。")
    row.refresh_from_db()
    assert (row.state, row.closed_because) == ("closed", "agrees")


def test_the_templates_that_are_shipped_contradict_nothing(owner: Actor, business: Business) -> None:
    business.ship_within_days = 3
    business.save()
    desk.ensure_defaults()
    take_over()
    assert Fact.objects.filter(key="lead.shipping").exists()
    assert check_own_texts() == 0


def test_a_template_that_quotes_what_is_gone_is_reported(owner: Actor, cup: Fact) -> None:
    template = save(owner, "{{ fact.price.G1 }}")
    archive_fact(actor=owner, fact_id=cup.pk)
    assert check_own_texts() == 1
    row = Contradiction.objects.get()
    assert (row.what, row.severity, row.snippet) == ("broken_quote", "high", "{{ fact.price.G1 }}")
    desk.archive_template(actor=owner, template_id=template.pk)
    row.refresh_from_db()
    assert (row.state, row.closed_because) == ("closed", "gone")


def test_a_contact_form_says_facts_in_the_visitor_s_language(
    owner: Actor, phone: Fact, client: Client
) -> None:
    with pytest.raises(channels.SettingsRefusedError, match="There is no fact"):
        channels.save_form(actor=owner, name="Ask us", intro="{{ fact.phone.x }}")
    form = channels.save_form(actor=owner, name="Ask us", intro="Tel {{ fact.phone.main }}")
    client.cookies["django_language"] = "ja"
    assert "Tel 03-1234-5678" in client.get(f"/contact/{form.token}").content.decode()
    client.cookies["django_language"] = "en"
    assert "Tel +81 3-1234-5678" in client.get(f"/contact/{form.token}").content.decode()
    archive_fact(actor=owner, fact_id=phone.pk)
    assert "Tel please ask us" in client.get(f"/contact/{form.token}").content.decode()
    assert check_own_texts("forms") == 1
