"""Telephone numbers: 03-1234-5678, +81 3-1234-5678, (03)1234-5678, full width as well. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mikomi.facts.rules.extraction.found import Found
from mikomi.facts.rules.values import Phone

_ENOUGH = re.compile(r"(?:\d[^\d\n]{0,3}){8}\d")
_FAX = re.compile(r"(?:fax|ファックス|ファクス|ファクシミリ)[^\d+]{0,10}$", re.IGNORECASE)
_SEPARATED = re.compile(r"[-() +]")
_SAID = re.compile(r"(?:tel|phone|call|電話|フリーダイヤル|携帯)[^\d+]{0,12}$", re.IGNORECASE)


def phones(text: str, region: str) -> Iterator[Found]:
    """Every valid number; bare digits only where the text says that they are a telephone number."""
    if not _ENOUGH.search(text):
        return
    # Imported here: the metadata takes a tenth of a second and some megabytes.
    import phonenumbers

    form = phonenumbers.PhoneNumberFormat.E164
    for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
        before = text[: match.start]
        if not _SEPARATED.search(match.raw_string) and not _SAID.search(before) and not _FAX.search(before):
            continue
        mark = "fax" if _FAX.search(before) else ""
        yield Found(Phone(phonenumbers.format_number(match.number, form)), match.start, match.end, mark)
