"""Products, what to save, who keeps it and who is away, through the API."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mikomi.api.tests.program import Program
from mikomi.commerce.tests.shop import CUP, order, record_one
from mikomi.core.access.actor import Actor
from mikomi.promises.models import Promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(owner: Actor, noon: datetime) -> Program:
    return Program(owner)


def test_stock_comes_in_and_what_it_lacks_is_told(program: Program, owner: Actor) -> None:
    given = {
        "products": [
            {"sku": "CUP-01", "name": "湯のみ", "on_hand": 1, "price_minor": 1800, "currency": "JPY"}
        ]
    }
    done = program.ok("post", "/products", given)["items"][0]
    assert (done["outcome"], done["sku"]) == ("created", "CUP-01")
    record_one(order(deliver_by=date(2026, 11, 25), lines=(CUP,)))
    promise = Promise.objects.get()

    found = program.ok("get", f"/products/{done['product_id']}")
    assert (found["available"], found["owed"], found["missing"]) == (-1, 2, {str(promise.subject_id): 1})
    assert program.ok("get", "/products?view=short")["items"][0]["price"] == {
        "minor": 1800,
        "currency": "JPY",
    }

    saving = program.ok("get", "/promises-to-save")["items"][0]
    assert (saving["act"], saving["reasons"], saving["missing"]) == ("order_stock", ["no_stock"], 1)
    assert program.ok("get", f"/promises/{promise.pk}")["harder"] == ["no_stock"]
    assert program.ok("post", f"/promises/{promise.pk}/keeper", {"keeper_id": owner.user_id})
    assert Promise.objects.get().keeper_id == owner.user_id


def test_what_cannot_be_is_refused(program: Program) -> None:
    both = {"products": [{"sku": "X", "on_hand": 1, "available": 1}]}
    assert program.post("/products", both).status_code == 422
    assert program.post("/products", {"products": [{"sku": ""}]}).status_code == 422


def test_absences_are_listed_added_and_taken_back(program: Program, owner: Actor) -> None:
    days = {"user_id": owner.user_id, "first_day": "2026-11-20", "last_day": "2026-11-21"}
    made = program.ok("post", "/absences", days)
    assert program.ok("get", "/absences")["items"] == [made]
    assert program.call("delete", f"/absences/{made['id']}").status_code == 204
    assert program.ok("get", "/absences")["items"] == []
