"""The pages of quotes as a reader sees them."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business.models import Business
from mikomi.promises import quotable
from mikomi.promises.models import QuotePolicy
from mikomi.promises.tests.test_quotes import stored
from tests.cast import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_models() -> None:
    quotable.forget_models()


@pytest.fixture
def client(owner_user: User, noon: datetime) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_page_says_plainly_that_there_are_no_cases(client: Client) -> None:
    page = text(client, "/promises/quotes")
    assert "There are no past cases yet." in page
    assert "Nothing to compare yet" in text(client, "/promises/quotes/calibration")
    assert client.get("/promises/quotes/calibration?kind=magic").status_code == 404


def test_the_page_says_what_may_be_promised_and_on_what_it_rests(client: Client) -> None:
    stored()
    page = text(client, "/promises/quotes?kind=delivery&region=Tokyo")
    for words in ("80%", "90%", "95%", "8 days", "100 ended cases", "Learned from 110 cases"):
        assert words in page.replace(" %", "%"), words


def test_the_composer_line_follows_the_kind(client: Client) -> None:
    stored("callback", days=0.1)
    assert "4 hours" in text(client, "/promises/quotes/line?promise_kind=callback")
    assert "no past cases" in text(client, "/promises/quotes/line?promise_kind=delivery")


def test_the_owner_sets_norms_and_the_rule_for_orders(client: Client) -> None:
    wrong = client.post("/promises/quotes/policy", {"order_confidence": "20"})
    assert wrong.status_code == 422
    assert not QuotePolicy.objects.exists()
    answer = client.post("/promises/quotes/policy", {"order_confidence": "90", "norm_delivery": "7"})
    assert answer.status_code == 302
    row = QuotePolicy.objects.get()
    assert (row.order_confidence, row.norms) == (0.9, {"delivery": 7.0})
    assert "The norm is used instead." in text(client, "/promises/quotes")


def test_the_calibration_shows_rates_intervals_and_groups(client: Client) -> None:
    stored()
    page = text(client, "/promises/quotes/calibration").replace(" %", "%")
    assert "90.5%" in page
    assert "kept less often" in page
    assert "<svg" in page


def test_rights(client: Client, business: Business) -> None:
    agent = Client()
    agent.force_login(make_user("aiko", Role.AGENT))
    assert "Where history decides" not in text(agent, "/promises/quotes")
    assert agent.post("/promises/quotes/policy", {"order_confidence": "90"}).status_code == 403
    assert not QuotePolicy.objects.exists()
    assert Client().get("/promises/quotes").status_code == 302


def test_a_constant_number_of_queries(client: Client) -> None:
    stored()
    text(client, "/promises/quotes")
    with CaptureQueriesContext(connection) as seen:
        text(client, "/promises/quotes?kind=delivery&region=Tokyo")
    assert len(seen) <= 20
