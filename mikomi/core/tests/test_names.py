"""Names: order, honorific, splitting."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.names import (
    NameOrder,
    PersonName,
    address_name,
    clip_name,
    display_name,
    greeting,
    reading,
    split_full_name,
)

yamada = PersonName("山田", "太郎", "ヤマダ", "タロウ")
taro = PersonName("Yamada", "Taro")


def test_script_and_language_decide_the_order() -> None:
    assert display_name(yamada, "ja") == display_name(yamada, "en") == "山田 太郎"
    assert display_name(taro, "en") == display_name(taro, "ja") == "Taro Yamada"
    assert display_name(PersonName("Nagy", "Anna"), "hu-HU") == "Nagy Anna"


def test_the_order_a_person_chose_goes_first() -> None:
    assert display_name(PersonName("Yamada", "Taro", order=NameOrder.FAMILY_FIRST), "en") == "Yamada Taro"


def test_the_reading_has_the_family_name_first() -> None:
    assert reading(yamada) == "ヤマダ タロウ"
    assert reading(taro) == ""


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        (yamada, "ja", "山田 太郎 様"),
        (yamada, "ja-JP", "山田 太郎 様"),
        (PersonName("佐藤", "花子", honorific="先生"), "ja", "佐藤 花子 先生"),
        (PersonName("Doe", "Jane", honorific="Dr."), "en", "Dear Dr. Doe"),
        (taro, "en", "Dear Taro Yamada"),
        (PersonName("山田", "太郎", honorific="様"), "en", "Dear 山田 太郎"),
        (PersonName("Doe", "Jane", honorific="Ms."), "ja", "Jane Doe 様"),
        (PersonName(), "ja", "お客様"),
        (PersonName(), "en", "Hello"),
        (PersonName(given="Taro", honorific="Mr."), "en-GB", "Dear Mr. Taro"),
    ],
)
def test_greeting(name: PersonName, language: str, expected: str) -> None:
    assert greeting(name, language) == expected


def test_nobody_has_no_honorific() -> None:
    assert address_name(PersonName(), "ja") == ""


@pytest.mark.parametrize(
    ("text", "family", "given_name", "honorific"),
    [
        ("山田 太郎", "山田", "太郎", ""),
        ("山田\u3000太郎", "山田", "太郎", ""),
        ("山田 太郎 様", "山田", "太郎", "様"),
        ("山田太郎", "山田太郎", "", ""),
        ("Taro Yamada", "Yamada", "Taro", ""),
        ("Yamada, Taro", "Yamada", "Taro", ""),
        ("YAMADA Taro", "YAMADA", "Taro", ""),
        ("TARO YAMADA", "YAMADA", "TARO", ""),
        ("Ludwig van Beethoven", "van Beethoven", "Ludwig", ""),
        ("Martin Luther King Jr.", "King Jr.", "Martin Luther", ""),
        ("J. R. R. Tolkien", "Tolkien", "J. R. R.", ""),
        ("Dr. Jane Doe", "Doe", "Jane", "Dr."),
        ("Taro", "", "Taro", ""),
        ("様", "様", "", ""),
        ("", "", "", ""),
    ],
)
def test_split(text: str, family: str, given_name: str, honorific: str) -> None:
    assert split_full_name(text) == PersonName(family, given_name, honorific=honorific)


@given(st.text(max_size=40))
def test_splitting_loses_nothing(text: str) -> None:
    name = split_full_name(text)
    parts = Counter(name.family + name.given + name.honorific)
    assert Counter("".join(text.replace("，", ",").split())) - parts <= Counter(",")
    assert not set(parts) - set(text + ", ")


def test_long_and_coloured_names_are_kept() -> None:
    family = "👩‍👩‍👧" * 2_000
    name = PersonName(family, "x" * 10_000)
    assert family in display_name(name, "ja")
    assert "x" * 10_000 in greeting(name, "en")


def test_clipping_a_name_reports_it() -> None:
    assert clip_name("山田太郎", 10).removed == 0
    clipped = clip_name("x" * 10_000, 200)
    assert (len(clipped.text), clipped.removed) == (200, 9_800)
