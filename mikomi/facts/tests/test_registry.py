"""Facts are written: one thing, one fact, one owner, one source; who may, and what stays on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from mikomi.core.access.actor import Actor
from mikomi.core.access.models import AccessLog, User
from mikomi.core.business.models import OpeningHours, Store
from mikomi.core.events.models import Event
from mikomi.facts import feeds, queries
from mikomi.facts.models import Fact
from mikomi.facts.operations import FactError, archive_fact, review_fact, save_fact, take_over
from mikomi.facts.records import FactDraft, FedFact
from mikomi.facts.rules.values import Price
from mikomi.facts.tests.conftest import Write, yen

pytestmark = pytest.mark.django_db


def test_a_fact_gets_a_key_a_version_an_event_and_an_entry(cup: Fact, owner: Actor) -> None:
    story = queries.fact(actor=owner, fact_id=cup.pk)
    assert cup.key == "price.G1"
    assert story.row.said("ja") == "1,980円（税込）"
    assert [one.number for one in story.versions] == [1]
    assert Event.objects.get(kind="fact.changed").payload == {
        "fact_id": cup.pk,
        "kind": "price",
        "version": 1,
    }
    assert AccessLog.objects.filter(action="fact.saved", subject_id=cup.pk).exists()


def test_another_value_is_a_new_version_and_the_same_one_is_none(
    cup: Fact, write: Write, owner: Actor
) -> None:
    details: dict[str, Any] = {"scope": "product", "product_code": "G1", "fact_id": cup.pk}
    write("price", yen(2200), reason="Clay costs more", **details)
    write("price", yen(2200), **details)
    story = queries.fact(actor=owner, fact_id=cup.pk)
    assert [(one.number, one.value["minor"], one.reason) for one in story.versions] == [
        (2, 2200, "Clay costs more"),
        (1, 1980, ""),
    ]
    assert story.versions[0].actor_id == owner.user_id


def test_a_price_of_tomorrow_does_not_count_today(
    write: Write, noon: datetime, owner: Actor, cup: Fact
) -> None:
    write(
        "price",
        yen(2200),
        scope="product",
        product_code="G1",
        fact_id=cup.pk,
        valid_from=noon + timedelta(days=1),
    )
    row = queries.fact(actor=owner, fact_id=cup.pk).row
    assert row.said("en") == "¥1,980 (tax included)"
    assert row.coming is not None
    assert row.coming.value["minor"] == 2200


def refused(write: Write, *args: Any, **details: Any) -> dict[str, str]:
    before = Fact.objects.count()
    with pytest.raises(FactError) as caught:
        write(*args, **details)
    assert Fact.objects.count() == before
    return caught.value.errors


def test_a_fact_with_two_owners_is_refused_in_words(write: Write, owner: Actor, manager: Actor) -> None:
    errors = refused(write, "price", yen(1), owner_ids=(owner.user_id, manager.user_id))
    assert errors["owner"] == "A fact has one owner, who answers for it; several were named. Choose one."
    assert "needs an owner" in refused(write, "price", yen(1), owner_ids=())["owner"]
    assert "needs an owner" in refused(write, "price", yen(1), owner_ids=(987654,))["owner"]


def test_the_same_thing_is_not_a_fact_twice(write: Write, cup: Fact, manager: Actor) -> None:
    again = {"scope": "product", "product_code": "g1 ", "key": "price.cup", "owner_ids": (manager.user_id,)}
    errors = refused(write, "price", yen(2500), **again)
    assert "“price.G1”, and Olivia answers for it" in errors["owner"]
    assert "taken" in refused(write, "price", yen(2500), key="price.G1")["key"]


@pytest.mark.parametrize(
    ("kind", "value", "details", "field"),
    [
        ("price", {"type": "phone", "e164": "+81312345678"}, {}, "value"),
        ("price", {"type": "money", "minor": -1, "currency": "JPY"}, {}, "value"),
        ("colour", yen(1), {}, "kind"),
        ("price", yen(1), {"label": " "}, "label"),
        ("price", yen(1), {"key": "phone.main"}, "key"),
        ("price", yen(1), {"key": "price.茶碗"}, "key"),
        ("price", yen(1), {"wording": {"ja": "たったの980円"}}, "wording"),
        ("price", yen(1), {"wording": {"xx": "{value}"}}, "wording"),
        ("price", yen(1), {"scope": "store"}, "store"),
        ("price", yen(1), {"scope": "product"}, "product_code"),
        ("price", yen(1), {"scope": "product", "product_code": "茶碗"}, "key"),
        ("price", yen(1), {"scope": "moon"}, "scope"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    write: Write, kind: str, value: dict[str, Any], details: dict[str, Any], field: str
) -> None:
    assert field in refused(write, kind, value, **details)


def test_a_fact_does_not_end_before_it_begins(write: Write, noon: datetime) -> None:
    times = {"valid_from": noon, "valid_until": noon - timedelta(days=1)}
    assert "valid_until" in refused(write, "price", yen(1), **times)


@pytest.mark.parametrize("who", ["agent", "stranger", "marketer", "analyst"])
def test_others_read_and_don_t_write(
    who: str, request: pytest.FixtureRequest, write: Write, cup: Fact
) -> None:
    actor: Actor = request.getfixturevalue(who)
    assert [row.fact.key for row in queries.facts(actor=actor).items] == ["price.G1"]
    with pytest.raises(PermissionDenied):
        write("price", yen(5), actor=actor)
    for forbidden in (archive_fact, review_fact):
        more = {"next_on": None} if forbidden is review_fact else {}
        with pytest.raises(PermissionDenied):
            forbidden(actor=actor, fact_id=cup.pk, **more)
    assert Fact.objects.get().archived_at is None


def test_a_manager_writes(write: Write, manager: Actor) -> None:
    assert write("text", {"type": "text", "text": "手作り"}, actor=manager).key == "text.main"


def test_the_list_by_view_kind_and_words(
    write: Write, cup: Fact, phone: Fact, owner: Actor, noon: datetime
) -> None:
    write("price", yen(500), aspect="postage", valid_until=noon - timedelta(days=1))
    write("text", {"type": "text", "text": "x"}, review_on=noon.date())

    def keys(**wanted: Any) -> list[str]:
        return [row.fact.key for row in queries.facts(actor=owner, **wanted).items]

    assert keys() == ["phone.main", "price.G1", "price.postage", "text.main"]
    assert keys(view="expired") == ["price.postage"]
    assert keys(view="review") == ["text.main"]
    assert keys(kind="price") == ["price.G1", "price.postage"]
    assert keys(text="g1") == ["price.G1"]
    assert keys(owner_id=owner.user_id, kind="phone") == ["phone.main"]
    archive_fact(actor=owner, fact_id=cup.pk)
    assert keys(view="archived") == ["price.G1"]
    with pytest.raises(queries.UnknownViewError):
        queries.facts(actor=owner, view="x")


# Feeds


@pytest.fixture
def register() -> Iterator[list[FedFact]]:
    """A feed whose facts the test writes."""
    told: list[FedFact] = []
    feeds.register(feeds.Feed("shop", "the shop", lambda: list(told)))
    yield told
    feeds.unregister("shop")


def fed(amount: int) -> FedFact:
    return FedFact("price.G1", "price", "Cup", Price(amount, "JPY"), scope="product", product_code="G1")


def test_a_feed_is_the_source_of_its_facts(register: list[FedFact], owner: Actor, write: Write) -> None:
    register.append(fed(1980))
    assert take_over() >= 1
    assert take_over() == 0
    register[:] = [fed(2200)]
    take_over()
    fact = Fact.objects.get(key="price.G1")
    assert (fact.feed, fact.owner.name) == ("shop", "Olivia")
    assert queries.fact(actor=owner, fact_id=fact.pk).row.said("en") == "¥2,200"
    details: dict[str, Any] = {"scope": "product", "product_code": "G1", "fact_id": fact.pk}
    assert (
        refused(write, "price", yen(1), **details)["value"]
        == "Its value comes from the shop: change it there."
    )
    with pytest.raises(FactError):
        archive_fact(actor=owner, fact_id=fact.pk)


def test_what_people_write_a_feed_does_not_overwrite(
    register: list[FedFact], cup: Fact, owner: Actor
) -> None:
    register.append(fed(2200))
    take_over()
    cup.refresh_from_db()
    assert (cup.feed, cup.also_fed_by) == ("", "shop")
    assert queries.fact(actor=owner, fact_id=cup.pk).row.said("ja") == "1,980円（税込）"


def test_the_business_s_hours_are_fed_from_its_settings(owner: Actor) -> None:
    take_over()
    fact = Fact.objects.get(key="hours.main")
    assert (
        queries.fact(actor=owner, fact_id=fact.pk).row.said("en") == "Mon–Fri 10:00–18:00, Sat & Sun closed"
    )
    OpeningHours.objects.filter(weekday=4).delete()
    take_over()
    assert queries.fact(actor=owner, fact_id=fact.pk).row.said("ja").startswith("月〜木")


def test_a_store_gives_its_code_to_the_key(write: Write, business: object) -> None:
    store = Store.objects.create(name="京都店", kind="counter", code="KYOTO")
    fact = write("phone", {"type": "phone", "e164": "+81751234567"}, scope="store", store_id=store.pk)
    assert (fact.key, fact.subject) == ("phone.KYOTO", f"store:{store.pk}")


def test_who_has_left_can_t_own_a_fact(write: Write, owner: Actor, manager: Actor) -> None:
    User.objects.filter(pk=manager.user_id or 0).update(is_active=False)
    assert "owner" in refused(write, "price", yen(1), owner_ids=(manager.user_id,))


def test_saving_needs_a_living_fact(owner: Actor) -> None:
    draft = FactDraft(kind="price", label="x", value=yen(1), owner_ids=(owner.user_id or 0,))
    with pytest.raises(Fact.DoesNotExist):
        save_fact(actor=owner, draft=draft, fact_id=999)
