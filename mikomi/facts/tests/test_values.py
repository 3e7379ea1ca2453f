"""Values as JSON, in words, and when two of them contradict each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.facts.models import FactVersion
from mikomi.facts.rules import versions
from mikomi.facts.rules.saying import say
from mikomi.facts.rules.values import (
    Day,
    Duration,
    Hours,
    Number,
    Phone,
    Price,
    Value,
    Words,
    WrongValueError,
    YesNo,
    differs,
    from_json,
    to_json,
)

WEEK = Hours((((600, 1140),),) * 5 + (((600, 1020),), ()))
EXAMPLES: list[Value] = [
    Price(1980, "JPY", "included"), Phone("+81312345678"), WEEK, Duration(3, 5, "working_days"),
    Number(Decimal("12.5"), "cm"), Day(date(2026, 11, 22)), YesNo(True), Words("土日も営業"),
]  # fmt: skip


@pytest.mark.parametrize("value", EXAMPLES, ids=str)
def test_json_and_back(value: Value) -> None:
    assert from_json(to_json(value)) == value


@pytest.mark.parametrize(
    "data",
    [
        {}, {"type": "colour"}, {"type": "money", "minor": -1, "currency": "JPY"},
        {"type": "money", "minor": 1, "currency": "YEN"}, {"type": "money", "minor": 1.5, "currency": "JPY"},
        {"type": "phone", "e164": "03-1234"}, {"type": "hours", "week": [[]] * 6},
        {"type": "hours", "week": [[[1140, 600]]] + [[]] * 6},
        {"type": "hours", "week": [[[0, 60], [30, 90]]] + [[]] * 6},
        {"type": "duration", "low": 5, "high": 3, "unit": "days"},
        {"type": "duration", "low": 1, "high": 3, "unit": "moons"},
        {"type": "number", "amount": "NaN", "unit": "g"}, {"type": "number", "amount": "1", "unit": "g\0"},
        {"type": "number", "amount": "1E-400", "unit": "g"}, {"type": "date", "day": "2026-02-30"},
        {"type": "yes_no", "yes": 1}, {"type": "text", "text": "a\0"},
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(WrongValueError):
        from_json(data)


@pytest.mark.parametrize(
    ("value", "kind", "japanese", "english"),
    [
        (Price(1980, "JPY", "included"), "price", "1,980円（税込）", "¥1,980 (tax included)"),
        (Phone("+81312345678"), "phone", "03-1234-5678", "+81 3-1234-5678"),
        (WEEK, "hours", "月〜金 10:00〜19:00、土 10:00〜17:00、日 定休",
         "Mon–Fri 10:00–19:00, Sat 10:00–17:00, Sun closed"),
        (Duration(3, 5, "working_days"), "lead", "3〜5営業日", "3–5 business days"),
        (Duration(0, 3, "days"), "lead", "3日以内", "within 3 days"),
        (Number(Decimal(350), "g"), "spec", "350g", "350 g"),
        (Day(date(2026, 11, 22)), "spec", "2026年11月22日", "22 November 2026"),
        (YesNo(False), "stock", "在庫なし", "out of stock"),
    ],
)  # fmt: skip
def test_a_value_in_the_readers_language(value: Value, kind: str, japanese: str, english: str) -> None:
    assert say(value, "ja", kind=kind) == japanese
    assert say(value, "en", kind=kind) == english


def test_an_own_wording_goes_around_the_value() -> None:
    price = Price(1980, "JPY", "included")
    assert say(price, "ja", wording={"ja": "たったの{value}"}) == "たったの1,980円（税込）"
    assert say(price, "en", wording={"ja": "たったの{value}"}) == "¥1,980 (tax included)"


@pytest.mark.parametrize(
    ("fact", "found", "contradicts"),
    [
        (Price(1980, "JPY", "included"), Price(1980, "JPY"), False),
        (Price(1980, "JPY", "included"), Price(1800, "JPY", "excluded"), False),  # 10 % on top
        (Price(1944, "JPY", "included"), Price(1800, "JPY", "excluded"), False),  # 8 %
        (Price(1980, "JPY", "included"), Price(1900, "JPY", "excluded"), True),
        (Price(1980, "JPY"), Price(1500, "USD"), False),  # another currency, another price
        (Price(1980, "JPY"), Price(2200, "JPY"), True),
        (WEEK, Hours((None, None, None, None, None, ((600, 1020),), None)), False),
        (WEEK, Hours((None, None, (), None, None, None, None)), True),
        (WEEK, Hours(every=((600, 1140),)), False),
        (WEEK, Hours(every=((540, 1140),)), True),
        (Duration(3, 5, "days"), Duration(0, 5, "days"), False),
        (Duration(7, 7, "days"), Duration(1, 1, "weeks"), False),
        (Duration(3, 5, "working_days"), Duration(3, 5, "days"), True),
        (Number(Decimal(1234), "g"), Number(Decimal("1.2"), "kg"), False),  # rounded
        (Number(Decimal(350), "g"), Number(Decimal(380), "g"), True),
        (Number(Decimal(350), "g"), Number(Decimal(8), "cm"), False),
        (Day(date(2026, 11, 22)), Day(date(2026, 11, 23)), True),
        (YesNo(True), YesNo(False), True),
        (YesNo(True), Number(Decimal(1), "g"), False),
    ],
)
def test_when_two_values_contradict_each_other(fact: Value, found: Value, contradicts: bool) -> None:
    assert differs(fact, found) is contradicts


@given(st.integers(0, 10**7))
def test_a_price_without_tax_never_contradicts_its_own_taxed_price(net: int) -> None:
    gross = net * 110 // 100
    assert not differs(Price(gross, "JPY", "included"), Price(net, "JPY", "excluded"))


def test_the_newest_version_whose_time_has_begun_counts() -> None:
    now = datetime(2026, 11, 18, tzinfo=UTC)
    day = timedelta(days=1)
    first = FactVersion(number=1)
    sale = FactVersion(number=2, valid_from=now - day, valid_until=now + day)
    later = FactVersion(number=3, valid_from=now + 2 * day)
    history = [first, sale, later]
    assert versions.current(history, now) == (sale, "current")
    assert versions.coming(history, now) is later
    assert versions.current(history, now + 1.5 * day) == (None, "expired")
    assert versions.current(history, now + 3 * day) == (later, "current")
    assert versions.current([later], now) == (None, "not_yet")
