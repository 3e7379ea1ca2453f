"""People without any key: known again by what their row says, so that the same file twice makes nobody twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from mikomi.integrations.files.reading import Found
from mikomi.integrations.files.records import PersonRecord

SOURCE = "import_row"
"""The source of such a key; it is no number that the customer knows, so no page shows it."""


def with_row_keys(found: Iterable[Found], source: str) -> Iterator[Found]:
    """The same finds; who has neither number nor address gets a key made of the row.

    Two rows that say the same are two people: the second one's key is of the second such row. Give the whole file
    each time, also when an import goes on in its middle.
    """
    seen: Counter[str] = Counter()
    for one in found:
        if isinstance(one, PersonRecord) and not (one.external_ids or one.emails or one.phones):
            key = _key(one, source)
            seen[key] += 1
            yield replace(one, external_ids=((SOURCE, f"{key}:{seen[key]}"),))
        else:
            yield one


def _key(person: PersonRecord, source: str) -> str:
    """Of what tells people apart and doesn't change from export to export; notes, tags and figures do."""
    said = (
        source, person.name, person.family_name, person.given_name, person.kana, person.family_kana,
        person.given_kana, person.company, person.birthday, person.address,
    )  # fmt: skip
    return sha256(repr(said).encode()).hexdigest()[:32]
