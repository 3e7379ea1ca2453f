"""Telephone numbers: kept as E.164 ("+819012345678"), shown as people of the region write them."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = "'’‘＇`"
# Dashes and the long-vowel sign, which Japanese keyboards give in its place.
_DASHES = re.compile("[‐‑‒–—―−ーｰ─━〜~]")
_EXTENSION = re.compile(r"(?:内線|ext\.?|extension|x).*$", re.IGNORECASE | re.DOTALL)
_LONGEST_TEXT = 200
_NOT_DIALLED = re.compile("[^0-9]")


def to_e164(text: str, region: str) -> str | None:
    """The number in E.164, or None where the text holds no valid number.

    Reads full-width digits, a leading apostrophe (spreadsheets), national and international forms, a
    lost leading zero or plus sign. `region` is the ISO 3166 code whose national form is assumed.
    An extension is left out.
    """
    if len(text) > _LONGEST_TEXT:
        return None
    plain = unicodedata.normalize("NFKC", text).strip().lstrip(_APOSTROPHES)
    plain = _EXTENSION.sub("", _DASHES.sub("-", plain)).strip()
    digits = _NOT_DIALLED.sub("", plain)
    if not digits:
        return None
    # As written; then as an international number whose plus sign was lost or written as 00.
    return _valid(plain, region) or _valid("+" + digits.removeprefix("00"), region)


def _valid(number: str, region: str) -> str | None:
    # Imported here: the metadata takes a tenth of a second and some megabytes.
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def display(e164: str, region: str) -> str:
    """The number as people of the region write it: national at home, international for other countries.

    What is not a number is given back unchanged.
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(e164, region)
    except phonenumbers.NumberParseException:
        return e164
    home = parsed.country_code == phonenumbers.country_code_for_region(region)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)
