"""Money: an integer of the currency's minor unit and the currency. Never a float.

The number of decimals of each currency is that of ISO 4217 (yen 0, dollar 2, Bahraini dinar 3).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

_TWO_DECIMALS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP
CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR
IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN
NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_OTHER_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS = dict.fromkeys(_TWO_DECIMALS.split(), 2) | {
    code: exponent for exponent, codes in _OTHER_DECIMALS.items() for code in codes.split()
}
"""Decimals of each currency in use, by its ISO 4217 code."""

_SYMBOLS = {
    "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "KRW": "₩", "CNY": "CN¥", "TWD": "NT$", "HKD": "HK$",
    "AUD": "A$", "CAD": "CA$", "NZD": "NZ$", "SGD": "S$", "INR": "₹", "THB": "฿", "VND": "₫", "PHP": "₱",
}  # fmt: skip

# What may stand beside an amount besides code and symbol; "¥" and "$" are those of several currencies.
_MARKS = {
    "JPY": ("円", "yen"), "CNY": ("¥", "元", "rmb"), "USD": ("us$", "ドル"), "EUR": ("ユーロ",),
    "KRW": ("ウォン", "원"), "GBP": ("ポンド",), "TWD": ("$", "元"), "HKD": ("$",), "AUD": ("$",),
    "CAD": ("$",), "NZD": ("$",), "SGD": ("$",),
}  # fmt: skip

MAX_MINOR = 2**63 - 1
"""The largest amount a database column can hold, in minor units."""


class UnknownCurrencyError(ValueError):
    """Not an ISO 4217 code in use."""


class CurrencyMismatchError(ValueError):
    """Amounts of different currencies don't mix."""


class BadAmountError(ValueError):
    """The text is not an amount of the currency."""


class AmbiguousAmountError(BadAmountError):
    """The text can be read as two different amounts."""


def exponent_of(currency: str) -> int:
    """Decimals of the currency. Raises UnknownCurrencyError."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrencyError(f"not an ISO 4217 currency code: {currency!r}") from None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (yen, cents) of one currency. Raises UnknownCurrencyError."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent_of(self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} don't mix")
        return other

    @property
    def major(self) -> Decimal:
        """The amount in the currency's main unit, exactly."""
        return Decimal(self.minor).scaleb(-exponent_of(self.currency))


def format_money(money: Money) -> str:
    """The amount as people read it in Japanese and in English: "¥1,234", "-$12.50", "BHD 1.234"."""
    exponent = exponent_of(money.currency)
    whole, part = divmod(abs(money.minor), 10**exponent)
    digits = f"{whole:,}.{part:0{exponent}d}" if exponent else f"{whole:,}"
    sign = "-" if money.minor < 0 else ""
    return sign + _SYMBOLS.get(money.currency, money.currency + "\u00a0") + digits


# Reading amounts. A text has up to two readings: with a decimal point, and with a decimal comma.

_NUMBER = re.compile(r"[0-9](?:[0-9.,' ]*[0-9])?")
_GROUPED = r"[0-9]+|[0-9]{1,3}(?:%s[0-9]{3})+|[0-9]{1,3}(?:[' ][0-9]{3})+"
_POINT = re.compile(rf"(?P<whole>{_GROUPED % ','})(?:\.(?P<part>[0-9]+))?")
_COMMA = re.compile(rf"(?P<whole>{_GROUPED % '[.]'})(?:,(?P<part>[0-9]+))?")
_CODE = re.compile(r"(?<![a-z])[a-z]{3}(?![a-z])")
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("−‐‑–—ー", "-"),
        "’": "'",
        "、": ",",
        "\\": "¥",
    }  # cp932 shows its backslash as a yen sign
)
_LONGEST_TEXT = 200


def parse_amount(text: str, currency: str, *, decimal: Literal[".", ","] | None = None) -> Money:
    """Reads "¥1,234", "１，２３４円", "▲500", "1.234,56 €".

    Without `decimal` (the file's decimal sign, where it is known) a text that two conventions read
    differently raises AmbiguousAmountError: "1.234" is 1234 to a German and about 1.2 to an American. A
    comma before three digits groups thousands, except in currencies of three decimals or more.
    Raises BadAmountError, CurrencyMismatchError, UnknownCurrencyError.
    """
    exponent = exponent_of(currency)
    sign, number = _split_amount(text, currency)
    point = _read(_POINT, number) if decimal != "," else None
    comma = _read(_COMMA, number) if decimal != "." else None
    if point is None or comma is None or point == comma:
        value = comma if point is None else point
    elif "," in number and exponent < 3:
        value = point
    else:
        low, high = sorted((point.normalize(), comma.normalize()))
        raise AmbiguousAmountError(f"{text!r} can be read as {low:f} or as {high:f}")
    if value is None:
        raise BadAmountError(f"not an amount: {text!r}")
    return Money(sign * _to_minor(value, exponent, text), currency)


def _split_amount(text: str, currency: str) -> tuple[int, str]:
    """Sign and digits of an amount without the marks of its currency at either end."""
    if len(text) > _LONGEST_TEXT:
        raise BadAmountError(f"not an amount: {text[:_LONGEST_TEXT]!r}…")
    plain = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES).lower().strip()
    outer, bare = _split_sign(plain)
    for mark in _marks_of(currency):
        if bare.startswith(mark):
            bare = bare.removeprefix(mark)
            break
    for mark in _marks_of(currency):
        if bare.endswith(mark):
            bare = bare.removesuffix(mark)
            break
    inner, number = _split_sign(bare.strip())
    if not _NUMBER.fullmatch(number) or (outer and inner):
        raise _refusal(text, plain, currency)
    return (-1 if (outer or inner) in ("-", "▲", "△") else 1), number


def _split_sign(text: str) -> tuple[str, str]:
    return (text[0], text[1:].lstrip()) if text[:1] in ("-", "+", "▲", "△") else ("", text)


@lru_cache(maxsize=32)
def _marks_of(currency: str) -> tuple[str, ...]:
    marks = {currency.lower(), _SYMBOLS.get(currency, currency).lower(), *_MARKS.get(currency, ())}
    return tuple(sorted(marks, key=len, reverse=True))


def _refusal(text: str, plain: str, currency: str) -> ValueError:
    codes = {code.upper() for code in _CODE.findall(plain)} & EXPONENTS.keys()
    codes |= {code for code in _SYMBOLS if any(mark in plain for mark in _marks_of(code))}
    if codes and currency not in codes:
        return CurrencyMismatchError(f"{text!r} is not an amount in {currency}")
    return BadAmountError(f"not an amount: {text!r}")


def _read(pattern: re.Pattern[str], number: str) -> Decimal | None:
    match = pattern.fullmatch(number)
    if match is None:
        return None
    return Decimal(re.sub("[^0-9]", "", match["whole"]) + "." + (match["part"] or "0"))


def _to_minor(value: Decimal, exponent: int, text: str) -> int:
    whole, _, part = format(value, "f").partition(".")
    if part[exponent:].strip("0"):
        raise BadAmountError(f"{text!r} has more decimals than the currency, which has {exponent}")
    minor = int(whole + part[:exponent].ljust(exponent, "0"))
    if minor > MAX_MINOR:
        raise BadAmountError(f"{text!r} is too large an amount")
    return minor
