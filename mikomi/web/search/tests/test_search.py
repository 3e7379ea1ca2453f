"""The search box and its page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.commerce.tests.shop import at, order, record_one
from mikomi.conversations.models import Conversation, Message
from mikomi.conversations.operations.indexing import KIND
from mikomi.core.access.actor import SYSTEM
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business.models import Business, Team
from mikomi.core.search import operations as index
from mikomi.customers.models import Customer
from mikomi.promises import operations as promises
from mikomi.promises.records import NewPromise
from mikomi.screens.search import KINDS
from mikomi.web.search.views import HEADS, ROUTES
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner_user: User) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def write(customer: Customer, text: str, team: Team | None = None) -> Conversation:
    talk = Conversation.objects.create(
        customer=customer, subject=text, channel="email", team=team, created_at=NOON, last_message_at=NOON
    )
    message = Message.objects.create(
        conversation=talk, direction="in", channel="email", text=text, sent_at=NOON, received_at=NOON
    )
    with transaction.atomic():
        index.index([index.Entry(KIND, message.pk, customer.pk, team.pk if team else None, text, text, NOON)])
    return talk


def test_every_kind_has_its_words() -> None:
    assert HEADS.keys() == ROUTES.keys() == (set(KINDS) - {"message"}) | {"conversation"}


def test_customers_orders_and_what_is_owed_are_found(client: Client) -> None:
    record_one(order(ordered_at=at(0), deliver_by=at(48)))
    text = client.get("/search", {"q": "山田"}).content.decode()
    assert 'href="/customers/' in text
    assert 'href="/promises/' in text
    text = client.get("/search", {"q": "1001"}).content.decode()
    assert 'href="/orders/' in text


def test_a_promise_is_found_by_its_own_words(client: Client, customer: Customer, team: Team) -> None:
    new = NewPromise(kind="callback", customer_id=customer.pk, due_at=at(48), source="composer",
                     statement="修理の見積もりをお電話します。", made_at=NOON)  # fmt: skip
    made = promises.make(actor=SYSTEM, promise=new)
    assert f"/promises/{made.pk}/" in client.get("/search", {"q": "見積もり"}).content.decode()

    promises.change_terms(actor=SYSTEM, promise_id=made.pk, due_at=at(72), statement="納期をお電話します。")
    assert f"/promises/{made.pk}/" in client.get("/search", {"q": "納期"}).content.decode()
    assert f"/promises/{made.pk}/" not in client.get("/search", {"q": "見積もり"}).content.decode()

    promises.make(actor=SYSTEM, promise=replace(new, statement="別班の納期です。", team_id=team.pk))
    stranger = Client()
    stranger.force_login(make_user("saburo", Role.AGENT, Team.objects.create(name="Elsewhere")))
    assert "別班" not in stranger.get("/search", {"q": "納期"}).content.decode()


def test_the_box_gets_rows_without_a_frame(client: Client, customer: Customer) -> None:
    talk = write(customer, "急須のふたについて")
    text = client.get("/search", {"q": "急須"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert "data-row" in text
    assert f"/inbox/{talk.pk}" in text


def test_another_teams_conversation_is_not_found(customer: Customer, team: Team) -> None:
    write(customer, "急須の秘密", team)
    client = Client()
    client.force_login(make_user("saburo", Role.AGENT, Team.objects.create(name="Elsewhere")))
    assert "急須の秘密" not in client.get("/search", {"q": "急須"}).content.decode()


def test_places_and_acts_are_found_by_their_words(client: Client, business: Business) -> None:
    text = client.get("/search", {"q": "add a cust"}).content.decode()
    assert "/customers/new" in text
    analyst = Client()
    analyst.force_login(make_user("ken", Role.ANALYST))
    assert "/customers/new" not in analyst.get("/search", {"q": "add a cust"}).content.decode()


def test_what_was_typed_is_escaped(client: Client, business: Business) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        text = client.get("/search", {"q": "<script>alert(1)</script>"}, headers=headers).content.decode()
        assert "<script>alert" not in text
        assert "Nothing was found" in text


def test_any_words_are_answered_with_few_queries(client: Client, customer: Customer) -> None:
    for number in range(12):
        write(customer, f"急須 {number}")
    for words in ("", "   ", '"', "a AND OR (", "*", "急須", "長" * 10_000):
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/search", {"q": words}).status_code == 200
        assert len(asked) <= 14
