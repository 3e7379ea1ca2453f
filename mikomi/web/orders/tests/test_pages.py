"""The pages of orders as a reader sees them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.commerce import queries
from mikomi.commerce.tests.shop import CUP, at, order, promises, record, record_one, the_order
from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business.models import Business
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner_user: User, noon: datetime) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def test_the_list_shows_one_view_and_finds_by_words(client: Client) -> None:
    record(
        order(deliver_by=at(-24), ordered_at=at(-72)),
        order(external_id="2", number="#1002", lines=(CUP,), fulfilment="shipped", shipped_at=at(-1)),
    )
    assert "#1001" in client.get("/orders/?view=late").content.decode()
    assert "#1002" not in client.get("/orders/?view=late").content.decode()
    assert "#1001" not in client.get("/orders/?view=under_way").content.decode()
    assert "#1001" in client.get("/orders/?q=丸盆").content.decode()
    assert "#1002" not in client.get("/orders/?q=丸盆").content.decode()
    assert client.get("/orders/?view=none").status_code == 404
    assert client.get("/orders/?cursor=x").status_code == 400


def test_an_empty_list_says_where_orders_come_from(client: Client) -> None:
    assert "No orders yet" in client.get("/orders/").content.decode()


def test_forty_orders_cost_as_many_queries_as_two(client: Client) -> None:
    counts = []
    for number in range(40):
        record_one(order(external_id=f"{number}", number=f"#{number}"))
        if number in (1, 39):
            with CaptureQueriesContext(connection) as asked:
                client.get("/orders/")
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_the_page_shows_lines_money_promises_and_when_we_knew(client: Client) -> None:
    record_one(order(deliver_by=at(48), shipping_minor=500))
    text = client.get(f"/orders/{the_order().pk}").content.decode()
    for word in ("湯のみ", "丸盆", "¥7,800", "¥500", "山田", "known since", "/promises/"):
        assert word in text, word


def test_strangers_numbers_are_not_found(client: Client) -> None:
    assert client.get("/orders/999").status_code == 404
    assert client.get("/orders/99999999999999999999999").status_code == 404
    assert client.post("/orders/999/report", {"kind": "shipped"}).status_code == 404


def test_a_reported_step_keeps_the_promise(client: Client, business: Business) -> None:
    record_one(order(deliver_by=at(48)))
    key = the_order().pk
    assert client.post(f"/orders/{key}/report", {"kind": "delivered"})["Location"] == f"/orders/{key}"
    assert the_order().delivered_at == NOON
    assert promises() == [("delivery", "kept")]


def test_an_estimate_needs_its_moment(client: Client) -> None:
    record_one(order(deliver_by=at(48)))
    response = client.post(f"/orders/{the_order().pk}/report", {"kind": "estimated", "carrier": "ヤマト"})
    assert response.status_code == 422
    assert "Say when it will be there." in response.content.decode()
    assert "ヤマト" in response.content.decode()
    assert the_order().expected_at is None


def test_a_step_in_the_future_is_refused_beside_its_field(client: Client) -> None:
    record_one(order())
    tomorrow = f"{NOON + timedelta(days=1):%Y-%m-%dT%H:%M}"
    response = client.post(f"/orders/{the_order().pk}/report", {"kind": "shipped", "at": tomorrow})
    assert response.status_code == 422
    assert "has not come yet" in response.content.decode()


def test_who_may_not_record_orders_sees_no_form_and_is_refused(business: Business, noon: datetime) -> None:
    record_one(order())
    key = the_order().pk
    client = Client()
    client.force_login(make_user("ken", Role.ANALYST))
    assert "/report" not in client.get(f"/orders/{key}").content.decode()
    assert client.post(f"/orders/{key}/report", {"kind": "shipped"}).status_code == 403
    assert the_order().shipped_at is None


@pytest.mark.parametrize("view", ["to_ship", "late"])
def test_the_views_of_open_orders_read_an_index_of_open_orders(owner: Actor, view: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        queries.orders(actor=owner, view=view)
    if connection.vendor == "sqlite":  # PostgreSQL reads a table of a few rows without any index
        plan = connection.cursor().execute("EXPLAIN QUERY PLAN " + asked[-1]["sql"]).fetchall()
        assert "order_open" in str(plan)
    else:
        assert "order_open" in connection.introspection.get_constraints(connection.cursor(), "commerce_order")
