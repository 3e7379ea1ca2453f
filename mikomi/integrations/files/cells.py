"""Cells to values: numbers, yes and no, addresses, statuses. What can't be read is None."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from mikomi.core.money import EXPONENTS, parse_amount
from mikomi.integrations.files.records import Fulfilment, Payment
from mikomi.integrations.files.vocabulary import ANSWERS

_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"'\\]+@[^\s@,;:<>()\[\]\"'\\.]+(?:\.[^\s@,;:<>()\[\]\"'\\.]+)+")
_UNIT = {code: int(10**exponent) for code, exponent in EXPONENTS.items()}
_NAMED_EMAIL = re.compile(r"<([^<>]+)>\s*$")
_DIGIT = re.compile(r"\d")
_SEPARATED = re.compile(r"[,;、，；\n]+")


@lru_cache(maxsize=8192)
def amount(text: str, currency: str, decimal: Literal[".", ","] | None) -> int | None:
    """Minor units of the currency."""
    if text.isascii() and text.isdigit() and len(text) < 16:
        return int(text) * _UNIT[currency]
    try:
        return parse_amount(text.removeprefix("'"), currency, decimal=decimal).minor
    except ValueError:
        return None


@lru_cache(maxsize=2048)
def whole_number(text: str) -> int | None:
    """A quantity: digits of any width, with grouping commas, a counter (個, 点…) or zero decimals."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "").removeprefix("'")
    match = re.fullmatch(r"([+-]?\d{1,9})(?:\.0+)?\s*(?:個|点|本|枚|箱|袋|冊|セット|回|件|名|つ|pcs)?", plain)
    return int(match[1]) if match else None


def plain_decimal(text: str) -> Decimal | None:
    """A sum without known currency: digits, commas, a currency sign or code."""
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("'")
    plain = re.sub(r"^(?:[A-Z]{3}|[¥$€£])\s*|\s*(?:[A-Z]{3}|円|[¥$€£])$", "", plain).replace(",", "")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**15 else None


@lru_cache(maxsize=512)
def yes_or_no(text: str) -> bool | None:
    """True, False, or None where the cell says neither."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in ANSWERS["yes"]:
        return True
    return False if plain in ANSWERS["no"] else None


def email(text: str) -> str | None:
    """The address in lower case, without name and brackets; None if it is none."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    named = _NAMED_EMAIL.search(plain)
    address = (named[1] if named else plain).strip().strip("'").removeprefix("mailto:").lower()
    return address if len(address) <= 254 and _EMAIL.fullmatch(address) else None


def several(text: str) -> list[str]:
    """The parts of a cell that lists several values."""
    return [part.strip() for part in _SEPARATED.split(text) if part.strip()]


def spared(text: str) -> str:
    """Text without the ' that keeps spreadsheet programs from taking ids, zips and phones for numbers."""
    return text[1:].strip() if text[:1] == "'" else text


def postal_code(parts: list[str]) -> str:
    """A postal code, of one cell or of two (Japan: 3 and 4 digits)."""
    return "-".join([spared(part).removeprefix("〒").strip() for part in parts])


def phones(parts: list[str]) -> list[str]:
    """Phone numbers as given; parts of one number in several cells are joined."""
    clean = [spared(part) for part in parts]
    if len(clean) < 2:
        return clean
    digits = [re.sub(r"\D", "", part) for part in clean]
    if len(clean) <= 3 and all(0 < len(one) <= 5 for one in digits):
        return ["-".join(clean)]
    return list(dict.fromkeys(clean))


def is_phone(text: str) -> bool:
    """Could it be a phone number: enough digits, and little else?"""
    return 5 <= len(_DIGIT.findall(text)) <= 20 and len(text) <= 40


_PAYMENT: tuple[tuple[Payment, str], ...] = (
    ("partly_refunded", r"partial\w*[_ ]?refund|一部返金"),
    ("refunded", r"refund|返金済|全額返金|返金完了"),
    ("voided", r"void|無効"),
    (
        "pending",
        r"unpaid|pending|authori[sz]ed|未入金|未払|未決済|入金待|支払待|支払い待|決済待|与信|オーソリ|^no$|^未|expired",
    ),
    ("paid", r"paid|入金済|入金確認済|支払済|支払い済|決済済|決済完了|入金完了|支払完了"),
)
_FULFILMENT: tuple[tuple[Fulfilment, str], ...] = (
    ("delivered", r"^delivered|配達完了|配達済|お届け済|受取済|受取完了|受け取り済|配送完了|納品済"),
    ("partial", r"^partial|一部発送|一部出荷"),
    (
        "unfulfilled",
        r"unfulfilled|unshipped|pending|on_hold|未発送|未出荷|未対応|未処理|発送待|出荷待|発送準備|出荷準備|準備中|新規|処理中|受付|^未",
    ),
    ("shipped", r"fulfilled|shipped|発送済|出荷済|発送完了|出荷完了|発送しました|配送中|配送済|in_transit"),
)
_CANCELLED = re.compile(r"cancel|キャンセル(?!可|不可|期限|なし|前)|取消|取り消し")
_DONE = frozenset(["済", "済み", "完了", "○", "〇", "yes", "1", "true", "あり"])


@lru_cache(maxsize=512)
def payment(text: str, *, own_column: bool) -> Payment:
    """The state of payment in our words. `own_column`: the column is about payment only, so that 「済」 is enough."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if own_column and plain in _DONE:
        return "paid"
    return next((state for state, pattern in _PAYMENT if re.search(pattern, plain)), "")


@lru_cache(maxsize=512)
def fulfilment(text: str, *, own_column: bool) -> Fulfilment:
    """The state of shipping in our words."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if own_column and plain in _DONE:
        return "shipped"
    return next((state for state, pattern in _FULFILMENT if re.search(pattern, plain)), "")


@lru_cache(maxsize=512)
def is_cancelled(text: str) -> bool:
    """Does the status say that the order was cancelled?"""
    return _CANCELLED.search(unicodedata.normalize("NFKC", text).lower()) is not None
