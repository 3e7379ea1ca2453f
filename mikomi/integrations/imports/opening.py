"""The file of an import: recognised when it comes, opened the same way each time after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from mikomi.core import clock
from mikomi.core.business import queries as business
from mikomi.core.files.models import StoredFile
from mikomi.core.files.queries import source
from mikomi.integrations.files import formats
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import Kind
from mikomi.integrations.files.headers import fingerprint
from mikomi.integrations.files.issues import WARNING
from mikomi.integrations.files.reading import Reading, read_file
from mikomi.integrations.files.settings import ParseSettings
from mikomi.integrations.imports import cards
from mikomi.integrations.imports.cards import Cards
from mikomi.integrations.models import ImportJob, RememberedMapping

_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column for the mapping screen: its name, some of its values, and the field it is taken for ("": none)."""

    name: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a file is. `issues`: as stored; `mapping`: one that was remembered; `needs_mapping`: columns are missing."""

    content: Kind
    format_key: str
    source: str
    issues: list[dict[str, object]]
    mapping: dict[str, str]
    is_refused: bool
    needs_mapping: bool


def recognise_file(file: StoredFile, content: str) -> Recognition:
    """Look at the beginning of the file; `content` is what the user said it is, "" for either."""
    if cards.is_cards(source(file.pk)):
        return _recognised_cards(content)
    if content:
        return _recognise(file, cast(Kind, content))[0]
    orders, looks_like_orders = _recognise(file, "orders")
    if looks_like_orders or not (orders.is_refused or orders.needs_mapping):
        return orders
    customers, _any = _recognise(file, "customers")
    return orders if customers.is_refused and orders.needs_mapping else customers


def _recognised_cards(content: str) -> Recognition:
    wrong = {"line": 0, "code": "wrong_kind_customers", "params": {"format": "vCard"}}
    return Recognition(
        content="customers",
        format_key=cards.FORMAT,
        source=cards.FORMAT,
        issues=[] if content in ("", "customers") else [wrong],
        mapping={},
        is_refused=content not in ("", "customers"),
        needs_mapping=False,
    )


def _recognise(file: StoredFile, kind: Kind) -> tuple[Recognition, bool]:
    """How the file reads as this kind, and whether it has order numbers, whatever else it lacks."""
    with _read(file, kind, None) as reading:
        remembered = _remembered(reading, kind) if reading.refused else {}
        has_numbers = Field.NUMBER in reading.match.mapping.values()
    if remembered:
        with _read(file, kind, remembered) as reading:
            return _recognition(reading, kind, remembered), has_numbers
    return _recognition(reading, kind, {}), has_numbers


def _recognition(reading: Reading, kind: Kind, mapping: dict[str, str]) -> Recognition:
    wrong = [issue for issue in reading.issues if issue.severity != WARNING]
    return Recognition(
        content=kind,
        format_key=reading.match.format.name,
        source=reading.match.format.source,
        issues=[{"line": one.line, "code": one.code, "params": one.params} for one in reading.issues],
        mapping=mapping,
        is_refused=any(one.code != "missing_columns" for one in wrong),
        needs_mapping=bool(wrong) and all(one.code == "missing_columns" for one in wrong),
    )


def _remembered(reading: Reading, kind: Kind) -> dict[str, str]:
    key = fingerprint(reading.match.header)
    row = RememberedMapping.objects.filter(fingerprint=key, content=kind).first()
    return dict(row.mapping) if row else {}


def has_columns(job: ImportJob) -> bool:
    """Whether the file is a table, whose columns can be matched by hand."""
    return job.format_key != cards.FORMAT


def open_job(job: ImportJob) -> Reading | Cards:
    """The file of a job, ready to give its records; the caller closes it. `FileNotFoundError` if its bytes are gone."""
    return open_table(job) if has_columns(job) else Cards(source(job.file_id), _settings(job.created_at))


def open_table(job: ImportJob) -> Reading:
    """The table of a job as its mapping reads it; see `open_job`."""
    settings = _settings(job.created_at, job.day_first)
    return read_file(source(job.file_id), cast(Kind, job.content), settings, job.mapping or None)


def _read(file: StoredFile, kind: Kind, mapping: Mapping[str, str] | None) -> Reading:
    return read_file(source(file.pk), kind, _settings(clock.now()), mapping)


def _settings(came_at: datetime, day_first: bool | None = None) -> ParseSettings:
    shop = business.business()
    return ParseSettings(zone=shop.zone, currency=shop.currency, day_first=day_first, now=came_at)


def columns_of(job: ImportJob) -> list[Column]:
    """The columns of the file with some values each, and what each is taken for now."""
    with open_table(job) as reading:
        rows = reading.sample(20)
        names, match = reading.match.header, reading.match
    return [
        Column(name, _samples([row.cells for row in rows], place), str(match.mapping.get(name, "")))
        for place, name in enumerate(names)
        if name
    ]


def _samples(rows: list[list[str]], place: int) -> tuple[str, ...]:
    values = (cells[place].strip()[:80] for cells in rows if place < len(cells))
    return tuple(dict.fromkeys(value for value in values if value))[:_SAMPLES]


def fields_of(content: str) -> list[Field]:
    """The fields that a file of this content can hold."""
    measured = [one for one in Field if one.startswith("measurement.")]
    if content == "measurements":
        return measured
    rest = [one for one in Field if one not in measured]
    return [one for one in rest if content == "orders" or one.startswith("person.")]


def needed_of(content: str) -> tuple[tuple[Field, ...], ...]:
    """Groups of fields: of each, one must have a column."""
    return formats.USUAL[cast(Kind, content)].needed
