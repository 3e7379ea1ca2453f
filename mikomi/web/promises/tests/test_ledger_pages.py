"""The ledger's pages as the staff use them: lists, a new promise of any kind, new terms, disputes, the report."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.customers import operations as customers
from mikomi.customers.models import Customer, Segment
from mikomi.promises import operations, queries
from mikomi.promises.models import Dispute, Promise, Renegotiation
from mikomi.promises.tests.ledger import DAY, make
from mikomi.promises.tests.test_wider_kinds import to_everyone
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(agent_user: User, noon: datetime) -> Client:
    return signed_in(agent_user)


def test_a_promise_to_a_known_customer_is_made(client: Client, owner: Actor, customer: Customer) -> None:
    customers.add_identity(actor=owner, customer_id=customer.pk, kind="email", value="h@example.jp")
    form = {"kind": "custom", "audience": "one", "email": "H@example.jp", "statement": "見積もりを送る",
            "due_at": "2026-11-24T15:00", "expectation": "explicit", "origin": "staff"}  # fmt: skip
    answer = client.post("/promises/new", form)
    promise = Promise.objects.get()
    assert answer["Location"] == f"/promises/{promise.pk}/"
    assert (promise.customer_id, promise.origin, promise.audience) == (customer.pk, "staff", "one")


def test_what_is_missing_stands_beside_what_was_typed(client: Client) -> None:
    form = {"kind": "custom", "audience": "one", "email": "nobody@example.jp", "statement": "見積もり",
            "expectation": "explicit"}  # fmt: skip
    answer = client.post("/promises/new", form)
    assert answer.status_code == 422
    assert "見積もり" in answer.content.decode()
    assert not Promise.objects.exists()


def test_a_norm_and_a_promise_to_a_segment(client: Client) -> None:
    segment = Segment.objects.create(name="常連")
    norm = {"kind": "norm", "audience": "everyone", "statement": "業界では3日", "expectation": "implicit",
            "norm_of": "industry", "cited": "白書", "cited_on": "2026-04-01", "valid_until": "2027-03-31"}  # fmt: skip
    stock = {"kind": "availability", "audience": "segment", "segment": segment.pk, "statement": "取り置き",
             "expectation": "explicit"}  # fmt: skip
    assert client.post("/promises/new", norm).status_code == 302
    assert client.post("/promises/new", stock).status_code == 302
    page = client.get("/promises/?standing=1&state=").content.decode()
    assert "業界では3日" in page
    assert "常連" in page


def test_the_lists_narrow_and_keep_their_queries(client: Client, customer: Customer) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/promises/?state=open&origin=staff").status_code == 200
        return len(captured)

    make(customer.pk, origin="staff")
    first = count()
    for _ in range(8):
        make(customer.pk, origin="staff")
    assert count() <= first
    assert client.get("/promises/?state=nonsense").status_code == 404
    assert client.get("/promises/?state=").status_code == 404


def test_the_customer_is_asked_from_the_page(client: Client, customer: Customer) -> None:
    promise = make(customer.pk)
    address = f"/promises/{promise.pk}/terms"
    asked = {"due_at": "2026-11-30T12:00", "how": "ask", "words": "申し訳ございません。"}
    assert client.post(address, asked).status_code == 302
    assert Renegotiation.objects.get().state == "asked"
    page = client.get(f"/promises/{promise.pk}/").content.decode()
    assert f"/promises/{promise.pk}/question/back" in page
    agreed = {"due_at": "2026-11-30T12:00", "how": "phone", "note": ""}
    assert client.post(address, agreed).status_code == 422, "somebody has to vouch for it"
    assert client.post(address, agreed | {"note": "山田様"}).status_code == 302
    promise.refresh_from_db()
    assert promise.version_number == 2


def test_a_dispute_is_on_today_and_decided_on_the_page(client: Client, customer: Customer) -> None:
    promise = make(customer.pk)
    dispute = operations.raise_dispute(token=promise.token, said="届いていません")
    assert "届いていません" in client.get("/").content.decode()
    address = f"/promises/{promise.pk}/disputes/{dispute.pk}"
    assert client.post(address, {"verdict": "refused", "resolution": ""}).status_code == 422
    assert client.post(address, {"verdict": "refused", "resolution": "受領印があります"}).status_code == 302
    assert Dispute.objects.get().state == "refused"


def test_only_who_may_release_publishes(client: Client, owner_user: User) -> None:
    promise = to_everyone("availability", statement="在庫あり")
    assert client.post(f"/promises/{promise.pk}/publish", {"where": "店頭"}).status_code == 403
    promise.refresh_from_db()
    assert promise.published_at is None
    assert signed_in(owner_user).post(f"/promises/{promise.pk}/publish", {"where": "店頭"}).status_code == 302
    assert queries.public_promise(promise.token)


def test_the_report_and_the_classes(client: Client, owner_user: User, customer: Customer) -> None:
    make(customer.pk, origin="marketing", made_at=NOON - DAY)
    assert client.get("/promises/origins").status_code == 200
    owner = signed_in(owner_user)
    chosen = {"classes": ["explicit", "human"], "challenge_below": "70", "challenges_vague": "on"}
    assert owner.post("/settings/promises", chosen).status_code == 302
    assert queries.expectation_classes() == ["explicit", "human"]
    assert owner.post("/settings/promises", {"challenge_below": "70"}).status_code == 422
    assert client.post("/settings/promises", chosen).status_code == 403


def test_an_analyst_makes_no_promise(business: object, noon: datetime) -> None:
    analyst = signed_in(make_user("ken", Role.ANALYST))
    assert analyst.get("/promises/new").status_code == 403
