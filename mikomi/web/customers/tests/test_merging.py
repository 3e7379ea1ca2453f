"""Merging two records by hand, and who has looked at whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.api.tests.program import Program
from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.models import Look, User
from mikomi.core.business.models import Business
from mikomi.customers import operations
from mikomi.customers.models import Customer, Merge
from mikomi.customers.records import PersonRecord
from tests.cast import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner_user: User) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


@pytest.fixture
def second(customer: Customer) -> Customer:
    """The same person, written in Latin letters, with another address."""
    person = PersonRecord(family_name="Yamada", given_name="Hanako", emails=("hy@example.com",))
    return operations.create(actor=SYSTEM, person=person)


def test_the_other_record_is_found_compared_and_merged(
    client: Client, customer: Customer, second: Customer
) -> None:
    page = f"/customers/{customer.pk}/merge"
    found = client.get(page, {"q": "hy@example.com"}).content.decode()
    assert f"{page}?other={second.pk}" in found

    pair = client.get(page, {"other": second.pk}).content.decode()
    assert "hy@example.com" in pair
    assert "Yamada → 山田" in pair
    assert not Merge.objects.exists()

    answer = client.post(page, {"other": second.pk, "keep": customer.pk})
    assert answer["Location"] == f"/customers/{customer.pk}/"
    assert Customer.objects.get(pk=second.pk).merged_into_id == customer.pk

    client.post(f"/customers/merges/{Merge.objects.get().pk}/undo")
    assert Customer.objects.get(pk=second.pk).merged_into_id is None


def test_the_other_one_may_live_on(client: Client, customer: Customer, second: Customer) -> None:
    client.post(f"/customers/{customer.pk}/merge", {"other": second.pk, "keep": second.pk})
    assert Customer.objects.get(pk=customer.pk).merged_into_id == second.pk


def test_a_record_is_not_merged_with_itself(client: Client, customer: Customer) -> None:
    page = f"/customers/{customer.pk}/merge"
    assert "same record already" in client.get(page, {"other": customer.pk}).content.decode()
    assert client.post(page, {"other": customer.pk}).status_code == 302
    assert not Merge.objects.exists()
    assert client.get(page, {"other": 999_999}).status_code == 404


def test_who_may_not_merge_sees_no_page(agent_user: User, customer: Customer, second: Customer) -> None:
    client = Client()
    client.force_login(agent_user)
    assert client.get(f"/customers/{customer.pk}/merge").status_code == 403
    assert client.post(f"/customers/{customer.pk}/merge", {"other": second.pk}).status_code == 403
    assert not Merge.objects.exists()


def test_a_program_sees_what_a_merge_would_bring(owner: Actor, customer: Customer, second: Customer) -> None:
    program = Program(owner)
    found = program.ok("get", f"/merges/preview?winner_id={customer.pk}&loser_id={second.pk}")
    assert (found["winner"]["id"], found["loser"]["id"], found["is_same"]) == (customer.pk, second.pk, False)
    assert {"field": "family_name", "kept": "山田", "hidden": "Yamada"} in found["differences"]
    assert not Merge.objects.exists()


# Who looked


def test_a_look_is_noted_once_an_hour_and_shown_to_the_owner(
    client: Client, agent_user: User, customer: Customer
) -> None:
    colleague = Client()
    colleague.force_login(agent_user)
    with clock.frozen(NOON):
        for _ in range(3):
            colleague.get(f"/customers/{customer.pk}/")
        assert Look.objects.count() == 1
    with clock.frozen(NOON + timedelta(hours=1)):
        colleague.get(f"/customers/{customer.pk}/")
        assert Look.objects.count() == 2

    for path in (f"/customers/{customer.pk}/", "/settings/log"):
        assert agent_user.name in client.get(path).content.decode()
    assert "Who looked" not in colleague.get(f"/customers/{customer.pk}/").content.decode()


def test_a_second_look_costs_one_read(agent: Actor, customer: Customer) -> None:
    access.note_look(actor=agent, subject_type="customer", subject_id=customer.pk)
    with CaptureQueriesContext(connection) as asked:
        access.note_look(actor=agent, subject_type="customer", subject_id=customer.pk)
    assert len(asked) == 1


def test_a_program_is_noted_as_one(owner: Actor, customer: Customer) -> None:
    Program(owner).ok("get", f"/customers/{customer.pk}")
    assert Look.objects.get().way == Look.Way.API


def test_the_system_looks_at_nobody_and_old_looks_are_forgotten(
    business: Business, agent: Actor, customer: Customer
) -> None:
    access.note_look(actor=SYSTEM, subject_type="customer", subject_id=customer.pk)
    assert not Look.objects.exists()
    with clock.frozen(NOON):
        access.note_look(actor=agent, subject_type="customer", subject_id=customer.pk)
    with clock.frozen(NOON + timedelta(days=401)):
        assert access.prune_looks() == 1
