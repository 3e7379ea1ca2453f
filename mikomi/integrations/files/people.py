"""Rows to people."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mikomi.core.tables.reading import Row
from mikomi.integrations.files import cells as read
from mikomi.integrations.files.columns import Cells, Columns
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.issues import RowIssue
from mikomi.integrations.files.recognition import Match
from mikomi.integrations.files.records import AddressRecord, PersonRecord
from mikomi.integrations.files.settings import ParseSettings


def parse_people(
    rows: Iterable[Row], match: Match, settings: ParseSettings
) -> Iterator[PersonRecord | RowIssue]:
    """A record for each row behind the header, and what is wrong, in the file's order."""
    columns = Columns(match)
    for row in rows:
        fitted, problem = columns.fit(row)
        if fitted is None:
            if problem is not None:
                yield problem
            continue
        if not any(map(str.strip, fitted)):
            continue
        cells = Cells(columns, fitted, row.line, settings)
        person = read_person(cells, match.format.source)
        yield from cells.issues
        if person.is_known or (person.name and not cells.issues):
            yield person
        else:
            yield RowIssue(row.line, columns.name(Field.PERSON_EMAIL), "no_person")


def read_person(cells: Cells, source: str) -> PersonRecord:
    """The customer of a row; of an order's row, the one who bought."""
    family, given = cells.text(Field.PERSON_FAMILY), cells.text(Field.PERSON_GIVEN)
    name = cells.text(Field.PERSON_NAME) or shown_name(family, given)
    external = read.spared(cells.text(Field.PERSON_ID))
    phones = _phones(cells)
    return PersonRecord(
        source=source,
        external_ids=((source, external),) if external else (),
        name=name,
        family_name=family,
        given_name=given,
        kana=cells.text(Field.PERSON_KANA),
        family_kana=cells.text(Field.PERSON_FAMILY_KANA),
        given_kana=cells.text(Field.PERSON_GIVEN_KANA),
        emails=_emails(cells),
        phones=phones,
        company=cells.text(Field.PERSON_COMPANY),
        address=_home(cells),
        language=cells.text(Field.PERSON_LANGUAGE),
        birthday=cells.day(Field.PERSON_BIRTHDAY),
        since=cells.moment(Field.PERSON_SINCE),
        tags=tuple(
            dict.fromkeys(tag for text in cells.texts(Field.PERSON_TAGS) for tag in read.several(text))
        ),
        consent_email=_consent_email(cells),
        consent_sms=read.yes_or_no(cells.text(Field.CONSENT_SMS)),
        total_spent=_total_spent(cells),
        order_count=_order_count(cells),
        note="\n".join(cells.texts(Field.PERSON_NOTE)),
        line_numbers=(cells.line,),
    )


def shown_name(family: str, given: str) -> str:
    """Both names in one: family name first where either is written in kana or kanji."""
    japanese = any("\u3041" <= char <= "\u9fff" for char in family + given)
    return " ".join(filter(None, (family, given) if japanese else (given, family)))


def _emails(cells: Cells) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in cells.texts(Field.PERSON_EMAIL):
        whole = read.email(text)
        for part in [text] if whole else read.several(text) or [text]:
            address = whole or read.email(part)
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


def _home(cells: Cells) -> AddressRecord:
    return AddressRecord(
        country=cells.text(Field.PERSON_COUNTRY),
        province=cells.text(Field.PERSON_PROVINCE),
        city=cells.text(Field.PERSON_CITY),
        postal_code=read.postal_code(cells.texts(Field.PERSON_POSTAL_CODE)),
        lines=tuple(cells.texts(Field.PERSON_LINE)),
    )


def _consent_email(cells: Cells) -> bool | None:
    """A refusal counts more than a consent in the same row."""
    if read.yes_or_no(cells.text(Field.REFUSAL_EMAIL)):
        return False
    return read.yes_or_no(cells.text(Field.CONSENT_EMAIL))


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
