"""The page of small surprises."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.api.tests.program import Program
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.customers.models import Customer, Standing
from mikomi.feedback.models import Surprise, SurprisePlan
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db
PLAN = {"is_active": "on", "budget": "10000", "discount": "500", "upgrade": "1000", "early": "300", "note": "100",
        "holdout": "5", "rest_days": "180"}  # fmt: skip


@pytest.fixture
def client(owner_user: User, noon: datetime) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def propose(plan: SurprisePlan, customer: Customer) -> Surprise:
    return Surprise.objects.create(
        plan=plan,
        customer=customer,
        kind="note",
        reason="first_order",
        cost_minor=100,
        weight=1,
        proposed_at=NOON,
    )


def someone(number: int) -> Customer:
    return Customer.objects.create(
        family_name=f"No. {number}", first_seen_at=NOON, created_at=NOON, updated_at=NOON
    )


def test_a_plan_is_set_and_what_fits_it_is_proposed(client: Client, customer: Customer) -> None:
    assert "There is no plan yet" in client.get("/expectations/surprises/").content.decode()
    Standing.objects.create(
        customer=customer, order_count=1, last_order_at=NOON - timedelta(days=1), updated_at=NOON
    )
    assert client.post("/expectations/surprises/plan", PLAN).status_code == 302
    row = Surprise.objects.get()
    assert row.kind == "note"
    wrong = client.post("/expectations/surprises/plan", {**PLAN, "holdout": "0"})
    assert wrong.status_code == 422
    assert SurprisePlan.objects.get().holdout_share == pytest.approx(0.05)


def test_a_proposal_is_approved_or_turned_down_on_its_row(client: Client, customer: Customer) -> None:
    client.post("/expectations/surprises/plan", PLAN)
    plan = SurprisePlan.objects.get()
    one, two = propose(plan, customer), propose(plan, someone(1))
    assert "山田 花子" in client.get("/expectations/surprises/").content.decode()
    client.post(f"/expectations/surprises/{one.pk}/approve")
    client.post(f"/expectations/surprises/{two.pk}/dismiss")
    assert list(Surprise.objects.order_by("pk").values_list("state", flat=True)) == ["approved", "dismissed"]
    again = client.post(f"/expectations/surprises/{two.pk}/dismiss", follow=True)
    assert "decided already" in again.content.decode()


def test_an_approved_one_is_carried_out_from_today_or_its_page(client: Client, customer: Customer) -> None:
    client.post("/expectations/surprises/plan", PLAN)
    one = propose(SurprisePlan.objects.get(), customer)
    page = f"/expectations/surprises/{one.pk}/"
    assert "Who carries it out" in client.get(page).content.decode()
    client.post(f"{page}approve")
    assert "Small surprises to carry out" in client.get("/").content.decode()
    refused = client.post(page, {"subject": "x", "text": "y"})
    assert refused.status_code == 422
    assert "has not agreed to news" in refused.content.decode()
    assert client.post(f"{page}done?next=today")["Location"] == "/"
    assert "Small surprises to carry out" not in client.get("/").content.decode()
    assert "Carried out" in client.get(page).content.decode()


def test_one_held_out_has_no_page(client: Client, customer: Customer) -> None:
    client.post("/expectations/surprises/plan", PLAN)
    one = propose(SurprisePlan.objects.get(), customer)
    Surprise.objects.update(state="held_out")
    assert client.get(f"/expectations/surprises/{one.pk}/").status_code == 404
    assert client.post(f"/expectations/surprises/{one.pk}/done").status_code == 404


def test_forty_proposals_cost_as_many_queries_as_two(client: Client) -> None:
    client.post("/expectations/surprises/plan", PLAN)
    plan, counts = SurprisePlan.objects.get(), []
    for number in range(40):
        propose(plan, someone(number))
        if number in (1, 39):
            with CaptureQueriesContext(connection) as seen:
                assert client.get("/expectations/surprises/").status_code == 200
            counts.append(len(seen))
    assert counts[0] == counts[1]


def test_who_may_only_look_decides_nothing(client: Client, customer: Customer) -> None:
    client.post("/expectations/surprises/plan", PLAN)
    row = propose(SurprisePlan.objects.get(), customer)
    other = Client()
    other.force_login(make_user("ken", Role.ANALYST))
    assert other.get("/expectations/surprises/").status_code == 200
    assert other.get(f"/expectations/surprises/{row.pk}/").status_code == 200
    for act in ("approve", "done", "dismiss", ""):
        assert (
            other.post(f"/expectations/surprises/{row.pk}/{act}", {"subject": "x", "text": "y"}).status_code
            == 403
        )
    assert other.post("/expectations/surprises/plan", PLAN).status_code == 403
    row.refresh_from_db()
    assert row.state == "proposed"


def test_a_program_sets_the_plan_and_decides(client: Client, owner_user: User, customer: Customer) -> None:
    program = Program(owner_user.as_actor())
    assert program.get("/surprises/plan").status_code == 404
    costs = {"discount": 500, "upgrade": 1000, "early": 300, "note": 100}
    plan = program.ok("put", "/surprises/plan", {"budget_minor": 5_000, "costs": costs})
    assert (plan["left_minor"], plan["costs"]) == (5_000, costs)
    row = propose(SurprisePlan.objects.get(), customer)
    assert [one["id"] for one in program.ok("get", "/surprises")["items"]] == [row.pk]
    assert program.ok("post", f"/surprises/{row.pk}/approve", {})["state"] == "approved"
    assert [one["id"] for one in program.ok("get", "/surprises/to-carry-out")["items"]] == [row.pk]
    assert program.ok("get", "/today")["surprises"][0]["surprise_id"] == row.pk
    refused = program.post(f"/surprises/{row.pk}/message", {"subject": "x", "text": "y"})
    assert refused.status_code == 409
    assert program.ok("post", f"/surprises/{row.pk}/done")["state"] == "done"
    assert program.post(f"/surprises/{row.pk}/dismiss").status_code == 409
    assert program.ok("get", "/figures/surprises")["spent_minor"] == 100
