"""Products and stock on pages: the list, one product, a file; the order, the promise and Today that lack them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.commerce import operations
from mikomi.commerce.models import Product
from mikomi.commerce.records import ProductRecord
from mikomi.commerce.tests.shop import CUP, order, record_one
from mikomi.core.access.actor import SYSTEM
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business.models import Team
from mikomi.promises.models import Promise
from tests.cast import make_user

pytestmark = pytest.mark.django_db
SHOPIFY = (
    "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Status\n"
    "cup,湯のみ,色,藍,CUP-01,3,1800,active\n"
    "cup,,,白,CUP-02,-1,1800,\n"
    "cup,,,,,,,\n"
    "tray,丸盆,Title,Default Title,TRAY-9,viele,4200,archived\n"
)


@pytest.fixture
def client(owner_user: User, noon: datetime) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def _stock(sku: str = "CUP-01", **values: object) -> Product:
    record = ProductRecord(sku=sku, **{"name": "湯のみ", **values})  # type: ignore[arg-type]
    operations.record_products(actor=SYSTEM, products=[record], source="test")
    return Product.objects.get(sku=sku)


def _upload(client: Client, text: str) -> object:
    file = SimpleUploadedFile("products.csv", text.encode("cp932"), "text/csv")
    return client.post("/orders/products/file", {"file": file}, follow=True)


def test_an_empty_list_says_where_products_come_from(client: Client) -> None:
    assert "No products yet" in client.get("/orders/products/").content.decode()


def test_thirty_products_cost_as_many_queries_as_two(client: Client) -> None:
    counts = []
    for number in range(30):
        _stock(f"P-{number}", on_hand=number)
        if number in (1, 29):
            with CaptureQueriesContext(connection) as asked:
                client.get("/orders/products/")
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_somebody_counts_and_the_promise_is_saved(client: Client) -> None:
    product = _stock(on_hand=0)
    record_one(order(deliver_by=date(2026, 11, 25), lines=(CUP,)))
    promise = Promise.objects.get()
    assert promise.state == "at_risk"

    page = client.get("/").content.decode()
    assert "Order stock" in page
    assert "2 pieces are missing" in page
    assert f"/orders/products/{product.pk}" in page
    assert "2 missing" in client.get(f"/orders/{promise.subject_id}").content.decode()
    assert "#1001" in client.get(f"/orders/products/{product.pk}").content.decode()
    assert "2 pieces are missing" in client.get(f"/promises/{promise.pk}/").content.decode()

    answer = client.post(f"/orders/products/{product.pk}", {"on_hand": "5", "price": "1,900"})
    assert answer.status_code == 302
    promise.refresh_from_db()
    product.refresh_from_db()
    assert (promise.state, product.on_hand, product.price_minor) == ("open", 5, 1900)


def test_what_cannot_be_read_stands_beside_its_field(client: Client) -> None:
    product = _stock(on_hand=1)
    answer = client.post(f"/orders/products/{product.pk}", {"price": "viel"})
    assert answer.status_code == 422
    assert "This is not an amount" in answer.content.decode()


def test_a_file_as_shopify_exports_it_is_taken_and_its_bad_rows_are_named(client: Client) -> None:
    page = _upload(client, SHOPIFY).content.decode()  # type: ignore[attr-defined]
    assert "viele" in page
    found = {row.sku: row for row in Product.objects.all()}
    assert (found["CUP-01"].on_hand, found["CUP-01"].price_minor, found["CUP-01"].variant) == (3, 1800, "藍")
    assert (found["CUP-02"].name, found["CUP-02"].on_hand) == ("湯のみ", -1)
    assert found["TRAY-9"].discontinued_at
    assert found["TRAY-9"].on_hand is None


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "sku,name\nX,Y\n"])
def test_a_file_of_something_else_is_refused_in_words(client: Client, text: str) -> None:
    page = _upload(client, text)
    assert page.status_code == 422  # type: ignore[attr-defined]
    assert not Product.objects.exists()


def test_who_may_only_look_sees_no_form_and_changes_nothing(noon: datetime, agent_user: User) -> None:
    product = _stock(on_hand=1)
    client = Client()
    client.force_login(agent_user)
    page = client.get(f"/orders/products/{product.pk}").content.decode()
    assert "What is known now" not in page
    assert client.post(f"/orders/products/{product.pk}", {"on_hand": "9"}).status_code == 403
    product.refresh_from_db()
    assert product.on_hand == 1


def test_absences_are_planned_by_oneself_or_the_owner(client: Client, agent_user: User) -> None:
    days = {"first_day": "2026-11-20", "last_day": "2026-11-24"}
    assert client.post("/settings/absences", {"user_id": agent_user.pk, **days}).status_code == 302
    assert "Nobody is away" not in client.get("/settings/absences").content.decode()
    wrong = client.post("/settings/absences", {"user_id": agent_user.pk, **days, "last_day": "2026-11-01"})
    assert wrong.status_code == 422

    other = Client()
    other.force_login(make_user("mai", Role.AGENT))
    absence = agent_user.absences.get()
    assert other.post("/settings/absences", {"user_id": agent_user.pk, **days}).status_code == 422
    assert other.post(f"/settings/absences/{absence.pk}/cancel").status_code == 403
    assert agent_user.absences.count() == 1
    assert client.post(f"/settings/absences/{absence.pk}/cancel").status_code == 302
    assert agent_user.absences.count() == 0


def test_a_promise_is_handed_over(client: Client, agent_user: User) -> None:
    record_one(order(deliver_by=date(2026, 11, 25), lines=(CUP,)))
    promise = Promise.objects.get()
    assert client.post(f"/promises/{promise.pk}/keeper", {"keeper": agent_user.pk}).status_code == 302
    promise.refresh_from_db()
    assert promise.keeper_id == agent_user.pk
    stranger = make_user("ana", Role.ANALYST)
    client.post(f"/promises/{promise.pk}/keeper", {"keeper": stranger.pk})
    promise.refresh_from_db()
    assert promise.keeper_id == agent_user.pk


def test_a_promise_of_a_team_is_kept_by_who_sees_it(client: Client, team: Team) -> None:
    record_one(order(deliver_by=date(2026, 11, 25), lines=(CUP,)))
    Promise.objects.update(team_id=team.pk)
    promise = Promise.objects.get()
    theirs, other = make_user("mio", Role.AGENT, team), make_user("ren", Role.AGENT)
    page = client.get(f"/promises/{promise.pk}/").content.decode()
    assert f'value="{theirs.pk}"' in page
    assert f'value="{other.pk}"' not in page
    client.post(f"/promises/{promise.pk}/keeper", {"keeper": other.pk})
    client.post(f"/promises/{promise.pk}/keeper", {"keeper": "²"})
    promise.refresh_from_db()
    assert promise.keeper_id is None
    client.post(f"/promises/{promise.pk}/keeper", {"keeper": theirs.pk})
    promise.refresh_from_db()
    assert promise.keeper_id == theirs.pk
