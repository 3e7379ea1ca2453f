"""The pages of customers as a reader sees them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mikomi.core.access.models import AccessLog, User
from mikomi.core.access.rules import Role
from mikomi.core.business.models import Business
from mikomi.customers import operations
from mikomi.customers.models import Consent, Customer, DuplicateProposal, Identity, Merge, Note, Segment
from mikomi.customers.records import PersonRecord
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner_client(owner_user: User) -> Client:
    return signed_in(owner_user)


@pytest.fixture
def agent_client(agent_user: User) -> Client:
    return signed_in(agent_user)


@pytest.fixture
def analyst_client(business: Business) -> Client:
    return signed_in(make_user("ken", Role.ANALYST))


def person(number: int) -> Customer:
    return Customer.objects.create(
        family_name=f"客{number}", family_kana="キャク", first_seen_at=NOON, created_at=NOON,
        updated_at=NOON + timedelta(minutes=number),
    )  # fmt: skip


# The list


def test_the_list_finds_by_reading_telephone_and_loyalty_number(
    owner_client: Client, owner_user: User, customer: Customer
) -> None:
    actor = owner_user.as_actor()
    operations.add_identity(actor=actor, customer_id=customer.pk, kind="phone", value="090-1234-5678")
    operations.add_identity(
        actor=actor, customer_id=customer.pk, kind="external", value="M-0042", source="loyalty"
    )
    operations.create(actor=actor, person=PersonRecord(family_name="鈴木", emails=("suzuki@example.jp",)))
    for words in ("やまだ", "090-1234-5678", "M-0042", "hanako@example.jp"):
        text = owner_client.get("/customers/", {"q": words}).content.decode()
        assert f"/customers/{customer.pk}/" in text, words
        assert "鈴木" not in text


def test_an_empty_list_says_what_belongs_there(owner_client: Client) -> None:
    assert "No customers yet" in owner_client.get("/customers/").content.decode()


def test_fifty_customers_cost_as_many_queries_as_two(owner_client: Client, owner_user: User) -> None:
    counts = []
    for number in range(50):
        person(number)
        if number in (2, 49):
            owner_client.get("/customers/")
            with CaptureQueriesContext(connection) as asked:
                assert owner_client.get("/customers/").status_code == 200
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 14


def test_a_broken_page_address_is_answered_in_words(owner_client: Client, customer: Customer) -> None:
    assert owner_client.get("/customers/?cursor=xyz").status_code == 400
    assert owner_client.get(f"/customers/{customer.pk}/?cursor=xyz").status_code == 400


# The page


def test_the_page_shows_what_is_known(agent_client: Client, agent_user: User, customer: Customer) -> None:
    operations.add_note(actor=agent_user.as_actor(), customer_id=customer.pk, text="<b>朝</b>がよい")
    text = agent_client.get(f"/customers/{customer.pk}/").content.decode()
    assert "ヤマダ ハナコ" in text
    assert "hanako@example.jp" in text
    assert "&lt;b&gt;朝&lt;/b&gt;" in text


def test_a_hundred_notes_cost_as_many_queries_as_one(
    agent_client: Client, agent_user: User, customer: Customer
) -> None:
    counts = []
    agent_client.get(f"/customers/{customer.pk}/")  # the first look within the hour is noted
    for number in range(60):
        operations.add_note(actor=agent_user.as_actor(), customer_id=customer.pk, text=f"n{number}")
        if number in (1, 59):
            with CaptureQueriesContext(connection) as asked:
                agent_client.get(f"/customers/{customer.pk}/")
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 32


@pytest.mark.parametrize("path", ["", "edit", "consents", "erase"])
def test_an_unknown_customer_is_not_found(owner_client: Client, business: Business, path: str) -> None:
    assert owner_client.get(f"/customers/999/{path}").status_code == 404
    assert owner_client.get(f"/customers/99999999999999999999999/{path}").status_code == 404


def test_who_is_not_signed_in_is_sent_to_the_door(business: Business, owner_user: User) -> None:
    response = Client().get("/customers/")
    assert response.status_code == 302
    assert "login" in response["Location"]


# Changing


def test_a_customer_is_added_with_a_reading(agent_client: Client) -> None:
    given = {"family_name": "髙橋", "family_kana": "タカハシ", "email": "t@example.jp", "language": "ja",
             "background": "茶道", "honorific": "先生"}  # fmt: skip
    response = agent_client.post("/customers/new", given)
    row = Customer.objects.get()
    assert response["Location"] == f"/customers/{row.pk}/"
    assert (row.family_name, row.family_kana, row.honorific) == ("髙橋", "タカハシ", "先生")


def test_nobody_without_any_name_or_address_is_added(agent_client: Client) -> None:
    response = agent_client.post("/customers/new", {"language": "ja", "company": "見本"})
    assert response.status_code == 422
    assert "Give a name" in response.content.decode()
    assert not Customer.objects.exists()


def test_a_name_of_ten_thousand_characters_is_refused_and_kept_in_the_field(
    agent_client: Client, customer: Customer
) -> None:
    long = "長" * 10_000
    for path in ("/customers/new", f"/customers/{customer.pk}/edit"):
        response = agent_client.post(path, {"family_name": long, "language": "ja"})
        assert response.status_code == 422
        assert long in response.content.decode()
    customer.refresh_from_db()
    assert customer.family_name == "山田"


def test_an_address_of_somebody_else_leads_to_them(agent_client: Client, customer: Customer) -> None:
    other = person(1)
    response = agent_client.post(
        f"/customers/{other.pk}/identities", {"kind": "email", "value": "hanako@example.jp"}
    )
    assert response.status_code == 422
    assert f'href="/customers/{customer.pk}/"' in response.content.decode()
    assert not other.identities.exists()


def test_an_identity_is_removed_only_through_its_own_customer(
    agent_client: Client, customer: Customer
) -> None:
    other, key = person(1), Identity.objects.get().pk
    assert agent_client.post(f"/customers/{other.pk}/identities/{key}").status_code == 404
    assert Identity.objects.exists()
    agent_client.post(f"/customers/{customer.pk}/identities/{key}", {"act": "remove"})
    assert not Identity.objects.exists()


def test_what_was_said_about_contact_is_added_never_changed(agent_client: Client, customer: Customer) -> None:
    for word in ("yes", "no"):
        agent_client.post(
            f"/customers/{customer.pk}/consents",
            {"channel": "email", "purpose": "marketing", "granted": word, "source": "counter"},
        )
    assert list(Consent.objects.order_by("id").values_list("granted", flat=True)) == [True, False]
    text = agent_client.get(f"/customers/{customer.pk}/consents").content.decode()
    assert "refused" in text


def test_a_tag_is_put_on_and_taken_off(agent_client: Client, customer: Customer) -> None:
    agent_client.post(f"/customers/{customer.pk}/tags", {"name": "常連"})
    assert [tag.name for tag in customer.tags.all()] == ["常連"]
    agent_client.post(f"/customers/{customer.pk}/tags", {"remove": "常連"})
    assert not customer.tags.exists()


@pytest.mark.parametrize(
    ("path", "given"),
    [("edit", {"family_name": "x", "language": "ja"}), ("notes", {"text": "x"}), ("tags", {"name": "x"}),
     ("identities", {"kind": "email", "value": "x@example.jp"}), ("addresses", {"city": "x"}),
     ("consents", {"channel": "email", "purpose": "survey", "granted": "no", "source": "form"}),
     ("export", {}), ("erase", {"sure": "1"})],
)  # fmt: skip
def test_who_only_looks_changes_nothing(
    analyst_client: Client, customer: Customer, path: str, given: dict[str, str]
) -> None:
    assert analyst_client.post(f"/customers/{customer.pk}/{path}", given).status_code == 403
    customer.refresh_from_db()
    assert customer.family_name == "山田"
    assert customer.erased_at is None
    assert not Note.objects.exists()
    assert not Consent.objects.exists()
    assert not AccessLog.objects.filter(action="customer.exported").exists()


# Merging, erasing, giving out


def test_a_pair_is_merged_with_its_evidence_and_separated_again(
    owner_client: Client, agent_client: Client, customer: Customer
) -> None:
    other = person(1)
    pair = DuplicateProposal.objects.create(
        first=customer, second=other, evidence={"same": ["phone"]}, found_at=NOON
    )
    assert "same telephone number" in owner_client.get("/customers/duplicates").content.decode()
    assert agent_client.post(f"/customers/duplicates/{pair.pk}", {"same": "1"}).status_code == 403
    owner_client.post(f"/customers/duplicates/{pair.pk}", {"same": "1"})
    other.refresh_from_db()
    assert other.merged_into_id == customer.pk
    text = owner_client.get(f"/customers/{other.pk}/").content.decode()
    assert "山田" in text
    owner_client.post(f"/customers/merges/{Merge.objects.get(winner=customer).pk}/undo")
    assert Customer.objects.get(pk=other.pk).merged_into is None


def test_erasing_asks_first(owner_client: Client, customer: Customer) -> None:
    address = f"/customers/{customer.pk}/erase"
    assert "山田" in owner_client.get(address).content.decode()
    assert owner_client.post(address).status_code == 422
    assert not Customer.objects.exclude(erased_at=None).exists()
    owner_client.post(address, {"sure": "1"})
    assert Customer.objects.exclude(erased_at=None).get() == customer
    text = owner_client.get(f"/customers/{customer.pk}/").content.decode()
    assert "山田" not in text
    assert "/edit" not in text


def test_everything_is_given_out_as_json_and_logged(owner_client: Client, customer: Customer) -> None:
    response = owner_client.post(f"/customers/{customer.pk}/export")
    assert "attachment" in response["Content-Disposition"]
    assert json.loads(response.content)["customer"]["records"][0]["family_name"] == "山田"
    assert AccessLog.objects.filter(action="customer.exported").count() == 1


def test_the_list_is_given_out_without_formulas_and_logged(
    owner_client: Client, agent_client: Client, customer: Customer
) -> None:
    Customer.objects.filter(pk=customer.pk).update(family_name="=HYPERLINK(1)")
    assert agent_client.post("/customers/export").status_code == 403
    assert not AccessLog.objects.filter(action="customers.list_exported").exists()
    body = b"".join(owner_client.post("/customers/export").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "'=HYPERLINK(1)" in body
    assert "hanako@example.jp" in body
    assert AccessLog.objects.filter(action="customers.list_exported").count() == 1


# Segments


def test_a_segment_is_put_together_and_filters_the_list(owner_client: Client, customer: Customer) -> None:
    given = {
        "name": "日本語",
        "match": "all",
        "row": ["0"],
        "field-0": "language",
        "operator-0": "is",
        "value-0": "ja",
    }
    assert owner_client.post("/customers/segments/new", given)["Location"] == "/customers/segments"
    segment = Segment.objects.get()
    assert segment.conditions == {"all": [{"field": "language", "is": "is", "value": "ja"}]}
    assert "山田" in owner_client.get("/customers/", {"segment": segment.pk}).content.decode()
    text = owner_client.get(f"/customers/segments/{segment.pk}").content.decode()
    assert '<option value="ja" selected>' in text


def test_money_is_typed_in_main_units_of_the_currency(owner_client: Client, business: Business) -> None:
    given = {"name": "A", "match": "any", "row": ["0", "1"], "field-0": "spend", "operator-0": "between",
             "value-0": "1,000", "until-0": "2000",
             "field-1": "orders", "operator-1": "at_least", "value-1": "3"}  # fmt: skip
    owner_client.post("/customers/segments/new", given)
    first, second = Segment.objects.get().conditions["any"]
    assert first["value"] == [1000, 2000]
    assert second["value"] == "3"


def test_a_wrong_value_is_told_and_nothing_saved(owner_client: Client, business: Business) -> None:
    given = {
        "name": "A",
        "match": "all",
        "row": ["0"],
        "field-0": "orders",
        "operator-0": "at_least",
        "value-0": "many",
    }
    response = owner_client.post("/customers/segments/new", given)
    assert response.status_code == 422
    assert "write a number" in response.content.decode()
    assert 'value="many"' in response.content.decode()
    assert not Segment.objects.exists()


def test_one_more_condition_keeps_what_was_typed(owner_client: Client, business: Business) -> None:
    given = {"name": "A", "match": "all", "row": ["0"], "field-0": "orders", "operator-0": "at_least",
             "value-0": "3", "more": "1"}  # fmt: skip
    text = owner_client.post("/customers/segments/new", given).content.decode()
    assert 'name="row" value="1"' in text
    assert 'value="3"' in text
    assert not Segment.objects.exists()


def test_a_chosen_field_brings_its_comparisons(owner_client: Client, business: Business) -> None:
    text = owner_client.get(
        "/customers/segments/condition",
        {"number": "4", "field-4": "last_order"},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert 'id="condition-4"' in text
    assert "within_days" in text


def test_who_may_not_edit_segments_is_refused(agent_client: Client, customer: Customer) -> None:
    assert agent_client.post("/customers/segments/new", {"name": "A"}).status_code == 403
    assert not Segment.objects.exists()
