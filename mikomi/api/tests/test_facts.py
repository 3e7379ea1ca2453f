"""Facts, places and contradictions through the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mikomi.api.tests.program import Program
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.facts.models import Fact
from mikomi.facts.operations.checking import run_portion
from mikomi.facts.tests.conftest import site  # noqa: F401 - a fixture
from mikomi.facts.tests.site import Site

pytestmark = pytest.mark.django_db
PRICE = {"type": "money", "minor": 1980, "currency": "JPY", "tax": "included"}


@pytest.fixture
def program(owner: Actor, noon: datetime) -> Program:
    return Program(owner)


def cup(owner: Actor, **more: Any) -> dict[str, Any]:
    return {
        "kind": "price", "label": "Cup", "value": PRICE, "owner_ids": [owner.user_id], "scope": "product",
        "product_code": "G1", "names": ["湯のみ 青"],
    } | more  # fmt: skip


def test_a_fact_is_written_quoted_changed_and_archived(program: Program, owner: Actor) -> None:
    made = program.ok("post", "/facts", cup(owner))
    root = f"/facts/{made['fact']['id']}"
    assert (made["fact"]["key"], made["fact"]["state"], made["versions"][0]["source"]) == (
        "price.G1",
        "current",
        "api",
    )
    assert program.ok("post", "/fact-quotations", {"text": "{{ fact.price.G1 }}です"}) == {
        "text": "1,980円（税込）です"
    }
    changed = program.ok("put", root, cup(owner, value=PRICE | {"minor": 2200}, reason="Clay"))
    assert [one["value"]["minor"] for one in changed["versions"]] == [2200, 1980]
    assert program.ok("get", "/facts?text=g1&language=en")["items"][0]["said"] == "¥2,200 (tax included)"
    assert (
        program.ok("post", f"{root}/review", {"next_on": "2027-01-15"})["fact"]["review_on"] == "2027-01-15"
    )
    assert program.ok("post", f"{root}/archive")["fact"]["state"] == "archived"
    refusal = program.post("/fact-quotations", {"text": "{{ fact.price.G1 }}"})
    assert refusal.status_code == 422
    assert refusal.json()["type"] == "urn:mikomi:problem:fact-unavailable"


def test_two_owners_are_refused_in_words(program: Program, owner: Actor, manager: Actor) -> None:
    response = program.post(
        "/facts", cup(owner, owner_ids=[owner.user_id, manager.user_id]), Accept_Language="en"
    )
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "owner"
    assert "one owner" in response.json()["detail"]
    assert not Fact.objects.exists()


def test_a_place_is_watched_and_its_contradictions_settled(
    program: Program,
    owner: Actor,
    site: Site,  # noqa: F811
) -> None:
    program.ok("post", "/facts", cup(owner))
    site.html("/", "<p>湯のみ 青 2,200円</p>")
    place = program.ok("post", "/touchpoints", {"label": "Home", "kind": "page", "url": site.url})
    root = f"/touchpoints/{place['id']}"
    program.ok("put", root, {"label": "Front", "kind": "page", "url": site.url, "every_hours": 6})
    check = program.ok("post", f"{root}/checks")
    run_portion(check["id"])
    assert program.ok("get", f"{root}/checks")["items"][0]["outcome"] == "finished"
    assert program.ok("get", "/touchpoints")["items"][0]["open_contradictions"] == 1
    found = program.ok("get", "/contradictions?severity=normal")["items"][0]
    assert (found["fact_key"], found["found"]["minor"], found["seen_count"]) == ("price.G1", 2200, None)
    one = f"/contradictions/{found['id']}"
    assert program.ok("post", f"{one}/ignore", {"reason": "Gift box"})["state"] == "ignored"
    assert program.ok("post", f"{one}/reopen")["state"] == "open"
    assert program.post(f"{one}/reopen").status_code == 409
    site.html("/", "<p>湯のみ 青 1,980円</p>")
    assert program.ok("post", f"{one}/recheck")["closed_because"] == "agrees"
    again = program.ok("post", f"{root}/checks")
    assert program.ok("post", f"/checks/{again['id']}/stop")["state"] == "stopped"
    program.ok("delete", root)
    assert program.post(f"{root}/checks").status_code == 409


def test_a_private_address_is_refused_beside_its_field(program: Program) -> None:
    response = program.post("/touchpoints", {"label": "x", "kind": "page", "url": "http://10.0.0.1/"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "url"


def test_who_may_only_look_changes_nothing(agent: Actor, owner: Actor, noon: datetime) -> None:
    fact = Program(owner).ok("post", "/facts", cup(owner))["fact"]
    reader = Program(agent)
    assert reader.ok("get", "/facts")["items"][0]["id"] == fact["id"]
    assert reader.ok("get", f"/facts/{fact['id']}")["versions"]
    for path, body in (
        ("/facts", cup(owner)), (f"/facts/{fact['id']}/archive", None), (f"/facts/{fact['id']}/review", {}),
        ("/touchpoints", {"label": "x", "kind": "page", "url": "https://shop.example/"}),
    ):  # fmt: skip
        assert reader.post(path, body).status_code == 403
    assert Program(owner, [Permission.ORDERS_VIEW]).get("/facts").status_code == 403
    assert Fact.objects.get().archived_at is None
