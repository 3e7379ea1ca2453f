"""Every list of the API: few queries, as many for a long page as for a short one; nobody reads without the right."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mikomi.api.api import api
from mikomi.api.tests.program import Program
from mikomi.commerce.tests.shop import order, record_one
from mikomi.conversations.operations import ensure_defaults, recovery
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.rules import Permission
from mikomi.customers import operations as customers
from mikomi.customers.models import Customer, DuplicateProposal
from mikomi.customers.records import PersonRecord
from mikomi.feedback.operations import ask_csat
from mikomi.promises import operations as promises
from tests.cast import NOON

pytestmark = pytest.mark.django_db
ROWS = 4
MOST_QUERIES = 16


def lists() -> list[str]:
    """The addresses of all lists that stand for themselves: they take a cursor, and nothing stands in them."""
    found = []
    for path, operations in api.get_openapi_schema()["paths"].items():
        names = {one["name"] for one in operations.get("get", {}).get("parameters", [])}
        if "cursor" in names and "{" not in path:
            found.append(str(path).removeprefix("/api/v1"))
    return found


@pytest.fixture
def program(owner: Actor, noon: datetime) -> Program:
    """Some of everything: customers who write, order, are promised, asked and recovered."""
    ensure_defaults()
    program = Program(owner)
    for number in range(ROWS):
        told = {
            "source": "shop", "external_id": f"m-{number}", "text": "まだ届きません。", "name": f"客{number} 花子",
            "email": f"c{number}@example.jp",
        }  # fmt: skip
        talk = int(program.ok("post", "/messages", told)["conversation_id"])
        person = PersonRecord(source="shopify", name=f"客{number} 花子", emails=(f"c{number}@example.jp",))
        record_one(order(external_id=str(number), number=f"#{number}", customer=person))
        customer = Customer.objects.get(identities__value=f"c{number}@example.jp")
        _live(owner, customer, talk)
    return program


def _live(owner: Actor, customer: Customer, conversation_id: int) -> None:
    new = promises.NewPromise(
        kind="callback", customer_id=customer.pk, due_at=NOON + timedelta(days=1), source="composer",
        statement="お電話します。", made_at=NOON,
    )  # fmt: skip
    promises.make(actor=owner, promise=new)
    recovery.open_case(actor=owner, conversation_id=conversation_id)
    ask_csat(actor=SYSTEM, conversation_id=conversation_id)
    other = customers.create(actor=SYSTEM, person=PersonRecord(name=f"別{customer.pk}"))
    DuplicateProposal.objects.create(first=customer, second=other, evidence={"same": ["name"]}, found_at=NOON)


def test_a_long_page_costs_as_many_queries_as_a_short_one(program: Program) -> None:
    wrong = []
    filled = 0
    for path in lists():
        program.get(f"{path}?size=1")  # what is read once per process is read now
        counts = []
        for size in (2, 50):
            with CaptureQueriesContext(connection) as asked:
                answer: Any = program.ok("get", f"{path}?size={size}")
            counts.append(len(asked))
        filled += len(answer["items"]) > 2
        if counts[0] != counts[1] or counts[1] > MOST_QUERIES:
            wrong.append(f"{path}: {counts}")
    assert not wrong
    assert filled >= 6  # so many of the lists had something to show


def test_no_list_is_read_without_a_right(owner: Actor, noon: datetime) -> None:
    program = Program(owner, [Permission.SETTINGS_MANAGE])
    for path in lists():
        assert program.get(path).status_code in (200, 403), path
    for path in ("/customers", "/conversations", "/orders", "/promises", "/outgoing", "/feedback"):
        assert program.get(path).status_code == 403, path
