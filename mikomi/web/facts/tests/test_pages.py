"""The pages of facts, places and contradictions as readers see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.facts.models import Check, Contradiction, Fact, Touchpoint
from mikomi.facts.operations.checking import check_now
from mikomi.facts.tests.conftest import Watch, Write, yen
from mikomi.facts.tests.site import Site
from tests.cast import make_user

pytestmark = pytest.mark.django_db
PAGES = ("/facts/", "/facts/contradictions/", "/facts/places/")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(owner_user: User, noon: datetime) -> Client:
    return client_of(owner_user)


def body(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_empty_pages_teach(client: Client) -> None:
    assert "No facts yet" in body(client, "/facts/")
    assert "Nothing contradicts your facts" in body(client, "/facts/contradictions/")
    assert "Nothing is watched yet" in body(client, "/facts/places/")


def test_a_fact_is_written_changed_and_shown(client: Client, owner_user: User) -> None:
    form: dict[str, Any] = {
        "label": "Cup", "value_type": "money", "value": "1,980円（税込）", "scope": "product", "product_code": "G1",
        "owner": owner_user.pk, "names": "湯のみ 青、blue cup",
    }  # fmt: skip
    response = client.post("/facts/new?kind=price", form)
    fact = Fact.objects.get()
    assert response["Location"] == f"/facts/{fact.pk}"
    client.post(f"/facts/{fact.pk}/edit", form | {"value": "2200", "reason": "Clay"})
    text = body(client, f"/facts/{fact.pk}")
    for word in ("2,200円", "¥2,200", "{{ fact.price.G1 }}", "Clay", "Olivia", "1,980", "blue cup"):
        assert word in text, word
    assert "price.G1" in body(client, "/facts/?q=cup")
    assert "price.G1" not in body(client, "/facts/?kind=phone")
    assert "¥2,200" in body(client, f"/facts/{fact.pk}/edit")
    assert body(client, "/facts/?view=x", 404)
    assert body(client, "/facts/?kind=x", 404)
    assert body(client, "/facts/999", 404)


@pytest.mark.parametrize("kind", ["price", "hours", "phone", "lead", "spec", "stock", "discontinued", "text"])
def test_the_form_of_each_kind(client: Client, kind: str) -> None:
    assert "Owner" in body(client, f"/facts/new?kind={kind}")


def test_what_is_wrong_stands_beside_its_field(client: Client, owner_user: User, cup: Fact) -> None:
    form = {
        "label": "Cup",
        "value_type": "money",
        "value": "cheap",
        "scope": "business",
        "owner": owner_user.pk,
    }
    response = client.post("/facts/new?kind=price", form)
    assert response.status_code == 422
    assert "could not be read" in response.content.decode()
    twice = form | {"value": "5", "scope": "product", "product_code": "G1", "key": "price.other"}
    text = client.post("/facts/new?kind=price", twice).content.decode()
    assert "This is already a fact" in text
    assert Fact.objects.count() == 1


def test_archive_and_review(client: Client, cup: Fact) -> None:
    client.post(f"/facts/{cup.pk}/review", {"next_on": "2027-01-15"})
    assert str(Fact.objects.get().review_on) == "2027-01-15"
    assert client.post(f"/facts/{cup.pk}/review", {"next_on": "2027-99-15"}).status_code == 404
    client.post(f"/facts/{cup.pk}/archive")
    assert Fact.objects.get().archived_at is not None


@pytest.fixture
def wrong(site: Site, watch: Watch, cup: Fact, owner: Actor, noon: datetime) -> Contradiction:
    site.html("/cup", "<p>湯のみ 青 2,200円</p>", head="<title>Our cup</title>")
    check_now(actor=owner, touchpoint_id=watch(path="/cup").pk)
    return Contradiction.objects.get()


def test_a_contradiction_shows_both_places(client: Client, wrong: Contradiction) -> None:
    assert "Our cup" in body(client, "/facts/contradictions/")
    text = body(client, f"/facts/contradictions/{wrong.pk}")
    for word in ("¥1,980", "¥2,200", "湯のみ 青 2,200円", "nobody counts", "Olivia", wrong.place):
        assert word in text, word
    assert "Our cup" in body(client, "/")
    assert "contradiction" in body(client, f"/facts/{wrong.fact_id}")
    assert body(client, "/facts/contradictions/?state=x", 404)


def test_what_a_person_does_with_it(client: Client, wrong: Contradiction, site: Site) -> None:
    root = f"/facts/contradictions/{wrong.pk}"
    assert client.post(f"{root}/ignore", {"reason": ""}).status_code == 422
    assert client.post(f"{root}/ignore", {"reason": "Gift box"}).status_code == 302
    assert "Gift box" in body(client, root)
    assert "Our cup" in body(client, "/facts/contradictions/?state=ignored")
    client.post(f"{root}/reopen")
    site.html("/cup", "<p>湯のみ 青 1,980円</p>")
    client.post(f"{root}/recheck")
    wrong.refresh_from_db()
    assert wrong.state == "closed"
    assert "Settled" in body(client, root)
    assert client.post(f"{root}/recheck").status_code == 422


def test_a_place_is_watched_looked_at_and_left(client: Client, site: Site) -> None:
    site.html("/", "x")
    form = {
        "label": "Home",
        "kind": "site",
        "url": site.url,
        "every_hours": 24,
        "max_pages": 20,
        "max_depth": 3,
    }
    assert client.post("/facts/places/new", form | {"url": "ftp://x"}).status_code == 422
    path = client.post("/facts/places/new", form | {"is_active": "on"})["Location"]
    assert "Home" in body(client, "/facts/places/")
    client.post(f"{path}/check")
    check = Check.objects.get()
    assert "Pages read" in body(client, path)
    client.post(f"/facts/checks/{check.pk}/stop")
    assert "Somebody stopped it" in body(client, path)
    client.post(f"{path}/edit", form | {"label": "Front"})
    assert "Front" in body(client, path)
    client.post(f"{path}/archive")
    assert Touchpoint.objects.get().archived_at is not None


@pytest.mark.parametrize("role", [Role.AGENT, Role.MARKETER, Role.ANALYST])
def test_others_read_and_find_no_form(role: Role, wrong: Contradiction, noon: datetime) -> None:
    client = client_of(make_user("other", role))
    for path in (*PAGES, f"/facts/{wrong.fact_id}", f"/facts/contradictions/{wrong.pk}"):
        assert 'method="post" action="/facts' not in body(client, path)
    place = wrong.touchpoint_id
    for path in (
        "/facts/new",
        f"/facts/{wrong.fact_id}/edit",
        "/facts/places/new",
        f"/facts/places/{place}/edit",
    ):
        assert client.get(path).status_code == 403
    acts = (
        f"/facts/{wrong.fact_id}/archive", f"/facts/{wrong.fact_id}/review", f"/facts/places/{place}/check",
        f"/facts/places/{place}/archive", f"/facts/contradictions/{wrong.pk}/ignore",
        f"/facts/contradictions/{wrong.pk}/recheck", f"/facts/contradictions/{wrong.pk}/reopen",
    )  # fmt: skip
    for path in acts:
        assert client.post(path, {"reason": "x"}).status_code == 403, path
    wrong.refresh_from_db()
    assert wrong.state == "open"


def test_nobody_sees_them_unsigned() -> None:
    make_user("someone", Role.OWNER)
    for path in PAGES:
        assert Client().get(path).status_code == 302


def test_forty_cost_as_many_queries_as_two(
    client: Client,
    write: Write,
    watch: Watch,
    site: Site,
    owner: Actor,
    noon: datetime,
) -> None:
    counts: dict[str, list[int]] = {path: [] for path in (*PAGES, "/")}
    for number in range(40):
        write("price", yen(number + 1), scope="product", product_code=f"P{number}", names=(f"Name{number}x",))
        site.html(f"/{number}", f"<p>Name{number}x 99,999円</p>")
        check_now(actor=owner, touchpoint_id=watch(path=f"/{number}").pk)
        if number in (1, 39):
            for path, asked in counts.items():
                with CaptureQueriesContext(connection) as queries:
                    client.get(path)
                asked.append(len(queries))
    for path, (few, many) in counts.items():
        assert few == many, path
    assert max(counts[path][1] for path in PAGES) <= 14


def test_japanese_pages(wrong: Contradiction, owner_user: User) -> None:
    owner_user.language = "ja"
    owner_user.save()
    client = client_of(owner_user)
    client.cookies["django_language"] = "ja"
    text = body(client, f"/facts/contradictions/{wrong.pk}")
    assert "1,980円（税込）" in text
    assert "食い違い" in text
