"""Segments say who; wrong conditions are told in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.business.models import Business
from mikomi.customers import operations, queries
from mikomi.customers.models import Customer, Membership, Segment
from mikomi.customers.operations import InvalidSegmentError, PurchaseFigures
from mikomi.customers.records import AddressRecord, PersonRecord
from mikomi.customers.segments import fields
from mikomi.customers.segments.conditions import members
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business", "noon")]


@pytest.fixture
def people() -> dict[str, Customer]:
    records = {
        "ai": PersonRecord(name="愛 一", emails=("ai@example.jp",), language="ja", tags=("vip",), consent_email=True,
                           address=AddressRecord(province="東京都", city="渋谷区"), birthday=date(1990, 4, 1)),
        "bob": PersonRecord(name="Bob Ray", emails=("bob@example.com",), language="en", consent_email=False),
        "chie": PersonRecord(name="千恵 三", phones=("090-1234-5678",), language="ja", tags=("vip",),
                             external_ids=(("base", "9"),), address=AddressRecord(province="大阪府")),
    }  # fmt: skip
    found = operations.identify_many(
        actor=SYSTEM, people=list(records.values()), seen_at=NOON - timedelta(days=40), source="file"
    )
    named = dict(zip(records, found, strict=True))
    operations.write_standing(
        actor=SYSTEM,
        standings=[
            PurchaseFigures(named["ai"].pk, "JPY", 50_000, 5, NOON, NOON - timedelta(days=3)),
            PurchaseFigures(named["bob"].pk, "JPY", 1_000, 1, NOON, NOON - timedelta(days=300)),
        ],
    )
    return named


def ask(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "is": operator, "value": value}


def who(people: dict[str, Customer], conditions: dict[str, Any]) -> str:
    found = set(members(conditions, NOON).values_list("id", flat=True))
    return " ".join(name for name, row in people.items() if row.pk in found)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, "ai bob chie"),
        (ask("language", "is", "ja"), "ai chie"),
        (ask("language", "is_not", "ja"), "bob"),
        (ask("language", "in", ["ja", "en"]), "ai bob chie"),
        (ask("spend", "at_least", 2_000), "ai"),
        (ask("spend", "between", [500, "1000"]), "bob"),
        (ask("spend", "empty"), "chie"),
        ({"not": ask("spend", "at_least", 2_000)}, "bob chie"),
        (ask("last_order", "within_days", 30), "ai"),
        (ask("last_order", "not_within_days", 30), "bob chie"),
        (ask("last_order", "before", "2026-06-01"), "bob"),
        (ask("first_seen", "from", "2026-01-01"), "ai bob chie"),
        (ask("birthday", "from", "1990-04-01"), "ai"),
        (ask("birthday", "empty"), "bob chie"),
        (ask("tag", "has", "vip"), "ai chie"),
        (ask("tag", "has_not", "vip"), "bob"),
        (ask("region", "is", "東京都"), "ai"),
        (ask("region", "empty"), "bob"),
        (ask("region", "is_not", "東京都"), "bob chie"),
        (ask("family_name", "contains", "ray"), "bob"),
        (ask("known_to", "has", "base"), "chie"),
        (ask("email_marketing", "is", True), "ai"),
        (ask("email_marketing", "is", False), "bob chie"),
        (ask("email_survey", "is", True), "ai bob chie"),
        (ask("reachable", "is", True), "ai bob"),
        (ask("company", "empty"), "ai bob chie"),
        (
            {"all": [ask("language", "is", "ja"), ask("tag", "has", "vip"), ask("orders", "at_least", 1)]},
            "ai",
        ),
        ({"any": [ask("language", "is", "en"), ask("region", "is", "大阪府")]}, "bob chie"),
        ({"all": [{"not": {"any": [ask("language", "is", "en")]}}, ask("spend", "empty")]}, "chie"),
    ],
)
def test_who_fulfils_what(people: dict[str, Customer], conditions: dict[str, Any], expected: str) -> None:
    assert who(people, conditions) == expected


def test_a_tag_of_a_merged_record_counts_once(people: dict[str, Customer], manager: Actor) -> None:
    operations.merge(actor=manager, winner_id=people["bob"].pk, loser_id=people["chie"].pk)

    assert who(people, ask("tag", "has", "vip")) == "ai bob"
    assert members(ask("tag", "has", "vip"), NOON).count() == 2
    assert who(people, ask("known_to", "has", "base")) == "bob"


@pytest.mark.parametrize(
    "wrong",
    [
        {"field": "shoe_size", "is": "is", "value": 4},
        {"field": "language", "is": "rhymes", "value": "ja"},
        {"field": "language", "is": "is", "value": "xx"},
        {"field": "language", "is": "in", "value": []},
        {"field": "spend", "is": "at_least", "value": "many"},
        {"field": "spend", "is": "at_least", "value": True},
        {"field": "spend", "is": "at_least", "value": 10**40},
        {"field": "spend", "is": "at_least", "value": "nan"},
        {"field": "spend", "is": "between", "value": [5, 1]},
        {"field": "spend", "is": "between", "value": 5},
        {"field": "last_order", "is": "within_days", "value": -1},
        {"field": "last_order", "is": "within_days", "value": 0.5},
        {"field": "last_order", "is": "before", "value": "soon"},
        {"field": "family_name", "is": "is", "value": ""},
        {"field": "family_name", "is": "contains", "value": "x" * 201},
        {"field": "family_name", "is": "contains", "value": "a\0"},
        {"field": "reachable", "is": "is", "value": "yes"},
        {"field": "segment", "is": "has", "value": "77"},
        {"field": ["x"], "is": "is"},
        {"all": []},
        {"all": "x"},
        {"all": [], "any": []},
        {"all": [5]},
        {"neither": []},
        {"all": [{"field": "spend", "is": "empty"}] * 51},
    ],
)
def test_wrong_conditions_are_told_in_words_and_nothing_is_saved(
    manager: Actor, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidSegmentError) as refusal:
        operations.save_segment(actor=manager, name="x", conditions=wrong)

    assert refusal.value.errors
    assert all(len(sentence) > 10 for sentence in refusal.value.errors)
    assert not Segment.objects.exists()


def test_conditions_too_deep_are_refused(manager: Actor) -> None:
    conditions: dict[str, Any] = ask("spend", "empty")
    for _ in range(2_000):
        conditions = {"not": conditions}

    with pytest.raises(InvalidSegmentError):
        operations.save_segment(actor=manager, name="deep", conditions=conditions)


def test_every_error_is_told_at_once(manager: Actor) -> None:
    with pytest.raises(InvalidSegmentError) as refusal, translation.override("en"):
        operations.save_segment(
            actor=manager, name="x", conditions={"all": [ask("spend", "is", "x"), ask("nothing", "is", 1)]}
        )

    assert refusal.value.errors == ["total spend: write a number.", "The field “nothing” doesn't exist."]


def test_members_come_and_go(people: dict[str, Customer], manager: Actor) -> None:
    segment = operations.save_segment(actor=manager, name="常連", conditions=ask("tag", "has", "vip"))

    first = operations.refresh_segment(actor=manager, segment_id=segment.pk)
    operations.untag(actor=manager, customer_ids=[people["ai"].pk], name="vip")
    operations.tag(actor=manager, customer_ids=[people["bob"].pk], name="vip")
    second = operations.refresh_segment(actor=manager, segment_id=segment.pk)

    assert (first.added, first.removed, first.size) == (2, 0, 2)
    assert (second.added, second.removed, second.size) == (1, 1, 2)
    listed = queries.customers(actor=manager, segment_id=segment.pk).items
    assert {row.pk for row in listed} == {people["bob"].pk, people["chie"].pk}
    assert operations.refresh_due() == 0


def test_a_segment_of_segments(people: dict[str, Customer], manager: Actor) -> None:
    inner = operations.save_segment(actor=manager, name="inner", conditions=ask("tag", "has", "vip"))
    operations.refresh_segment(actor=manager, segment_id=inner.pk)

    assert who(people, ask("segment", "has_not", str(inner.pk))) == "bob"
    with pytest.raises(InvalidSegmentError):
        operations.save_segment(
            actor=manager,
            name="inner",
            conditions={"not": ask("segment", "has", str(inner.pk))},
            segment_id=inner.pk,
        )


def test_a_name_is_taken_once(manager: Actor) -> None:
    operations.save_segment(actor=manager, name="x", conditions={})

    with pytest.raises(InvalidSegmentError):
        operations.save_segment(actor=manager, name=" x ", conditions={})

    assert Segment.objects.count() == 1


def test_an_agent_saves_no_segment(agent: Actor) -> None:
    with pytest.raises(NotAllowedError):
        operations.save_segment(actor=agent, name="x", conditions={})

    assert not Segment.objects.exists()
    assert not Membership.objects.exists()


def test_one_query_finds_them(people: dict[str, Customer], django_assert_num_queries: Any) -> None:
    conditions = {
        "all": [ask("spend", "at_least", 1), ask("tag", "has", "vip"), ask("email_marketing", "is", True)]
    }
    found = members(conditions, NOON)  # reading the choices asks by itself

    with django_assert_num_queries(1):
        assert len(found) == 1


def test_a_wrong_field_is_refused_at_start_up() -> None:
    with pytest.raises(fields.WrongFieldError, match="either a path or a condition"):
        fields.register(fields.Field("x", "x", "number"))
    with pytest.raises(fields.WrongFieldError, match="registered twice"):
        fields.register(fields.Field("spend", "x", "text", path="tier"))


@pytest.mark.parametrize(
    ("moment", "is_from"), [("2026-03-31T14:59:59+00:00", False), ("2026-03-31T15:00:00+00:00", True)]
)
def test_days_begin_in_the_zone_of_the_business(
    business: Business, customer: Customer, moment: str, is_from: bool
) -> None:
    Customer.objects.update(first_seen_at=datetime.fromisoformat(moment))
    for word, expected in (("from", is_from), ("before", not is_from)):
        found = members({"field": "first_seen", "is": word, "value": "2026-04-01"}, NOON)
        assert found.exists() == expected


def test_a_birthday_is_a_day_wherever_the_business_is(business: Business, customer: Customer) -> None:
    Customer.objects.update(birthday=date(1990, 4, 1))
    for word, expected in (("from", True), ("before", False)):
        assert members({"field": "birthday", "is": word, "value": "1990-04-01"}, NOON).exists() == expected
