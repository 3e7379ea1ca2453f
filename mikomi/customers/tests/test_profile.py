"""The profile by hand: refusals say why and change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mikomi.core.access.actor import Actor, NotAllowedError
from mikomi.core.access.models import AccessLog
from mikomi.core.events.models import Event
from mikomi.core.search import queries as search
from mikomi.core.search.models import SearchEntry
from mikomi.customers import operations, queries
from mikomi.customers.models import Address, Company, Consent, Customer, Identity, Note, Standing
from mikomi.customers.operations import Outlook, PurchaseFigures
from mikomi.customers.records import PersonRecord
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_what_is_given_changes_and_the_rest_stays(agent: Actor, customer: Customer) -> None:
    operations.update_profile(
        actor=agent, customer_id=customer.pk, given_name="はな\0子", company=" 見本 ", background="a\r\nb"
    )

    customer.refresh_from_db()
    assert (customer.family_name, customer.given_name, customer.background) == ("山田", "はな子", "a\nb")
    assert customer.company == Company.objects.get(name="見本")
    assert Event.objects.get(kind="customer.changed").payload["field_count"] == 3
    assert [hit.object_id for hit in search.find(actor=agent, text="山田はな子")] == [customer.pk]


def test_saving_the_same_again_is_no_change(agent: Actor, customer: Customer) -> None:
    operations.update_profile(actor=agent, customer_id=customer.pk, family_name="山田", company="")

    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"family_name": "山" * 201},
        {"given_name": "😀" * 10_000},
        {"honorific": "x" * 21},
        {"language": "x" * 17},
        {"background": "x" * 20_001},
        {"company": "x" * 301},
        {"name_order": "sideways"},
    ],
)
def test_what_does_not_fit_is_refused_in_words(agent: Actor, customer: Customer, fields: Any) -> None:
    with pytest.raises(operations.WrongProfileError) as refusal:
        operations.update_profile(actor=agent, customer_id=customer.pk, **fields)

    assert set(refusal.value.errors) == set(fields)
    customer.refresh_from_db()
    assert customer.family_name == "山田"
    assert not Event.objects.exists()
    assert not Company.objects.exists()


def test_a_name_at_the_limit_is_kept_as_given(agent: Actor, customer: Customer) -> None:
    operations.update_profile(actor=agent, customer_id=customer.pk, family_name="😀" * 200)

    customer.refresh_from_db()
    assert customer.family_name == "😀" * 200


def test_an_analyst_changes_nothing(analyst: Actor, customer: Customer) -> None:
    for refused in (
        lambda: operations.update_profile(actor=analyst, customer_id=customer.pk, given_name="x"),
        lambda: operations.add_note(actor=analyst, customer_id=customer.pk, text="x"),
        lambda: operations.tag(actor=analyst, customer_ids=[customer.pk], name="x"),
        lambda: operations.create(actor=analyst, person=PersonRecord(name="x")),
        lambda: operations.erase(actor=analyst, customer_id=customer.pk),
        lambda: operations.export_data(actor=analyst, customer_id=customer.pk),
    ):
        with pytest.raises(NotAllowedError):
            refused()

    customer.refresh_from_db()
    assert customer.given_name == "花子"
    assert not Note.objects.exists()
    assert not Event.objects.exists()
    assert not AccessLog.objects.exists()
    assert Customer.objects.count() == 1


def test_adding_by_hand_refuses_what_an_import_would_cut(agent: Actor) -> None:
    with pytest.raises(operations.WrongProfileError):
        operations.create(actor=agent, person=PersonRecord(family_name="山" * 201))

    assert not Customer.objects.exists()


def test_the_first_address_of_a_kind_is_the_primary_one(agent: Actor, customer: Customer) -> None:
    phone = operations.add_identity(actor=agent, customer_id=customer.pk, kind="phone", value="03-1234-5678")
    second = operations.add_identity(
        actor=agent, customer_id=customer.pk, kind="email", value="Hana@Example.jp"
    )

    assert phone.is_primary
    assert not second.is_primary
    operations.set_primary(actor=agent, identity_id=second.pk)
    assert (
        queries.may_contact(customer_id=customer.pk, channel="email", purpose="service").address
        == "Hana@Example.jp"
    )

    operations.remove_identity(actor=agent, identity_id=second.pk)
    assert Identity.objects.get(kind="email").is_primary


def test_somebody_elses_address_is_refused_and_says_whose(agent: Actor, customer: Customer) -> None:
    other = operations.create(actor=agent, person=PersonRecord(name="他 人"))

    with pytest.raises(operations.IdentityTakenError) as refusal:
        operations.add_identity(actor=agent, customer_id=other.pk, kind="email", value="HANAKO@example.jp")

    assert refusal.value.owner_id == customer.pk
    assert Identity.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [("email", "no address"), ("phone", "12"), ("external", "1"), ("fax", "x"), ("email", "")],
)
def test_what_is_no_address_is_refused(agent: Actor, customer: Customer, kind: str, value: str) -> None:
    with pytest.raises(operations.WrongIdentityError):
        operations.add_identity(actor=agent, customer_id=customer.pk, kind=kind, value=value)

    assert Identity.objects.count() == 1


def test_postal_addresses(agent: Actor, customer: Customer) -> None:
    first = operations.save_address(
        actor=agent, customer_id=customer.pk, region="東京都", lines="1-2-3\n見本ビル"
    )
    second = operations.save_address(actor=agent, customer_id=customer.pk, region="大阪府", is_primary=True)

    first.refresh_from_db()
    assert (first.is_primary, second.is_primary) == (False, True)
    operations.save_address(actor=agent, customer_id=customer.pk, address_id=first.pk, city="港区")
    first.refresh_from_db()
    assert (first.region, first.city) == ("東京都", "港区")
    operations.remove_address(actor=agent, customer_id=customer.pk, address_id=second.pk)
    assert Address.objects.count() == 1

    with pytest.raises(operations.WrongProfileError):
        operations.save_address(actor=agent, customer_id=customer.pk, postal_code="x" * 21)


def test_another_customers_address_is_out_of_reach(agent: Actor, customer: Customer) -> None:
    other = operations.create(actor=agent, person=PersonRecord(name="他 人"))
    theirs = operations.save_address(actor=agent, customer_id=other.pk, city="港区")

    with pytest.raises(Address.DoesNotExist):
        operations.save_address(actor=agent, customer_id=customer.pk, address_id=theirs.pk, city="x")
    with pytest.raises(Address.DoesNotExist):
        operations.remove_address(actor=agent, customer_id=customer.pk, address_id=theirs.pk)

    theirs.refresh_from_db()
    assert theirs.city == "港区"


def test_a_note_is_on_record(agent: Actor, customer: Customer) -> None:
    note = operations.add_note(actor=agent, customer_id=customer.pk, text=" 犬が好き\n ")

    assert (note.text, note.author_id) == ("犬が好き", agent.user_id)
    assert Event.objects.get(kind="customer.noted").payload == {"note_id": note.pk}
    with pytest.raises(operations.WrongProfileError):
        operations.add_note(actor=agent, customer_id=customer.pk, text="  \0 ")


@pytest.mark.parametrize(
    ("said", "purpose", "allowed", "reason"),
    [
        ([], "service", True, ""),
        ([], "survey", True, ""),
        ([], "marketing", False, "no_consent"),
        ([("email", "service", False)], "service", False, "refused"),
        ([("email", "marketing", True)], "marketing", True, ""),
        ([("email", "marketing", True), ("email", "marketing", False)], "marketing", False, "refused"),
        ([("any", "survey", False)], "survey", False, "refused"),
        ([("sms", "survey", False)], "survey", True, ""),
        ([("any", "survey", False), ("email", "survey", True)], "survey", True, ""),
    ],
)
def test_whom_one_may_write_to(
    agent: Actor,
    customer: Customer,
    said: list[tuple[str, str, bool]],
    purpose: str,
    allowed: bool,
    reason: str,
) -> None:
    for channel, about, granted in said:
        operations.set_consent(
            actor=agent,
            customer_id=customer.pk,
            channel=channel,
            purpose=about,
            granted=granted,
            source="counter",
        )

    contact = queries.may_contact(customer_id=customer.pk, channel="email", purpose=purpose)

    assert (contact.allowed, contact.reason) == (allowed, reason)
    assert contact.address == "hanako@example.jp"
    assert Consent.objects.count() == len(said)


def test_where_nothing_arrives_nothing_is_sent(agent: Actor, customer: Customer) -> None:
    assert (
        queries.may_contact(customer_id=customer.pk, channel="sms", purpose="service").reason == "no_address"
    )
    assert (
        operations.mark_undeliverable(
            actor=agent, kind="email", value="Hanako@example.jp", undeliverable=True
        )
        == 1
    )
    assert (
        queries.may_contact(customer_id=customer.pk, channel="email", purpose="service").reason
        == "undeliverable"
    )
    second = operations.add_identity(actor=agent, customer_id=customer.pk, kind="email", value="b@example.jp")
    assert (
        queries.may_contact(customer_id=customer.pk, channel="email", purpose="service").address
        == second.shown
    )
    assert (
        queries.may_contact(customer_id=customer.pk + 99, channel="email", purpose="service").reason
        == "unknown"
    )


@pytest.mark.parametrize(
    "wrong",
    [{"purpose": "fun"}, {"channel": ""}, {"channel": "x" * 17}, {"at": NOON + timedelta(days=1)}],
)
def test_a_statement_that_cannot_be_is_refused(agent: Actor, customer: Customer, wrong: Any) -> None:
    given: dict[str, Any] = {
        "channel": "email",
        "purpose": "survey",
        "granted": True,
        "source": "link",
        **wrong,
    }

    with pytest.raises(operations.WrongConsentError):
        operations.set_consent(actor=agent, customer_id=customer.pk, **given)

    assert not Consent.objects.exists()


def test_erasing_takes_the_person_and_leaves_the_figures(owner: Actor, customer: Customer) -> None:
    other = operations.create(actor=owner, person=PersonRecord(name="山田 ハナ", phones=("090-1234-5678",)))
    operations.merge(actor=owner, winner_id=customer.pk, loser_id=other.pk)
    operations.update_profile(actor=owner, customer_id=customer.pk, company="見本", custom={"猫": "二匹"})
    operations.add_note(actor=owner, customer_id=customer.pk, text="秘密")
    operations.save_address(actor=owner, customer_id=customer.pk, city="港区")
    operations.set_consent(
        actor=owner, customer_id=customer.pk, channel="email", purpose="survey", granted=False, source="x"
    )
    operations.write_standing(
        actor=owner, standings=[PurchaseFigures(customer.pk, "JPY", 1000, 1, NOON, NOON)]
    )
    events = Event.objects.count()

    operations.erase(actor=owner, customer_id=other.pk)

    for model in (Identity, Address, Note, SearchEntry, Company):
        assert not model._default_manager.exists(), model
    row = Customer.objects.get(pk=customer.pk)
    assert (row.family_name, row.given_name, row.family_kana, row.custom) == ("", "", "", {})
    assert row.erased_at == NOON
    assert Standing.objects.get().spend_minor == 1000
    assert Event.objects.count() == events + 1
    assert AccessLog.objects.filter(action="customer.erased", subject_id=customer.pk).count() == 1
    assert queries.display([row])[row.pk].is_erased
    assert queries.may_contact(customer_id=customer.pk, channel="email", purpose="service").reason == "erased"
    assert queries.customers(actor=owner).items == []
    with pytest.raises(Customer.DoesNotExist):
        operations.update_profile(actor=owner, customer_id=customer.pk, given_name="花子")


def test_a_step_that_fails_erases_nothing(
    owner: Actor, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mikomi.customers import erasure

    def fails(ids: object) -> None:
        raise RuntimeError("disk")

    monkeypatch.setitem(erasure._steps, "zzz", fails)

    with pytest.raises(RuntimeError):
        operations.erase(actor=owner, customer_id=customer.pk)

    customer.refresh_from_db()
    assert (customer.family_name, customer.erased_at) == ("山田", None)
    assert customer.identities.exists()


def test_a_manager_may_not_erase(manager: Actor, customer: Customer) -> None:
    with pytest.raises(NotAllowedError):
        operations.erase(actor=manager, customer_id=customer.pk)

    customer.refresh_from_db()
    assert customer.erased_at is None


def test_everything_kept_is_given_as_json(manager: Actor, customer: Customer) -> None:
    import json

    operations.add_note(actor=manager, customer_id=customer.pk, text="犬が好き")

    data = json.loads(json.dumps(operations.export_data(actor=manager, customer_id=customer.pk)))

    assert data["customer"]["records"][0]["family_name"] == "山田"
    assert data["customer"]["identities"][0]["shown"] == "hanako@example.jp"
    assert data["customer"]["notes"][0]["text"] == "犬が好き"
    assert AccessLog.objects.filter(action="customer.exported").count() == 1


def test_figures_and_outlook_are_written_side_by_side(manager: Actor, customer: Customer) -> None:
    operations.write_standing(
        actor=manager, standings=[PurchaseFigures(customer.pk, "JPY", 500, 1, NOON, NOON)]
    )
    operations.write_standing(actor=manager, standings=[Outlook(customer.pk, 0.75, 9000, "gold")])
    operations.write_standing(
        actor=manager,
        standings=[
            PurchaseFigures(customer.pk, "JPY", 900, 2, NOON, None),
            PurchaseFigures(customer.pk + 99, "JPY", 1, 1, None, None),
        ],
    )

    row = Standing.objects.get()
    assert (row.spend_minor, row.order_count, row.last_order_at) == (900, 2, None)
    assert (row.chance_of_staying, row.lifetime_value_minor, row.tier) == (0.75, 9000, "gold")


def test_the_list_pages_and_asks_a_constant_number_of_queries(
    agent: Actor, django_assert_max_num_queries: Any
) -> None:
    people = [PersonRecord(name=f"人 {n}", emails=(f"n{n}@example.jp",), tags=("t",)) for n in range(30)]
    from mikomi.core.access.actor import SYSTEM

    operations.identify_many(actor=SYSTEM, people=people, seen_at=NOON, source="file")

    with django_assert_max_num_queries(3):
        first = queries.customers(actor=agent, size=20)
        [
            (row.company, [tag.name for tag in row.tags.all()], list(row.identities.all()))
            for row in first.items
        ]
    second = queries.customers(actor=agent, size=20, cursor=first.next_cursor)

    assert len(first.items) == 20
    assert len(second.items) == 10
    assert [row.given_name for row in queries.customers(actor=agent, text="n7@example").items] == ["7"]
