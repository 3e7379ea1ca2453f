"""Rows to people."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from mikomi.core.tables.reading import Row
from mikomi.integrations.files import cells as read
from mikomi.integrations.files.addresses import NOWHERE, AddressReader
from mikomi.integrations.files.building import make_person
from mikomi.integrations.files.columns import Cells, Columns
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.issues import RowIssue
from mikomi.integrations.files.names import shown_name
from mikomi.integrations.files.recognition import Match
from mikomi.integrations.files.records import Moment, PersonRecord
from mikomi.integrations.files.settings import ParseSettings


def parse_people(
    rows: Iterable[Row], match: Match, settings: ParseSettings
) -> Iterator[PersonRecord | RowIssue]:
    """A record for each row behind the header, and what is wrong, in the file's order."""
    columns = Columns(match)
    reader = PersonReader(columns, match.format.source)
    for row in rows:
        fitted, problem = columns.fit(row)
        if fitted is None:
            if problem is not None:
                yield problem
            continue
        if not any(fitted):
            continue
        cells = Cells(columns, fitted, row.line, settings)
        person = reader.read(cells)
        yield from cells.issues
        if person.is_known or (person.name and not cells.issues):
            yield person
        else:
            yield RowIssue(row.line, columns.name(Field.PERSON_EMAIL), "no_person")


class PersonReader:
    """Reads the customer of a row; of an order's row, the one who bought."""

    def __init__(self, columns: Columns, source: str) -> None:
        self._source = source
        self._texts = columns.present(
            kana=Field.PERSON_KANA,
            family_kana=Field.PERSON_FAMILY_KANA,
            given_kana=Field.PERSON_GIVEN_KANA,
            company=Field.PERSON_COMPANY,
            language=Field.PERSON_LANGUAGE,
        )
        readers = {
            "birthday": (Field.PERSON_BIRTHDAY, _birthday),
            "since": (Field.PERSON_SINCE, _since),
            "tags": (Field.PERSON_TAGS, _tags),
            "consent_email": (Field.CONSENT_EMAIL, _consent_email),
            "consent_sms": (Field.CONSENT_SMS, _consent_sms),
            "total_spent": (Field.TOTAL_SPENT, _total_spent),
            "order_count": (Field.ORDER_COUNT, _order_count),
            "note": (Field.PERSON_NOTE, _note),
        }
        self._readers = [(name, read) for name, (field, read) in readers.items() if field in columns.places]
        if Field.REFUSAL_EMAIL in columns.places and Field.CONSENT_EMAIL not in columns.places:
            self._readers.append(("consent_email", _consent_email))
        self._family, self._given = columns.place(Field.PERSON_FAMILY), columns.place(Field.PERSON_GIVEN)
        self._id, self._name = columns.place(Field.PERSON_ID), columns.place(Field.PERSON_NAME)
        self._home = AddressReader(columns, "person")

    def read(self, cells: Cells) -> PersonRecord:
        """The record; what can't be read is noted in `cells.issues`."""
        values = cells.values
        family, given = values[self._family], values[self._given]
        external = read.spared(values[self._id])
        found: dict[str, Any] = {name: values[place] for name, _, place in self._texts}
        for name, reader in self._readers:
            found[name] = reader(cells)
        return make_person(
            source=self._source,
            external_ids=((self._source, external),) if external else (),
            name=values[self._name] or shown_name(family, given),
            family_name=family,
            given_name=given,
            emails=_emails(cells),
            phones=_phones(cells),
            address=self._home.read(values) if self._home.is_there else NOWHERE,
            line_numbers=(cells.line,),
            **found,
        )


def _emails(cells: Cells) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in cells.texts(Field.PERSON_EMAIL):
        whole = read.email(text)
        if whole is not None:
            found[whole] = None
            continue
        for part in read.several(text) or [text]:
            address = read.email(part)
            if address is None:
                cells.issue(Field.PERSON_EMAIL, "bad_email", part)
            else:
                found[address] = None
    return tuple(found)


def _phones(cells: Cells) -> tuple[str, ...]:
    found = []
    for text in read.phones(cells.texts(Field.PERSON_PHONE)):
        if read.is_phone(text):
            found.append(text)
        else:
            cells.issue(Field.PERSON_PHONE, "bad_phone", text)
    return tuple(found)


def _consent_email(cells: Cells) -> bool | None:
    """A refusal counts more than a consent in the same row."""
    if read.yes_or_no(cells.text(Field.REFUSAL_EMAIL)):
        return False
    return read.yes_or_no(cells.text(Field.CONSENT_EMAIL))


def _birthday(cells: Cells) -> date | None:
    return cells.day(Field.PERSON_BIRTHDAY)


def _since(cells: Cells) -> Moment | None:
    return cells.moment(Field.PERSON_SINCE)


def _tags(cells: Cells) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for text in cells.texts(Field.PERSON_TAGS) for tag in read.several(text)))


def _note(cells: Cells) -> str:
    return "\n".join(cells.texts(Field.PERSON_NOTE))


def _consent_sms(cells: Cells) -> bool | None:
    return read.yes_or_no(cells.text(Field.CONSENT_SMS))


def _total_spent(cells: Cells) -> Decimal | None:
    text = cells.text(Field.TOTAL_SPENT)
    found = read.plain_decimal(text) if text else None
    if text and found is None:
        cells.issue(Field.TOTAL_SPENT, "bad_number", text)
    return found


def _order_count(cells: Cells) -> int | None:
    text = cells.text(Field.ORDER_COUNT)
    found = read.whole_number(text) if text else None
    if text and found is None:
        cells.issue(Field.ORDER_COUNT, "bad_number", text)
    return found


def merge_people(first: PersonRecord, later: PersonRecord) -> PersonRecord:
    """Two rows of one person: lists are joined, what the first leaves blank comes from the later.

    Consent is the later row's where it says anything.
    """
    filled: dict[str, Any] = {
        name: getattr(first, name) or getattr(later, name)
        for name in (
            "name", "family_name", "given_name", "kana", "family_kana", "given_kana", "company", "address", "language",
            "birthday", "since", "note",
        )
    }  # fmt: skip
    joined: dict[str, Any] = {
        name: tuple(dict.fromkeys(getattr(first, name) + getattr(later, name)))
        for name in ("external_ids", "emails", "phones", "tags", "line_numbers")
    }
    latest: dict[str, Any] = {
        name: getattr(first, name) if getattr(later, name) is None else getattr(later, name)
        for name in ("consent_email", "consent_sms", "total_spent", "order_count")
    }
    return replace(first, **filled, **joined, **latest)
