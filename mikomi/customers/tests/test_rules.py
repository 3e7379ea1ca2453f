"""The pure rules: normal forms, likeness, cleaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core import phones
from mikomi.customers.cleaning import LIMITS, LONGEST_TEXT, Issue, clean
from mikomi.customers.records import AddressRecord, ConsentRecord, PersonRecord
from mikomi.customers.rules.identities import (
    email_value,
    given_external,
    phone_display,
    phone_value,
)
from mikomi.customers.rules.likeness import name_of, names_contradict

TEXT = st.text(max_size=400)


@pytest.mark.parametrize(
    ("given_address", "value"),
    [
        (" Hanako@Example.JP ", "hanako@example.jp"),
        ("mailto:a@example.com", "a@example.com"),
        ("ｔａｒｏ＠example.jp", "taro@example.jp"),
        ("taro..yamada.@docomo.example", "taro..yamada.@docomo.example"),
        ("山田@例え.jp", "山田@xn--r8jz45g.jp"),
        ("root@localhost", "root@localhost"),
        ("a@[127.0.0.1]", "a@[127.0.0.1]"),
        ("no address", None),
        ("a@b", None),
        ("a@b@c.jp", None),
        ("", None),
        ("@example.jp", None),
        ("x" * 65 + "@example.jp", None),
        ("a@" + "x" * 260 + ".jp", None),
        ("a@exam ple.jp", None),
        ("<a@example.jp>", None),
    ],
)
def test_addresses(given_address: str, value: str | None) -> None:
    assert email_value(given_address) == value


@given(st.from_regex(r"0[789]0-?[0-9]{4}-?[0-9]{4}", fullmatch=True))
def test_the_short_way_for_mobile_numbers_agrees_with_the_library(number: str) -> None:
    value = phones.to_e164(number, "JP")

    assert phone_value(number, "JP") == value
    if value:
        assert phone_display(value, "JP") == phones.display(value, "JP")


def test_an_id_that_is_too_long_is_refused_not_cut() -> None:
    assert given_external("shopify", "1" * 255) is None
    assert given_external("x" * 33, "1") is None
    assert given_external("", "1") is None


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        (("山本", "太郎", "", ""), ("山本", "花子", "", ""), True),
        (("山本", "太郎", "", ""), ("山本", "", "", ""), False),
        (("山本", "太郎", "", ""), ("Yamamoto", "Taro", "", ""), False),
        (("高橋", "恵", "タカハシ", "メグミ"), ("髙橋", "めぐみ", "たかはし", "めぐみ"), False),
        (("高橋", "恵", "タカハシ", "メグミ"), ("高橋", "恵", "タカハシ", "ケイ"), True),
        (("Yamada", "Taro", "", ""), ("TARO", "yamada", "", ""), False),
        (("Doe", "Jane", "", ""), ("Doe", "John", "", ""), True),
        (("", "", "", ""), ("Doe", "John", "", ""), False),
    ],
)
def test_names_that_contradict(
    one: tuple[str, str, str, str], other: tuple[str, str, str, str], contradict: bool
) -> None:
    assert names_contradict(name_of(*one), name_of(*other)) is contradict
    assert names_contradict(name_of(*other), name_of(*one)) is contradict


@given(
    st.builds(
        PersonRecord,
        name=TEXT,
        family_name=TEXT,
        family_kana=TEXT,
        kana=TEXT,
        honorific=TEXT,
        company=TEXT,
        language=TEXT,
        emails=st.tuples(TEXT),
        phones=st.tuples(TEXT),
        external_ids=st.tuples(st.tuples(TEXT, TEXT)),
        tags=st.tuples(TEXT, TEXT),
        note=TEXT,
        address=st.builds(AddressRecord, country=TEXT, city=TEXT, postal_code=TEXT, lines=st.tuples(TEXT)),
        consents=st.tuples(st.builds(ConsentRecord, channel=TEXT, purpose=TEXT, granted=st.booleans())),
    )
)
def test_whatever_is_given_fits_the_columns(person: PersonRecord) -> None:
    clean_person = clean(person, "JP")

    for column, value in clean_person.columns.items():
        assert len(str(value)) <= LIMITS.get(column, 16)
    texts = [str(clean_person.columns), *clean_person.tags, clean_person.note, clean_person.address.lines]
    assert not any("\0" in text or any("\ud800" <= char <= "\udfff" for char in text) for text in texts)
    assert all(len(key.key.value) <= 254 and len(key.shown) <= 254 for key in clean_person.keys)
    assert all(tag and len(tag) <= 100 for tag in clean_person.tags)


def test_what_was_cut_is_said() -> None:
    person = PersonRecord(family_name="山" * 10_000, note="x" * (LONGEST_TEXT + 5), emails=("wrong",))

    issues = clean(person, "JP").issues

    assert set(issues) == {
        Issue("email", "not_valid"),
        Issue("family_name", "clipped", 9_800),
        Issue("note", "clipped", 5),
    }


def test_emoji_and_rare_letters_are_kept_as_given() -> None:
    person = PersonRecord(family_name="𠮷野👨‍👩‍👧", given_name="髙﨑")

    columns = clean(person, "JP").columns

    assert (columns["family_name"], columns["given_name"]) == ("𠮷野👨‍👩‍👧", "髙﨑")
