"""Money: minor units, reading what people write, refusing what has two meanings."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.core.money import (
    EXPONENTS,
    MAX_MINOR,
    AmbiguousAmountError,
    BadAmountError,
    CurrencyMismatchError,
    Money,
    UnknownCurrencyError,
    exponent_of,
    format_money,
    parse_amount,
)

currencies = st.sampled_from(sorted(EXPONENTS))
amounts = st.integers(-MAX_MINOR, MAX_MINOR)


@pytest.mark.parametrize(
    ("currency", "decimals"), [("JPY", 0), ("KRW", 0), ("USD", 2), ("BHD", 3), ("CLF", 4)]
)
def test_decimals_of_currencies(currency: str, decimals: int) -> None:
    assert exponent_of(currency) == decimals


@pytest.mark.parametrize("currency", ["XXX", "jpy", "", "円"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    with pytest.raises(UnknownCurrencyError):
        Money(1, currency)


def test_arithmetic() -> None:
    price = Money(1980, "JPY")
    assert price * 2 - Money(960, "JPY") == Money(3000, "JPY")
    assert -price < Money(0, "JPY") <= price + price
    assert not Money(0, "JPY")
    assert Money(1234, "USD").major == Decimal("12.34")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatchError):
        Money(1, "JPY") + Money(1, "USD")
    with pytest.raises(CurrencyMismatchError):
        assert Money(1, "JPY") < Money(1, "USD")


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        (Money(1234, "JPY"), "¥1,234"),
        (Money(-500, "JPY"), "-¥500"),
        (Money(123456, "USD"), "$1,234.56"),
        (Money(5, "EUR"), "€0.05"),
        (Money(1234, "BHD"), "BHD\u00a01.234"),
    ],
)
def test_format(money: Money, expected: str) -> None:
    assert format_money(money) == expected


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1234", "JPY", 1234),
        ("¥1,234", "JPY", 1234),
        ("￥１，２３４", "JPY", 1234),
        ("1,234円", "JPY", 1234),
        ("\\1,234", "JPY", 1234),  # the yen sign of cp932
        ("JPY 1200.00", "JPY", 1200),
        ("▲500円", "JPY", -500),
        ("¥-500", "JPY", -500),
        ("−500", "JPY", -500),
        ("1,234.56", "USD", 123456),
        ("$12.5", "USD", 1250),
        ("1.234,56 €", "EUR", 123456),
        ("1 234,56 EUR", "EUR", 123456),
        ("12,50", "EUR", 1250),
        ("1,234", "USD", 123400),
        ("1.234.567", "JPY", 1234567),
        ("0", "BHD", 0),
    ],
)
def test_amounts_as_people_write_them(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"), [("1.234", "JPY"), ("1.000", "JPY"), ("1.234", "USD"), ("1,234", "BHD")]
)
def test_an_amount_with_two_meanings_is_refused(text: str, currency: str) -> None:
    with pytest.raises(AmbiguousAmountError, match="can be read as"):
        parse_amount(text, currency)


@pytest.mark.parametrize(("decimal", "minor"), [(".", 1234), (",", 1234000)])
def test_a_known_decimal_sign_settles_it(decimal: Literal[".", ","], minor: int) -> None:
    assert parse_amount("1.234", "BHD", decimal=decimal) == Money(minor, "BHD")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "円",
        "abc",
        "1e5",
        "NaN",
        "1,23,4",
        "--5",
        "12¥34",
        "1,234.5",
        "9" * 20,
        "1" * 300,
        "=1+1",
        "\ud800",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadAmountError):
        parse_amount(text, "JPY")


@pytest.mark.parametrize("text", ["$5", "5 USD", "€5"])
def test_an_amount_of_another_currency_is_refused(text: str) -> None:
    with pytest.raises(CurrencyMismatchError):
        parse_amount(text, "JPY")


@given(amounts, currencies)
def test_what_is_formatted_can_be_read_again(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert parse_amount(format_money(money), currency, decimal=".") == money


@given(st.text(max_size=30), currencies)
def test_no_text_does_worse_than_being_refused(text: str, currency: str) -> None:
    with suppress(BadAmountError, CurrencyMismatchError):
        assert parse_amount(text, currency).currency == currency
