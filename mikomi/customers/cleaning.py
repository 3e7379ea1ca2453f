"""A person as given, made fit for the columns: nothing but control characters is dropped without saying so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from mikomi.core import names, text
from mikomi.customers.records import AddressRecord, ConsentRecord, CustomValue, Moment, PersonRecord
from mikomi.customers.rules.identities import (
    GivenKey,
    given_email,
    given_external,
    given_phone,
)

LIMITS = {
    "family_name": 200,
    "given_name": 200,
    "family_kana": 200,
    "given_kana": 200,
    "honorific": 20,
    "company": 300,
    "language": 16,
    "preferred_channel": 16,
    "tag": 100,
    "country": 2,
    "postal_code": 20,
    "region": 100,
    "city": 200,
    "source": 64,
}
"""The longest text of each column, in characters."""
LONGEST_TEXT = 20_000
PURPOSES = ("service", "survey", "marketing")
_MOST_KEYS = 50


@dataclass(frozen=True, slots=True)
class Issue:
    """Something of a record that could not be taken as it was. `problem`: clipped, not_valid."""

    field: str
    problem: str
    removed: int = 0


@dataclass(frozen=True, slots=True)
class CleanAddress:
    """An address that fits its columns."""

    country: str
    postal_code: str
    region: str
    city: str
    lines: str

    def __bool__(self) -> bool:
        return bool(self.postal_code or self.region or self.city or self.lines)


@dataclass(frozen=True, slots=True)
class CleanPerson:
    """A person whose every value fits. `keys` stand in the order in which they are looked up."""

    keys: tuple[GivenKey, ...]
    columns: dict[str, Any]
    """Non-empty values of the customer's own text columns, and the birthday."""
    company: str
    address: CleanAddress
    tags: tuple[str, ...]
    note: str
    consents: tuple[ConsentRecord, ...]
    custom: dict[str, CustomValue]
    since: Moment | None
    issues: tuple[Issue, ...]


class _Cleaner:
    """Cuts texts to their columns and remembers what it did."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def line(self, field: str, value: str, limit: int | None = None) -> str:
        """One line, clipped to its column."""
        limit = limit or LIMITS[field]
        if len(value) <= limit and value.isprintable() and "  " not in value:
            return value.strip()  # nearly always: nothing to clean, nothing to cut
        clipped = text.clip(text.clean_single_line(value, max(len(value), 1)), limit)
        if clipped.removed:
            self.issues.append(Issue(field, "clipped", clipped.removed))
        return clipped.text

    def block(self, field: str, value: str) -> str:
        """Several lines, clipped to what a note may hold."""
        if len(value) <= LONGEST_TEXT and value.isprintable():
            return value.strip()
        clipped = text.clip(text.clean(value).strip(), LONGEST_TEXT)
        if clipped.removed:
            self.issues.append(Issue(field, "clipped", clipped.removed))
        return clipped.text

    def keys(self, person: PersonRecord, region: str) -> tuple[GivenKey, ...]:
        """What the person is known by: external ids, then e-mail, then phone; each once."""
        found: dict[Any, GivenKey] = {}
        given = [
            *(("external_id", given_external(*pair), pair[1]) for pair in person.external_ids[:_MOST_KEYS]),
            *(("email", given_email(address), address) for address in person.emails[:_MOST_KEYS]),
            *(("phone", given_phone(number, region), number) for number in person.phones[:_MOST_KEYS]),
        ]
        for field, key, raw in given:
            if key is not None:
                found.setdefault(key.key, key)
            if (key is None and raw.strip()) or (key is not None and not key.finds):
                self.issues.append(Issue(field, "not_valid"))
        return tuple(found.values())


def clean(person: PersonRecord, region: str) -> CleanPerson:
    """The person fit for the columns. `region` (ISO 3166) is the one whose national phone numbers are meant."""
    cleaner = _Cleaner()
    return CleanPerson(
        keys=cleaner.keys(person, region),
        columns=_columns(cleaner, person),
        company=cleaner.line("company", person.company),
        address=_address(cleaner, person.address),
        tags=tuple(dict.fromkeys(filter(None, (cleaner.line("tag", tag) for tag in person.tags)))),
        note=cleaner.block("note", person.note),
        consents=tuple(_consents(cleaner, person)),
        custom=_custom(cleaner, person),
        since=person.since,
        issues=tuple(cleaner.issues),
    )


def _columns(cleaner: _Cleaner, person: PersonRecord) -> dict[str, Any]:
    name = whole_name(person)
    values: dict[str, str | date | None] = {
        "family_name": cleaner.line("family_name", name.family),
        "given_name": cleaner.line("given_name", name.given),
        "family_kana": cleaner.line("family_kana", name.family_kana),
        "given_kana": cleaner.line("given_kana", name.given_kana),
        "honorific": cleaner.line("honorific", name.honorific),
        "name_order": person.name_order.value if person.name_order else "",
        "language": cleaner.line("language", person.language),
        "preferred_channel": cleaner.line("preferred_channel", person.preferred_channel),
        "birthday": person.birthday,
    }
    return {column: value for column, value in values.items() if value}


def whole_name(person: PersonRecord) -> names.PersonName:
    """The parts of the name; a whole name is split only where no part is given."""
    family, given, honorific = person.family_name, person.given_name, person.honorific
    if not family.strip() and not given.strip() and person.name:
        split = names.split_full_name(person.name)
        family, given, honorific = split.family, split.given, honorific or split.honorific
    family_kana, given_kana = person.family_kana, person.given_kana
    if not family_kana.strip() and not given_kana.strip() and person.kana:
        family_kana, _, given_kana = " ".join(person.kana.split()).partition(" ")
    return names.PersonName(family, given, family_kana, given_kana, person.name_order, honorific)


def _address(cleaner: _Cleaner, address: AddressRecord) -> CleanAddress:
    country = text.clean_single_line(address.country, 60).upper()
    return CleanAddress(
        country if len(country) == 2 and country.isascii() else "",
        cleaner.line("postal_code", address.postal_code.lstrip("'")),
        cleaner.line("region", address.province),
        cleaner.line("city", address.city),
        cleaner.block("address", "\n".join(line for line in address.lines if line.strip())),
    )


def _consents(cleaner: _Cleaner, person: PersonRecord) -> Iterable[ConsentRecord]:
    for channel, granted in (("email", person.consent_email), ("sms", person.consent_sms)):
        if granted is not None:
            yield ConsentRecord(channel, "marketing", granted)
    for consent in person.consents:
        if consent.purpose in PURPOSES and 0 < len(consent.channel) <= LIMITS["preferred_channel"]:
            yield consent
        else:
            cleaner.issues.append(Issue("consent", "not_valid"))


def _custom(cleaner: _Cleaner, person: PersonRecord) -> dict[str, CustomValue]:
    return {
        cleaner.line("custom", key, 100): cleaner.block("custom", value) if isinstance(value, str) else value
        for key, value in person.custom.items()
    }
