"""The pages of imports as a reader sees them."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mikomi.commerce.models import Order
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.files.models import StoredFile
from mikomi.core.work import task_runs
from mikomi.integrations.imports.tests.files import HEADER, order_file
from mikomi.integrations.models import ImportJob
from tests.cast import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner_user: User) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def work() -> None:
    while task_runs.run_one("tester"):
        pass


def upload(client: Client, data: bytes, **fields: str) -> str:
    """Upload a file; the address of its page."""
    file = SimpleUploadedFile("注文.csv", data, "text/csv")
    response = client.post("/imports/", {"file": file, "backfill": "on", **fields})
    assert response.status_code == 302, response.content.decode()
    work()
    return str(response["Location"])


def test_a_file_is_looked_through_then_imported(client: Client) -> None:
    page = upload(client, order_file(range(3)) + "A9,昨日,客,x@example.jp,茶,1,500\n".encode())
    text = client.get(page).content.decode()
    assert "What would happen" in text
    assert "“昨日” is not a date" in text
    assert not Order.objects.exists()
    client.post(f"{page}run")
    assert "progress" in client.get(page).content.decode()
    work()
    text = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "What was done" in text
    assert "<html" not in text
    assert Order.objects.count() == 3
    assert "注文.csv" in client.get("/imports/").content.decode()


def test_rows_are_filtered_by_outcome(client: Client) -> None:
    page = upload(client, order_file(range(3)) + "A9,昨日,客,x@example.jp,茶,1,500\n".encode())
    assert "is not a date" not in client.get(page, {"outcome": "create"}).content.decode()
    assert "is not a date" in client.get(page, {"outcome": "issues"}).content.decode()
    assert client.get(page, {"outcome": "nonsense"}).status_code == 404
    assert client.get(page, {"cursor": "nonsense"}).status_code == 400


def test_columns_are_matched_in_words(client: Client) -> None:
    page = upload(client, "<b>,い,う,え\nX1,2025-06-01,緑茶,h@example.jp\n".encode(), content="orders")
    assert "Match the columns" in client.get(page).content.decode()
    text = client.get(f"{page}columns").content.decode()
    assert "&lt;b&gt;" in text
    assert "緑茶" in text
    missing = client.post(f"{page}columns", {"column-0": "order.number"})
    assert missing.status_code == 422
    assert "no column yet" in missing.content.decode()
    fields = ["order.number", "order.ordered_at", "line.name", "person.email"]
    done = client.post(f"{page}columns", {f"column-{n}": field for n, field in enumerate(fields)})
    assert done.status_code == 302
    work()
    assert ImportJob.objects.get().checked["create"] == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (HEADER.replace("注文日時,", "").encode() + b"x\n", "Columns are missing"),
        (b"\n\n", "The file is empty"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(client: Client, data: bytes, says: str) -> None:
    assert says in client.get(upload(client, data)).content.decode()


def test_no_file_and_an_empty_one_are_refused_beside_the_field(client: Client) -> None:
    assert client.post("/imports/", {}).status_code == 422
    empty = client.post("/imports/", {"file": SimpleUploadedFile("a.csv", b"")})
    assert empty.status_code == 422
    assert "The file is empty." in empty.content.decode()


def test_an_agent_may_not_import(client: Client, db: None) -> None:
    page = upload(client, order_file(range(1)))
    other = Client()
    other.force_login(make_user("nao", Role.AGENT))
    file = SimpleUploadedFile("b.csv", order_file(range(5)))
    assert other.post("/imports/", {"file": file}).status_code == 403
    assert other.get(page).status_code == 403
    assert other.get(f"{page}columns").status_code == 403
    for verb in ("run", "stop", "forget"):
        assert other.post(f"{page}{verb}").status_code == 403
    assert StoredFile.objects.count() == ImportJob.objects.count() == 1


def test_another_s_or_no_import_is_not_found(client: Client) -> None:
    assert client.get("/imports/999/").status_code == 404
    assert client.post("/imports/999/run").status_code == 404
    assert client.get(f"/imports/{2**70}/").status_code == 404


def test_the_pages_speak_japanese(client: Client, owner_user: User) -> None:
    page = upload(client, order_file(range(2)))
    User.objects.filter(pk=owner_user.pk).update(language="ja")
    assert "ファイル" in client.get("/imports/").content.decode()
    assert client.get(page).status_code == 200
