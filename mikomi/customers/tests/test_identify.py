"""People who arrive are recognised; nobody is merged silently."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mikomi.core.access.actor import SYSTEM, Actor, NotAllowedError
from mikomi.core.events.models import Event
from mikomi.core.search import queries as search
from mikomi.customers import queries
from mikomi.customers.models import Consent, Customer, DuplicateProposal, Identity
from mikomi.customers.operations import UnknownSourceError, identify, identify_many, plan_arrivals
from mikomi.customers.records import AddressRecord, ConsentRecord, PersonRecord
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business", "noon")]


def arrive(person: PersonRecord, seen_at: datetime = NOON) -> Customer:
    return identify(actor=SYSTEM, person=person, seen_at=seen_at, source="shopify")


def test_somebody_new_becomes_a_customer_with_everything_given() -> None:
    person = PersonRecord(
        name="佐藤　健",
        kana="サトウ ケン",
        emails=("Ken@Example.JP",),
        phones=("090-1234-5678",),
        external_ids=(("shopify", "'7001"), ("loyalty", "A-77")),
        company="見本工業",
        address=AddressRecord(
            country="JP", postal_code="150-0001", province="東京都", city="渋谷区", lines=("1-2-3",)
        ),
        tags=("VIP",),
        consent_email=True,
        note="窓口でよく話す",
    )

    customer = arrive(person)

    assert (customer.family_name, customer.given_name) == ("佐藤", "健")
    assert (customer.family_kana, customer.given_kana) == ("サトウ", "ケン")
    assert customer.company is not None
    assert customer.company.name == "見本工業"
    values = set(customer.identities.values_list("kind", "source", "value", "is_primary"))
    assert values == {
        ("email", "", "ken@example.jp", True),
        ("phone", "", "+819012345678", True),
        ("external", "shopify", "7001", True),
        ("external", "loyalty", "A-77", False),
    }
    assert [tag.name for tag in customer.tags.all()] == ["VIP"]
    assert customer.addresses.get().region == "東京都"
    assert customer.notes.get().text == "窓口でよく話す"
    assert customer.consents.get().purpose == Consent.Purpose.MARKETING
    assert Event.objects.filter(kind="customer.created", customer_id=customer.pk).count() == 1


@pytest.mark.parametrize(
    "person",
    [
        PersonRecord(emails=("HANAKO@example.jp",)),
        PersonRecord(phones=("+81 90 1234 5678",)),
        PersonRecord(external_ids=(("base", "55"),)),
    ],
)
def test_a_known_person_is_found_by_any_key(customer: Customer, person: PersonRecord) -> None:
    arrive(
        PersonRecord(emails=("hanako@example.jp",), phones=("09012345678",), external_ids=(("base", "55"),))
    )

    found = arrive(person)

    assert found.pk == customer.pk
    assert Customer.objects.count() == 1


def test_the_same_people_twice_change_nothing() -> None:
    people = [
        PersonRecord(
            name="鈴木 一", emails=("hajime@example.jp",), tags=("a",), note="x", consent_email=False
        )
    ]
    identify_many(actor=SYSTEM, people=people, seen_at=NOON, source="file")
    before = Event.objects.count()

    identify_many(actor=SYSTEM, people=people, seen_at=NOON + timedelta(days=1), source="file")

    assert Event.objects.count() == before
    assert Customer.objects.count() == 1


def test_people_of_one_list_recognise_each_other() -> None:
    people = [
        PersonRecord(name="田中 実", emails=("minoru@example.jp",)),
        PersonRecord(emails=("minoru@example.jp",), phones=("03-1234-5678",)),
        PersonRecord(phones=("0312345678",)),
    ]

    found = identify_many(actor=SYSTEM, people=people, seen_at=NOON, source="file")

    assert len({row.pk for row in found}) == 1
    assert Customer.objects.count() == 1


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(customer: Customer) -> None:
    people = [
        PersonRecord(emails=("hanako@example.jp",)),
        PersonRecord(emails=("hanako@example.jp",), phones=("090-1234-5678",)),
        PersonRecord(emails=("new@example.jp",)),
        PersonRecord(emails=("new@example.jp",)),
    ]

    plan = plan_arrivals(actor=SYSTEM, people=people, seen_at=NOON, source="file")

    assert [arrival.outcome for arrival in plan.arrivals] == ["same", "changed", "created", "same"]
    assert Customer.objects.count() == 1
    assert Identity.objects.count() == 1


def test_keys_of_two_customers_make_a_proposal_and_no_merge(customer: Customer) -> None:
    other = arrive(PersonRecord(name="山田 花", phones=("090-1111-2222",)))

    found = arrive(PersonRecord(emails=("hanako@example.jp",), phones=("090-1111-2222",)))

    assert found.pk == customer.pk
    proposal = DuplicateProposal.objects.get()
    assert (proposal.first_id, proposal.second_id) == (customer.pk, other.pk)
    assert proposal.evidence == {"same": ["email", "phone"]}
    assert not Customer.objects.exclude(merged_into=None).exists()


def test_a_couple_that_shares_a_telephone_stays_two_people() -> None:
    husband = arrive(PersonRecord(name="山本 太郎", phones=("03-1234-5678",), emails=("taro@example.jp",)))

    wife = arrive(PersonRecord(name="山本 花子", phones=("03-1234-5678",), emails=("hana@example.jp",)))

    assert wife.pk != husband.pk
    assert DuplicateProposal.objects.get().evidence == {"same": ["phone"], "differs": ["name"]}
    assert Identity.objects.get(customer=wife, kind="phone").finds is False
    assert arrive(PersonRecord(phones=("03-1234-5678",))).pk == husband.pk


def test_who_shares_a_telephone_is_known_again() -> None:
    husband = arrive(PersonRecord(name="山本 太郎", phones=("03-1234-5678",)))
    wife = arrive(PersonRecord(name="山本 花子", phones=("03-1234-5678",)))

    people = [
        PersonRecord(name=name, phones=("0312345678",))
        for name in ("山本 花子", "山本 太郎", "山本花子", "山本")
    ]
    found = identify_many(actor=SYSTEM, people=people, seen_at=NOON, source="file")

    assert [row.pk for row in found] == [wife.pk, husband.pk, wife.pk, husband.pk]
    assert Customer.objects.count() == 2
    assert DuplicateProposal.objects.count() == 1


def test_what_staff_wrote_is_not_overwritten_but_blanks_are_filled(customer: Customer) -> None:
    found = arrive(
        PersonRecord(name="別名 太郎", emails=("hanako@example.jp",), language="en", company="見本")
    )

    found.refresh_from_db()
    assert (found.family_name, found.given_name, found.language) == ("山田", "花子", "ja")
    assert found.company is not None


def test_an_undated_yes_does_not_outweigh_a_no(customer: Customer) -> None:
    Consent.objects.create(
        customer=customer, channel="email", purpose="marketing", granted=False, at=NOON, source="page"
    )

    arrive(PersonRecord(emails=("hanako@example.jp",), consent_email=True), NOON + timedelta(days=3))
    assert not Consent.objects.filter(granted=True).exists()

    dated = ConsentRecord("email", "marketing", True, at=NOON + timedelta(days=2))
    arrive(PersonRecord(emails=("hanako@example.jp",), consents=(dated,)), NOON + timedelta(days=3))
    assert Consent.objects.filter(granted=True).count() == 1


@pytest.mark.parametrize("name", ["😀" * 10_000, "山" * 10_000, "a\0b", "\ud800x"])
def test_any_name_is_stored_and_the_cut_is_told(name: str) -> None:
    found = arrive(PersonRecord(family_name=name, emails=("long@example.jp",)))

    found.refresh_from_db()
    assert found.family_name
    assert len(found.family_name) <= 200
    assert "\0" not in found.family_name


def test_a_wrong_address_is_kept_but_finds_nobody() -> None:
    first = arrive(PersonRecord(name="誤 記", emails=("not an address",), phones=("123",)))
    second = arrive(PersonRecord(name="誤 記", emails=("not an address",)))

    assert first.pk != second.pk
    assert not Identity.objects.filter(finds=True).exists()


def test_a_new_customer_is_found_in_the_search_box(agent: Actor) -> None:
    found = arrive(
        PersonRecord(
            name="髙橋 さくら",
            kana="タカハシ サクラ",
            emails=("sakura.t@example.jp",),
            phones=("090-9876-5432",),
            external_ids=(("loyalty", "L-000123"),),
        )
    )

    for text in (
        "髙橋さくら", "髙橋　さくら", "たかはし", "ﾀｶﾊｼ", "さくら", "090-9876-5432", "09098765432", "0909876", "5432",
        "sakura.t@example.jp", "sakura", "L-000123", "000123", "+819098765432",
    ):  # fmt: skip
        hits = search.find(actor=agent, text=text)
        assert [hit.object_id for hit in hits] == [found.pk], text
    assert search.find(actor=agent, text="存在しない") == []


def test_who_may_not_edit_identifies_nobody(analyst: Actor) -> None:
    with pytest.raises(NotAllowedError):
        identify(actor=analyst, person=PersonRecord(emails=("x@example.jp",)), seen_at=NOON, source="form")

    assert not Customer.objects.exists()
    assert not Event.objects.exists()


def test_a_source_that_is_no_code_is_refused() -> None:
    with pytest.raises(UnknownSourceError):
        identify(actor=SYSTEM, person=PersonRecord(), seen_at=NOON, source="the file from Tuesday")

    assert not Customer.objects.exists()


def test_many_people_take_as_many_queries_as_few(django_assert_max_num_queries: Any) -> None:
    def people(count: int, start: int) -> list[PersonRecord]:
        return [
            PersonRecord(
                name=f"人 {number}",
                emails=(f"p{number}@example.jp",),
                external_ids=(("shopify", str(number)),),
                tags=("t",),
                address=AddressRecord(city="x", lines=(str(number),)),
            )
            for number in range(start, start + count)
        ]

    for count, start in ((3, 0), (300, 100)):
        with django_assert_max_num_queries(40):
            identify_many(actor=SYSTEM, people=people(count, start), seen_at=NOON, source="file")


def test_display_names(customer: Customer) -> None:
    nameless = arrive(PersonRecord(emails=("only@example.jp",)))
    nobody = arrive(PersonRecord())
    foreigner = arrive(PersonRecord(name="Jane Doe", language="en", emails=("jane@example.com",)))

    shown = queries.display([customer, nameless, nobody, foreigner])

    assert shown[customer.pk].name == "山田 花子"
    assert shown[customer.pk].addressed == "山田 花子 様"
    assert shown[nameless.pk].name == "only@example.jp"
    assert str(nobody.pk) in shown[nobody.pk].name
    assert shown[foreigner.pk].greeting == "Dear Jane Doe"
