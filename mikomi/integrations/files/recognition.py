"""Which format is this, and which column holds what?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mikomi.integrations.files import formats
from mikomi.integrations.files.fields import EXAMPLE_HEADERS, SEVERAL, Field
from mikomi.integrations.files.formats.format import Format, Kind
from mikomi.integrations.files.headers import meaning, measured, normalise, rank, unique_names

_JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Match:
    """A header understood.

    `mapping`: column name → field, for the columns that are used. `score`: share of columns that are understood,
    0…1. `missing`: names of columns without which the file can't be taken.
    """

    format: Format
    header: tuple[str, ...]
    mapping: dict[str, Field]
    score: float
    missing: tuple[str, ...]

    def columns(self, field: Field) -> tuple[int, ...]:
        """Places of the columns that feed a field, in the file's order."""
        return tuple(place for place, name in enumerate(self.header) if self.mapping.get(name) == field)


def recognise(header: Sequence[str], kind: Kind | None = None) -> Match:
    """The best reading of a header row. `kind` is what the user said it is; the match may differ from it."""
    names = unique_names(header)
    if kind == "measurements":
        return _completed(formats.MEASUREMENTS, names, measured(names))
    present = {normalise(name) for name in names}
    known = [one for one in formats.KNOWN if present.issuperset(normalise(name) for name in one.signature)]
    if known:
        return _match(max(known, key=lambda one: len(one.signature)), names)
    orders, customers = _match(formats.ORDERS, names), _match(formats.CUSTOMERS, names)
    is_order = Field.NUMBER in orders.mapping.values()
    if kind == "orders":
        return customers if not is_order and not customers.missing else orders
    if kind == "customers":
        return orders if is_order and not orders.missing else customers
    return orders if not orders.missing or customers.missing else customers


def by_hand(header: Sequence[str], mapping: Mapping[str, str], kind: Kind) -> Match:
    """The reading that a person chose: column name → field (those of other names are not used).

    Raises ValueError for a field that doesn't exist.
    """
    names = unique_names(header)
    chosen = {name: Field(mapping[name]) for name in names if mapping.get(name)}
    return _completed(formats.USUAL[kind], names, chosen)


def with_source(match: Match, source: str) -> Match:
    """The match with the records' source named by the user."""
    return replace(match, format=replace(match.format, source=source))


def _match(found: Format, names: list[str]) -> Match:
    special = {normalise(name): field for name, field in found.columns.items()}
    of_people = found.kind == "customers"
    meanings: dict[str, Field] = {}
    for name in names:
        word = normalise(name)
        field = special[word] if word in special else meaning(name, of_people=of_people)
        if field is not None:
            meanings[name] = field
    _tell_given_names(meanings)
    _drop_joined_streets(meanings)
    return _completed(found, names, _best_columns(meanings, special))


def _completed(found: Format, names: list[str], mapping: dict[str, Field]) -> Match:
    japanese = not names or any(_JAPANESE.search(name) for name in names)
    held = set(mapping.values())
    missing = [_example(group[0], japanese) for group in found.needed if held.isdisjoint(group)]
    score = len(mapping) / len(names) if names else 0.0
    return Match(found, tuple(names), mapping, round(score, 3), tuple(missing))


def _example(field: Field, japanese: bool) -> str:
    return EXAMPLE_HEADERS[field][0 if japanese else 1]


def _best_columns(meanings: dict[str, Field], special: Mapping[str, Field | None]) -> dict[str, Field]:
    """Where several columns mean a field that takes one only: the one the format names, then the best word."""
    best: dict[Field, str] = {}
    for name, field in meanings.items():
        if field not in best or _weight(name, field, special) < _weight(best[field], field, special):
            best[field] = name
    return {name: field for name, field in meanings.items() if field in SEVERAL or best[field] == name}


def _weight(name: str, field: Field, special: Mapping[str, Field | None]) -> tuple[int, int]:
    return (0 if special.get(normalise(name)) == field else 1), rank(field, name)


def _tell_given_names(meanings: dict[str, Field]) -> None:
    """「名」 is the given name beside a family name; alone, as in 「顧客名」, it is the whole name."""
    for family, given, whole in (
        (Field.PERSON_FAMILY, Field.PERSON_GIVEN, Field.PERSON_NAME),
        (Field.SHIP_FAMILY, Field.SHIP_GIVEN, Field.SHIP_NAME),
    ):
        if family in meanings.values():
            continue
        for name, field in meanings.items():
            if field == given and normalise(name).endswith("名"):
                meanings[name] = whole


def _drop_joined_streets(meanings: dict[str, Field]) -> None:
    """ "Billing Street" repeats "Billing Address1" and "Billing Address2"."""
    for name in list(meanings):
        word = normalise(name)
        if word.endswith("street") and any(
            normalise(other) == word.removesuffix("street") + "address1" for other in meanings
        ):
            del meanings[name]
