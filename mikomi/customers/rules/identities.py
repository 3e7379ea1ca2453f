"""The normal form of what a person is known by: e-mail address, telephone number, external id."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from mikomi.core import phones, text

EMAIL, PHONE, EXTERNAL = "email", "phone", "external"
LONGEST_VALUE = 254
LONGEST_SOURCE = 32
_ADDRESS = re.compile(
    r"[^\s@<>,;:\"()\\]{1,64}@(?:localhost|\[[0-9a-f.:]+\]|[^\s@<>,;:\"()\\]+\.[^\s@<>,;:\"()\\.]+)"
)
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]+\.[A-Za-z0-9\-]+")
_JAPANESE_MOBILE = re.compile(r"0([789]0)-?([1-9][0-9]{3})-?([0-9]{4})")
_JAPANESE_MOBILE_E164 = re.compile(r"\+81([789]0)([1-9][0-9]{3})([0-9]{4})")


class Key(NamedTuple):
    """One identity as it is stored and looked up. Keys of one kind compare by `source` and `value`."""

    kind: str
    source: str
    value: str


@dataclass(frozen=True, slots=True)
class GivenKey:
    """A key with what was written. `finds` false: kept to be seen, but nobody is recognised by it."""

    key: Key
    shown: str
    finds: bool = True


def _line(value: str, limit: int) -> str:
    """One clean line; the usual value has nothing to clean."""
    if len(value) <= limit and value.isascii() and value.isprintable():
        return " ".join(value.split())
    return text.clean_single_line(value, limit)


def email_value(address: str) -> str | None:
    """The address in lower case, its domain in ASCII; none for what is no address."""
    if len(address) <= LONGEST_VALUE and _PLAIN_ADDRESS.fullmatch(address):
        return address.lower()
    plain = unicodedata.normalize("NFKC", text.clean(address)).strip().removeprefix("mailto:").lower()
    if len(plain) > LONGEST_VALUE or not _ADDRESS.fullmatch(plain):
        return None
    return plain if plain.isascii() else _with_ascii_domain(plain)


def _with_ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def phone_value(number: str, region: str) -> str | None:
    """The number in E.164; none for what is no valid number.

    A Japanese mobile number, by far the most frequent, is read without the library (a test compares the two).
    """
    if region == "JP" and (mobile := _JAPANESE_MOBILE.fullmatch(number)):
        return "+81" + "".join(mobile.groups())
    return _other_phone(number, region)


@lru_cache(maxsize=8192)
def _other_phone(number: str, region: str) -> str | None:
    return phones.to_e164(number, region)


def given_email(address: str) -> GivenKey | None:
    """An address as key; a wrong one is kept without finding anybody; none when empty."""
    shown = _line(address, LONGEST_VALUE)
    if not shown:
        return None
    value = email_value(address)
    return GivenKey(Key(EMAIL, "", value or shown), shown, finds=value is not None)


def given_phone(number: str, region: str) -> GivenKey | None:
    """A number as key; a wrong one is kept without finding anybody; none when empty."""
    shown = _line(number, LONGEST_VALUE)
    if not any(char.isdigit() for char in shown):
        return None
    value = phone_value(number, region)
    return GivenKey(Key(PHONE, "", value or shown), shown, finds=value is not None)


def given_external(source: str, value: str) -> GivenKey | None:
    """An id of another system as key. Too long a one is refused: cut, it could be somebody else's."""
    shown = _line(value, LONGEST_VALUE + 1).lstrip("'")
    source = _line(source, LONGEST_SOURCE + 1)
    if not shown or not source or len(shown) > LONGEST_VALUE or len(source) > LONGEST_SOURCE:
        return None
    return GivenKey(Key(EXTERNAL, source, shown), shown)


def phone_forms(e164: str, shown: str, region: str) -> Iterator[str]:
    """Every way in which somebody may search for the number."""
    yield shown
    if e164.startswith("+"):
        national = phone_display(e164, region)
        yield from (e164[1:], national, "".join(filter(str.isdigit, national)))


def phone_display(e164: str, region: str) -> str:
    """The number as people of the region write it."""
    if region == "JP" and (mobile := _JAPANESE_MOBILE_E164.fullmatch(e164)):
        return "0{}-{}-{}".format(*mobile.groups())
    return _other_display(e164, region)


@lru_cache(maxsize=8192)
def _other_display(e164: str, region: str) -> str:
    return phones.display(e164, region)
