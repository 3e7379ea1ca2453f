"""Promises of every kind and what customers say to them, as programs use them."""

from __future__ import annotations

from datetime import datetime

import pytest

from mikomi.api.tests.program import Program
from mikomi.core.access.actor import Actor
from mikomi.customers.models import Customer
from mikomi.promises import operations
from mikomi.promises.models import Promise
from mikomi.promises.tests.ledger import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(owner: Actor, noon: datetime) -> Program:
    return Program(owner)


def test_a_price_for_everyone_is_made_published_and_listed(program: Program) -> None:
    price = {"kind": "price", "statement": "本体1,980円", "terms": {"value": 1980, "unit": "JPY"},
             "origin": "marketing"}  # fmt: skip
    made = program.ok("post", "/promises", price)["promise"]
    assert (made["audience"], made["customer"], made["due_at"], made["token"]) == ("everyone", None, None, "")
    shown = program.ok("post", f"/promises/{made['id']}/publish", {"where": "https://shop.example"})
    assert shown["promise"]["token"]
    found = program.ok("get", "/promises?standing=true&state=&origin=marketing")
    assert [one["id"] for one in found["items"]] == [made["id"]]


def test_what_a_kind_can_not_have_is_refused(program: Program, customer: Customer) -> None:
    no_unit = {"kind": "price", "statement": "x", "terms": {"value": 1980}}
    no_date = {"kind": "custom", "statement": "x", "customer_id": customer.pk}
    assert program.call("post", "/promises", no_unit).status_code in (409, 422)
    assert program.call("post", "/promises", no_date).status_code == 422
    assert not Promise.objects.exists()


def test_terms_change_only_with_the_customer_s_consent(program: Program, customer: Customer) -> None:
    promise = make(customer.pk)
    new = {"due_on": "2026-11-30"}
    assert program.call("post", f"/promises/{promise.pk}/terms", new).status_code == 409
    asked = program.ok("post", f"/promises/{promise.pk}/ask-terms", new | {"words": "すみません"})
    assert (asked["promise"]["version"], asked["renegotiations"][0]["state"]) == (1, "asked")
    operations.answer_new_terms(
        token=promise.token, renegotiation_id=asked["renegotiations"][0]["id"], answer="declined"
    )
    (said,) = program.ok("get", "/promises-said")["items"]
    assert said["kind"] == "declined"
    program.ok("post", f"/renegotiations/{said['id']}/handled", {})
    assert program.ok("get", "/promises-said")["items"] == []


def test_a_dispute_is_decided(program: Program, customer: Customer) -> None:
    promise = make(customer.pk)
    dispute = operations.raise_dispute(token=promise.token, said="違います")
    decided = program.ok("post", f"/disputes/{dispute.pk}/resolve", {"upheld": True, "resolution": "はい"})
    assert decided["state"] == "upheld"


def test_a_text_is_looked_over_and_the_origins_are_counted(program: Program, customer: Customer) -> None:
    make(customer.pk, origin="staff")
    found = program.ok("post", "/promises-in-text", {"text": "We'll call you by Friday. We'll write soon."})
    assert [(one["kind"], one["by_day"]) for one in found["promises"]] == [("callback", True)]
    assert found["vague"] == ["soon"]
    span = "since=2026-11-01T00:00:00Z&until=2026-12-01T00:00:00Z"
    report = program.ok("get", f"/figures/origins?{span}")
    assert {one["key"]: one["made"] for one in report["by_origin"]}["staff"] == 1
