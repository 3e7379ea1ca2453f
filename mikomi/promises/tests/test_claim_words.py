"""A claim's wording says which test it demands; a measurement's text says its value."""

from __future__ import annotations

import pytest

from mikomi.promises.rules.claim_words import factor, known_unit, read_claim, read_value, read_yes_no
from mikomi.promises.rules.claims import Basis, Bound

A, E, Y = Basis.AVERAGE, Basis.EACH, Basis.YES_NO


@pytest.mark.parametrize(
    ("text", "basis", "bound", "value", "unit", "tolerance"),
    [
        ("30 miles per gallon", A, Bound.ABOUT, 30, "mpg", 0),
        ("30 mpg ± 5", A, Bound.ABOUT, 30, "mpg", 5),
        ("燃費は平均30km/L", A, Bound.ABOUT, 30, "km/L", 0),
        ("lasts 10 hours", A, Bound.AT_LEAST, 10, "hours", 0),
        ("バッテリーは10時間持ちます", A, Bound.AT_LEAST, 10, "hours", 0),
        ("１０時間以上", A, Bound.AT_LEAST, 10, "hours", 0),
        ("lasts up to 10 hours", E, Bound.AT_LEAST, 10, "hours", 0),
        ("最長10時間再生", E, Bound.AT_LEAST, 10, "hours", 0),
        ("answers within 2 minutes", E, Bound.AT_MOST, 2, "minutes", 0),
        ("2分以内に回答", E, Bound.AT_MOST, 2, "minutes", 0),
        ("必ず3営業日以内に発送します", E, Bound.AT_MOST, 3, "days", 0),
        ("平均待ち時間は5分以下", A, Bound.AT_MOST, 5, "minutes", 0),
        ("98 % would recommend", Y, Bound.AT_LEAST, 98, "%", 0),
        ("お客様の98%が満足", Y, Bound.AT_LEAST, 98, "%", 0),
        ("12,000回使えます", A, Bound.AT_LEAST, 12_000, "times", 0),
        ("every bottle holds at least 500 g", E, Bound.AT_LEAST, 500, "g", 0),
    ],
)
def test_the_wording_says_what_is_claimed(
    text: str, basis: Basis, bound: Bound, value: float, unit: str, tolerance: float
) -> None:
    read = read_claim(text)
    assert read is not None
    assert (read.basis, read.bound, read.value, read.unit, read.tolerance) == (
        basis,
        bound,
        value,
        unit,
        tolerance,
    )


def test_up_to_asks_that_one_in_ten_reach_it() -> None:
    read = read_claim("up to 10 hours")
    assert read is not None
    assert read.share == pytest.approx(0.1)


def test_where_no_number_stands_there_is_no_measured_claim() -> None:
    assert read_claim("できるだけ早く") is None


def test_a_number_without_unit_is_read_without_one() -> None:
    read = read_claim("lasts 10")
    assert read is not None
    assert read.unit == ""


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("18.5", "mpg", 18.5), ("１８ mpg", "mpg", 18), ("1,234", "g", 1234), ("1.2kg", "g", 1200),
     ("90秒", "minutes", 1.5),
     ("1:30", "minutes", 90), ("0:01:30", "minutes", 1.5), ("-3", "dB", -3), ("2時間", "hours", 2)],
)  # fmt: skip
def test_measured_values_are_read_in_the_unit_of_the_claim(text: str, unit: str, value: float) -> None:
    assert read_value(text, unit) == pytest.approx(value)


@pytest.mark.parametrize("text", ["about 30", "", "nan", "1e5", "fast", "3h 20m"])
def test_words_are_no_values(text: str) -> None:
    assert read_value(text, "minutes") is None


def test_another_kind_of_unit_is_given_back_as_it_stands() -> None:
    assert read_value("12 km/l", "mpg") == (12.0, "km/l")
    assert factor("km/L", "mpg") is None
    assert factor("", "mpg") == 1
    assert known_unit("cups") == "cups"


def test_yes_and_no_in_both_languages() -> None:
    assert [read_yes_no(text) for text in ("はい", "YES", "○", "いいえ", "no", "0", "たぶん")] == [
        1,
        1,
        1,
        0,
        0,
        0,
        None,
    ]
