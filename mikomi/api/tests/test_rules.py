"""What holds for every operation: rights, teams, keys for doing things once, pages, refusals in words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from mikomi.api.api import api
from mikomi.api.tests.program import Program
from mikomi.conversations.models import Conversation, Message
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business.models import Team
from mikomi.core.events.models import Event
from mikomi.customers.models import Customer, Note

pytestmark = pytest.mark.django_db


def everything() -> list[tuple[str, str]]:
    """Every operation of the API: method and address."""
    paths = api.get_openapi_schema()["paths"]
    return [(method, path) for path, operations in sorted(paths.items()) for method in operations]


def filled(path: str) -> str:
    """The address with 1 for every id."""
    parts = ["1" if part.startswith("{") else part for part in path.removeprefix("/api/v1").split("/")]
    return "/".join(parts)


def conversations(customer: Customer, count: int, team: Team | None = None) -> list[Conversation]:
    now = clock.now()
    return Conversation.objects.bulk_create(
        [
            Conversation(
                customer=customer, subject=f"No. {number}", channel="email", team=team, created_at=now,
                last_message_at=now - timedelta(minutes=number), changed_at=now,
            )
            for number in range(count)
        ]
    )  # fmt: skip


# Rights


def test_without_a_token_nothing_is_given(owner: Actor) -> None:
    program = Program(owner)
    program.client.defaults.clear()
    for token in ("", "Bearer nonsense"):
        response = program.get("/customers", Authorization=token)
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert response["Content-Type"] == "application/problem+json"


def test_a_token_without_rights_is_refused_everywhere_and_changes_nothing(
    owner: Actor, customer: Customer
) -> None:
    program = Program(owner, [])
    before = (Customer.objects.count(), Event.objects.count(), Note.objects.count())

    for method, path in everything():
        response = program.call(method, filled(path), {} if method != "get" else None)
        assert response.status_code == 403, f"{method} {path}: {response.status_code}"

    assert (Customer.objects.count(), Event.objects.count(), Note.objects.count()) == before


def test_looking_is_not_changing(owner: Actor, customer: Customer) -> None:
    looking = Program(owner, [right for right in Permission if right.value.endswith(".view")])

    response = looking.post(f"/customers/{customer.pk}/notes", {"text": "x"})

    assert response.status_code == 403
    assert "customers.edit" in response.json()["detail"]
    assert not Note.objects.exists()


def test_a_tokens_rights_end_with_those_of_its_person(agent: Actor, customer: Customer) -> None:
    program = Program(agent, list(Permission))

    assert program.call("delete", f"/customers/{customer.pk}").status_code == 403
    assert not Customer.objects.exclude(erased_at=None).exists()


# Teams


@pytest.mark.parametrize(
    ("method", "end", "body"),
    [
        ("get", "", None),
        ("get", "/messages", None),
        ("post", "/answers", {"text": "x"}),
        ("post", "/notes", {"text": "x"}),
        ("post", "/assign", {}),
        ("post", "/close", {}),
        ("post", "/reopen", {}),
        ("post", "/severity", {"severity": "high"}),
        ("post", "/snooze", {"until": "2030-01-01T00:00:00Z"}),
        ("post", "/render", {"key": "x"}),
    ],
)
def test_another_teams_conversation_does_not_exist(
    stranger: Actor, customer: Customer, team: Team, method: str, end: str, body: object
) -> None:
    theirs = conversations(customer, 1, team)[0]
    program = Program(stranger)

    response = program.call(method, f"/conversations/{theirs.pk}{end}", body)

    assert response.status_code == 404
    assert not Message.objects.exists()
    assert program.ok("get", "/conversations")["items"] == []


# Once


def test_the_same_key_does_it_once(owner: Actor, customer: Customer) -> None:
    program = Program(owner)
    path = f"/customers/{customer.pk}/notes"

    first = program.post(path, {"text": "一度だけ"}, Idempotency_Key="k-1")
    second = program.post(path, {"text": "一度だけ"}, Idempotency_Key="k-1")
    other = program.post(path, {"text": "別"}, Idempotency_Key="k-1")

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Note.objects.count() == 1


def test_a_refused_call_may_be_sent_again_under_its_key(owner: Actor, customer: Customer) -> None:
    program = Program(owner)
    path = f"/customers/{customer.pk}/notes"

    assert program.post(path, {"text": ""}, Idempotency_Key="k-2").status_code == 422
    assert program.post(path, {"text": "x"}, Idempotency_Key="k-2").status_code == 201


def test_a_key_is_the_callers_own(owner: Actor, agent: Actor, customer: Customer) -> None:
    path = f"/customers/{customer.pk}/notes"

    Program(owner).ok("post", path, {"text": "x"}, Idempotency_Key="k-3")
    Program(agent).ok("post", path, {"text": "x"}, Idempotency_Key="k-3")

    assert Note.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_time_does_it_once(owner: Actor, customer: Customer) -> None:
    program = Program(owner)
    path, answers = f"/customers/{customer.pk}/notes", []

    def send() -> None:
        answers.append(program.post(path, {"text": "x"}, Idempotency_Key="k-4").status_code)
        connections.close_all()

    if connection.vendor == "sqlite":  # its test database lives in the memory of one connection
        answers = [program.post(path, {"text": "x"}, Idempotency_Key="k-4").status_code for _ in range(2)]
    else:
        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert set(answers) == {201}
    assert Note.objects.count() == 1


# Pages


def test_a_list_is_walked_forth_and_back_without_gap_or_double(owner: Actor, customer: Customer) -> None:
    rows = conversations(customer, 7)
    program = Program(owner)

    pages, cursor = [], ""
    while True:
        page = program.ok("get", f"/conversations?size=3&cursor={cursor}")
        pages.append([one["id"] for one in page["items"]])
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    back = program.ok("get", f"/conversations?size=3&cursor={page['previous_cursor']}")

    assert [one for page in pages for one in page] == [row.pk for row in rows]
    assert [one["id"] for one in back["items"]] == pages[1]


@pytest.mark.parametrize(
    "query", ["size=0", "size=201", "cursor=nonsense", "view=other", "team_id=9223372036854775808"]
)
def test_a_page_that_can_not_be_is_refused(owner: Actor, query: str) -> None:
    assert Program(owner).get(f"/conversations?{query}").status_code == 422


def _people(count: int, now: datetime) -> None:
    Customer.objects.bulk_create(
        [
            Customer(family_name=f"客{n}", first_seen_at=now, created_at=now, updated_at=now)
            for n in range(count)
        ]
    )


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("/conversations", lambda customer: conversations(customer, 20)),
        ("/customers", lambda customer: _people(20, clock.now())),
    ],
)
def test_a_list_asks_the_database_as_often_for_many_as_for_few(
    owner: Actor, customer: Customer, path: str, make: Callable[[Customer], object]
) -> None:
    program = Program(owner)
    conversations(customer, 1)
    program.ok("get", path)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            program.ok("get", f"{path}?size=200")
        return len(queries)

    few = count()
    make(customer)
    assert count() == few
    assert few <= 8


# Refusals


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "a\0b"}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": "x", "tekst": "y"}, "tekst"),
        ({}, "text"),
    ],
)
def test_a_value_that_can_not_be_used_is_named(
    owner: Actor, customer: Customer, body: dict[str, str], field: str
) -> None:
    response = Program(owner).post(f"/customers/{customer.pk}/notes", body)

    assert response.status_code == 422
    assert any(one["field"].endswith(field) for one in response.json()["errors"])
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    "moment", ["1969-12-31T23:59:59Z", "2201-01-01T00:00:00Z", "2026-11-20T10:00:00", "soon"]
)
def test_a_moment_out_of_bounds_or_without_a_zone_is_refused(
    owner: Actor, customer: Customer, moment: str
) -> None:
    body = {"customer_id": customer.pk, "statement": "x", "due_at": moment}

    assert Program(owner).post("/promises", body).status_code == 422


def test_a_body_that_is_too_large_is_refused_with_a_key_and_without(owner: Actor, customer: Customer) -> None:
    program = Program(owner)
    body = {"text": "x" * 3_000_000}

    assert program.post(f"/customers/{customer.pk}/notes", body).status_code == 413
    assert program.post(f"/customers/{customer.pk}/notes", body, Idempotency_Key="big").status_code == 413


def test_words_come_in_the_readers_language(owner: Actor) -> None:
    program = Program(owner)

    assert program.get("/customers/1", Accept_Language="en").json()["title"] == "Nothing is here"
    assert program.get("/customers/1", Accept_Language="ja").json()["title"] != "Nothing is here"
