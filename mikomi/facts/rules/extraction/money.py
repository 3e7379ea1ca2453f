"""Prices: 税込1,980円, ¥1,980, 1万2千円, $12.50, 1,980 yen (tax included). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from mikomi.core.money import EXPONENTS
from mikomi.facts.rules.extraction.found import KANJI, Found, whole_number
from mikomi.facts.rules.values import EXCLUDED, INCLUDED, Price

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?"
_BEFORE = {"¥": "JPY", "JPY": "JPY", "USD": "USD", "US$": "USD", "$": "USD", "€": "EUR", "EUR": "EUR", "£": "GBP",
           "GBP": "GBP"}  # fmt: skip
_AFTER = {
    "円": "JPY", "yen": "JPY", "jpy": "JPY", "usd": "USD", "dollars": "USD", "dollar": "USD", "ドル": "USD",
    "eur": "EUR", "euros": "EUR", "euro": "EUR", "ユーロ": "EUR", "€": "EUR", "gbp": "GBP", "ポンド": "GBP",
}  # fmt: skip
_SIGNED = re.compile(
    rf"(?<![\w.,])(?P<sign>US\$|JPY|USD|EUR|GBP|[¥$€£]) ?(?P<number>{_NUMBER})(?![\d,]*\d)(?:,?-)?"
)
_NAMED = re.compile(
    rf"(?<![\d.,{KANJI}A-Za-z])(?P<number>(?:{_NUMBER})?[{KANJI}](?:[\d,.{KANJI}])*|{_NUMBER}) ?"
    r"(?P<name>円|ドル|ユーロ|ポンド|€|(?:yen|jpy|usd|dollars?|eur|euros?|gbp)(?![a-z]))",
    re.IGNORECASE,
)
_TAX_AFTER = re.compile(
    r"\s*[(\[〈【]?\s*(?:(?P<inn>税込|消費税込|(?:inc(?:l(?:\.|uding|udes)?)?\.? ?(?:the )?(?:consumption )?(?:tax"
    r"|vat))"
    r"|(?:tax|vat)[ -]inc)|(?P<out>税抜|税別|\+ ?税|(?:excl?(?:\.|uding)?|before"
    r"|plus|\+|without) ?(?:tax|vat)|(?:tax|vat) exc))",
    re.IGNORECASE,
)
_TAX_BEFORE = re.compile(
    r"(?:(?P<inn>税込(?:み|価格|価額)?|tax[ -]included)|(?P<out>税抜(?:き|価格)?"
    r"|税別|本体(?:価格)?))[:)\] ]*$",
    re.I,
)
_MARKS_BEFORE = (
    ("fee", re.compile(r"(?:送料|配送料|手数料|年会費|代引き?料?|shipping(?: fee| cost)?s?|delivery fee"
        r"|postage|handling)"
                       r"[^\d円。、,;]{0,14}$", re.I)),
    ("was", re.compile(r"(?:通常価格|通常|定価|旧価格|元値|参考価格|希望小売価格|was|regular(?:ly)?"
        r"|regular price|list price|rrp|msrp|"
                       r"instead of|formerly)[^\d。、;]{0,8}$", re.I)),
    ("condition", re.compile(r"(?:over|above|orders? of|at least|save|up to|minimum|spend|from|starting at"
        r"|最大|全国一律|月々|毎月)"
                             r"[^\d。;]{0,8}$", re.I)),
    ("range", re.compile(r"\d ?円? ?[~-] ?[¥$€£]?$")),
)  # fmt: skip
_MARKS_AFTER = (
    ("condition", re.compile(r"^ ?(?:\(税込\) ?)?(?:以上|未満|以下|以内|から|より|分の|分|相当|引き?|割引"
        r"|オフ|off|クーポン|ごと|につき|"
                             r"or more|or over|and up|and above|and over|minimum|discount|coupon|キャッシュバック"
                                 r"|還元)", re.I)),
    ("range", re.compile(r"^ ?~")),
    ("fee", re.compile(r"^ ?(?:for shipping|shipping|delivery fee|の送料|の手数料)", re.I)),
)  # fmt: skip


def prices(text: str) -> Iterator[Found]:
    """Every amount of money, with its tax and what keeps it from being a price."""
    spans: list[tuple[int, int]] = []
    for pattern in (_SIGNED, _NAMED):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < b and a < end for a, b in spans):
                continue
            found = _price(text, match)
            if found:
                spans.append((start, end))
                yield found


def _price(text: str, match: re.Match[str]) -> Found | None:
    groups = match.groupdict()
    currency = _BEFORE[groups["sign"]] if groups.get("sign") else _AFTER[groups["name"].lower()]
    minor = _minor(groups["number"], currency)
    if minor is None:
        return None
    before, after = text[: match.start()], text[match.end() :]
    said = _TAX_AFTER.match(after) or _TAX_BEFORE.search(before)
    tax = "" if said is None else INCLUDED if said["inn"] else EXCLUDED
    return Found(Price(minor, currency, tax), *match.span(), _mark(before, after))


def _mark(before: str, after: str) -> str:
    for name, pattern in _MARKS_BEFORE:
        if pattern.search(before[-40:]):
            return name
    return next((name for name, pattern in _MARKS_AFTER if pattern.search(after[:30])), "")


def _minor(number: str, currency: str) -> int | None:
    plain = number.replace(",", "").strip()
    exponent = EXPONENTS[currency]
    if plain.replace(".", "", 1).isdigit() and plain.isascii():
        amount = Decimal(plain).scaleb(exponent)
        return int(amount) if amount == amount.to_integral_value() and amount < 10**15 else None
    whole = whole_number(plain)
    return None if whole is None else whole * 10**exponent
