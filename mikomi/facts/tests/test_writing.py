"""What a person types into the form of a fact."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.facts.rules.saying import say
from mikomi.facts.rules.values import (
    Day,
    Duration,
    Hours,
    Number,
    Phone,
    Price,
    Value,
    WrongValueError,
    YesNo,
    type_of,
)
from mikomi.facts.rules.writing import read_value

SPANS = st.sampled_from([(), ((600, 1140),), ((540, 720), (780, 1080)), ((1080, 1560),), ((0, 1440),)])
HOURS = st.tuples(*[SPANS] * 7).map(Hours).filter(lambda value: any(value.week))
VALUES = st.one_of(
    st.builds(Price, st.integers(0, 10**8), st.just("JPY"), st.sampled_from(["", "included", "excluded"])),
    st.sampled_from([Phone("+81312345678"), Phone("+819012345678"), Phone("+14155552671")]),
    HOURS,
    st.integers(1, 60).map(lambda n: Duration(0, n, "working_days")),
    st.integers(1, 60).map(lambda n: Duration(n, n + 2, "weeks")),
    st.builds(Number, st.decimals(0, 9999, places=1), st.sampled_from(["g", "cm", "people", "%"])),
    st.builds(Day, st.dates(date(1990, 1, 1), date(2090, 1, 1))),
)


@given(VALUES, st.sampled_from(["ja", "en"]))
def test_what_is_shown_reads_back_as_the_same(value: Value, language: str) -> None:
    text = say(value, language)
    assert read_value(type_of(value), text, currency="JPY") == value


@pytest.mark.parametrize("kind", ["stock", "discontinued", "spec"])
@pytest.mark.parametrize("yes", [True, False])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_yes_and_no_read_back(kind: str, yes: bool, language: str) -> None:
    text = say(YesNo(yes), language, kind=kind)
    assert read_value("yes_no", text, currency="JPY") == YesNo(yes)


@pytest.mark.parametrize(
    ("type_name", "text", "value"),
    [
        ("money", "1980", Price(1980, "JPY")),
        ("money", "１，９８０", Price(1980, "JPY")),
        ("phone", "03(1234)5678", Phone("+81312345678")),
        ("hours", "10:00-19:00", Hours((((600, 1140),),) * 7)),
        (
            "hours",
            "平日 10時〜19時\n土 10時〜17時\n日 定休",
            Hours((((600, 1140),),) * 5 + (((600, 1020),), ())),
        ),
        ("hours", "10:00-19:00 水曜定休", Hours((((600, 1140),),) * 2 + ((),) + (((600, 1140),),) * 4)),
        ("number", "350g", Number(Decimal(350), "g")),
        ("number", "1,234", Number(Decimal(1234), "")),
        ("date", "2026-11-22", Day(date(2026, 11, 22))),
        ("yes_no", "対応", YesNo(True)),
    ],
)
def test_short_ways_of_typing(type_name: str, text: str, value: Value) -> None:
    assert read_value(type_name, text, currency="JPY") == value


@pytest.mark.parametrize(
    ("type_name", "text"),
    [("money", "cheap"), ("money", "-5"), ("phone", "123"), ("hours", "always"), ("duration", "soon"), ("number", "x"),
     ("date", "tomorrow"), ("yes_no", "perhaps"), ("text", " "), ("colour", "red")],
)  # fmt: skip
def test_what_is_no_value_is_refused(type_name: str, text: str) -> None:
    with pytest.raises(WrongValueError):
        read_value(type_name, text, currency="JPY")
