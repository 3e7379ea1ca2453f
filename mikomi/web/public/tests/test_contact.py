"""The contact form as a visitor meets it: works without scripts, keeps what was typed, says when they get an answer."""

from __future__ import annotations

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mikomi.channels.models import Intake, WebForm
from mikomi.channels.webform import rules
from mikomi.conversations.models import Conversation, Message
from mikomi.core import clock
from mikomi.core.business.models import Business

pytestmark = pytest.mark.django_db
ADDRESS = "/contact/tok"


@pytest.fixture
def form(business: Business) -> WebForm:
    cache.clear()
    return WebForm.objects.create(token="tok", name="お問い合わせ", intro="なんでもお尋ねください。")


def typed(client: Client, **changes: object) -> dict[str, object]:
    """What the browser sends: the fields of the page, filled in."""
    with clock.frozen(clock.now() - timedelta(seconds=30)):
        page = client.get(ADDRESS).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)
    assert stamp
    values = {
        "text": "返品したいです",
        "email": "hanako@example.jp",
        "name": "山田花子",
        "phone": "",
        "website": "",
    }
    return values | {"stamp": stamp[1]} | changes


def test_a_message_arrives_and_the_page_says_when_the_answer_comes(client: Client, form: WebForm) -> None:
    file = SimpleUploadedFile("割れ.png", b"\x89PNG.", "image/png")
    response = client.post(ADDRESS, typed(client, files=[file]), follow=True)
    page = response.content.decode()
    due = Conversation.objects.get().answer_due_at
    assert due is not None
    assert response.redirect_chain[0][1] == 302
    assert f'datetime="{due.replace(microsecond=0).isoformat()}"' in page
    assert "お問い合わせありがとうございます" in page
    assert Message.objects.get().attachments.get().name == "割れ.png"


def test_the_page_speaks_the_language_of_the_business_and_can_be_switched(
    client: Client, form: WebForm
) -> None:
    assert "どのようなご用件でしょうか" in client.get(ADDRESS).content.decode()
    client.cookies["django_language"] = "en"
    assert "What is it about?" in client.get(ADDRESS).content.decode()


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    client: Client, form: WebForm
) -> None:
    wrong = typed(client, email="nobody", name="<b>花子</b>")
    response = client.post(ADDRESS, wrong, headers={"Accept-Language": "en"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'aria-describedby="id_email_helptext id_email_error"' in page
    assert "メールアドレスの形式をご確認ください" in page
    assert "返品したいです" in page
    assert "&lt;b&gt;花子&lt;/b&gt;" in page
    assert not Intake.objects.exists()


def test_a_page_that_was_open_too_long_keeps_the_words(client: Client, form: WebForm) -> None:
    response = client.post(ADDRESS, typed(client, stamp="old"))
    page = response.content.decode()
    assert (response.status_code, "返品したいです" in page) == (422, True)
    assert 'name="stamp" value="old"' not in page


def test_a_post_without_the_forms_token_is_refused_in_words(form: WebForm) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(ADDRESS, {"text": "x"})
    assert (response.status_code, Intake.objects.count()) == (403, 0)


def test_a_program_sees_no_difference(client: Client, form: WebForm) -> None:
    response = client.post(ADDRESS, typed(client, website="http://spam"), follow=True)
    assert response.status_code == 200
    assert Intake.objects.get().state == Intake.State.QUARANTINED


def test_too_many_are_told_to_wait(client: Client, form: WebForm) -> None:
    with patch.object(rules, "MOST_PER_WINDOW", 1):
        client.post(ADDRESS, typed(client))
        response = client.post(ADDRESS, typed(client, text="もう一つ"))
    assert (response.status_code, "もう一つ" in response.content.decode()) == (429, True)
    assert Intake.objects.count() == 1


@pytest.mark.parametrize("address", ["/contact/nowhere", "/contact/tok/thanks/forged"])
def test_addresses_that_are_none(client: Client, form: WebForm, address: str) -> None:
    assert client.get(address).status_code == 404
