"""Writing many rows at once: one prepared statement for all of them instead of long statements in pieces.

`insert` does what `bulk_create` does, some five times faster here (docs/measurements.md), and in one
statement whatever the number of rows. Keys are reserved first, so that rows which point at each other can be
built in memory. `update` writes the named columns of each row by its key, `change` the same values into the rows
that a condition finds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet

Convert = Callable[[Any], Any]
PORTION = 500
"""Rows deleted in one statement."""
_PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.FloatField,
)


class OutsideTransactionError(RuntimeError):
    """Keys are reserved and rows written inside one transaction only."""


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` fresh keys of the model's table, never used before and never again."""
    if not connection.in_atomic_block:
        raise OutsideTransactionError("Reserve keys inside the transaction that writes the rows.")
    if count == 0:
        return []
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # The transaction is IMMEDIATE: nobody else writes until it ends.
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            first = (row[0] if row else 0) + 1
            return list(range(first, first + count))
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, column, count],
        )
        return [row[0] for row in cursor.fetchall()]


def give_ids(rows: Sequence[models.Model]) -> None:
    """Give each row of one model, none of which is stored yet, its key."""
    if rows:
        name = rows[0]._meta.pk.attname
        for row, key in zip(rows, reserve_ids(type(rows[0]), len(rows)), strict=True):
            setattr(row, name, key)


@contextmanager
def much_in_one_transaction() -> Iterator[None]:
    """While many thousand rows are written at once: SQLite keeps more of what it changed in memory (at most 256 MB)
    instead of writing pages out, reading them again for the next index entry, and writing them once more."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute("PRAGMA cache_size = -262144")  # in KiB
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {int(before)}")


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Write new rows of one model; those without a key get one. `ignore_conflicts`: a row that breaks a
    unique constraint is left out."""
    if not rows:
        return
    model = type(rows[0])
    key = model._meta.pk.attname
    if len(rows) == 1 and not ignore_conflicts and getattr(rows[0], key) is None:
        _insert_one(rows[0])
    else:
        give_ids([row for row in rows if getattr(row, key) is None])
        names, converts = _plan(model, connection.vendor)
        ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
        _run(_insertion(model, names) + ending, _values(rows, names, converts))
    alias = connection.alias
    for row in rows:
        state = row._state
        state.adding, state.db = False, alias


def _insert_one(row: models.Model) -> None:
    """The database gives a single row its key as it writes it: one statement instead of two."""
    if not connection.in_atomic_block:
        raise OutsideTransactionError("Write rows inside a transaction.")
    model = type(row)
    key = model._meta.pk
    plan = zip(*_plan(model, connection.vendor), strict=True)
    names, converts = zip(*(pair for pair in plan if pair[0] != key.attname), strict=True)
    statement = f"{_insertion(model, names)} RETURNING {_column(model, key.attname)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, next(iter(_values([row], names, converts))))
        setattr(row, key.attname, cursor.fetchone()[0])


@lru_cache(maxsize=256)
def _insertion(model: type[models.Model], names: tuple[str, ...]) -> str:
    columns = ", ".join(_column(model, name) for name in names)
    return (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns})"  # noqa: S608 - names of our own columns
        f" VALUES ({', '.join(['%s'] * len(names))})"
    )


def update(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write these fields (by attribute name, `customer_id` for a foreign key) of each row, by its key."""
    if not rows:
        return
    model = type(rows[0])
    names, converts = _plan(model, connection.vendor)
    chosen = [(name, converts[names.index(name)]) for name in (*fields, model._meta.pk.attname)]
    wanted, converted = tuple(name for name, _ in chosen), tuple(how for _, how in chosen)
    _run(_change(model, tuple(fields), (model._meta.pk.attname,)), _values(rows, wanted, converted))


def delete_in_portions(rows: QuerySet[Any, Any]) -> int:
    """Delete these rows, each portion by itself, so that a write lock is held for a moment only (outside a
    transaction); how many. What is no more among them when its portion comes stays."""
    count = 0
    while keys := list(rows.values_list("pk", flat=True)[:PORTION]):
        count += rows.filter(pk__in=keys).delete()[0]
    return count


def change(model: type[models.Model], values: Mapping[str, Any], **equal: Any) -> int:
    """Write these values (by attribute name) into the rows that have those; how many: a claim of work that is checked.

    What `filter(…).update(…)` does, by a kept statement; `equal` holds plain values, None is none of them.
    """
    names, converts = _plan(model, connection.vendor)
    plan = dict(zip(names, converts, strict=True))
    written = [_converted(plan[name], value) for name, value in values.items()]
    with connection.cursor() as cursor:
        cursor.execute(_change(model, tuple(values), tuple(equal)), [*written, *equal.values()])
        return int(cursor.rowcount)


def _converted(convert: Convert | None, value: Any) -> Any:
    return value if convert is None or value is None else convert(value)


@lru_cache(maxsize=256)
def _change(model: type[models.Model], fields: tuple[str, ...], equal: tuple[str, ...]) -> str:
    changes = ", ".join(f"{_column(model, name)} = %s" for name in fields)
    conditions = " AND ".join(f"{_column(model, name)} = %s" for name in equal)
    table = connection.ops.quote_name(model._meta.db_table)
    return f"UPDATE {table} SET {changes} WHERE {conditions}"  # noqa: S608 - names of our own columns


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return connection.ops.quote_name(field.column)


def _run(statement: str, values: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(values))


def _values(
    rows: Sequence[models.Model], names: tuple[str, ...], converts: tuple[Convert | None, ...]
) -> Iterable[tuple[Any, ...]]:
    read = attrgetter(*names)
    todo = [(place, convert) for place, convert in enumerate(converts) if convert]
    # Rows of one call share many values (the same moment stands in several columns); they live as long as `rows`.
    known: dict[int, Any] = {}
    if not todo:
        yield from map(read, rows)
        return
    for row in rows:
        values = list(read(row))
        for place, convert in todo:
            value = values[place]
            if value is None:
                continue
            place_of = id(value)
            if place_of not in known:
                known[place_of] = convert(value)
            values[place] = known[place_of]
        yield tuple(values)


@lru_cache(maxsize=256)
def _plan(model: type[models.Model], vendor: str) -> tuple[tuple[str, ...], tuple[Convert | None, ...]]:
    """The attribute of each column, and how its value is written; none: as it is."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    return tuple(field.attname for field in fields), tuple(_convert(field, vendor) for field in fields)


def _convert(field: Any, vendor: str) -> Convert | None:
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.DateTimeField):
        return _sqlite_moment if vendor == "sqlite" else None
    if isinstance(target, models.JSONField) and vendor == "sqlite":
        return json.dumps
    if isinstance(target, _PLAIN):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


def _sqlite_moment(value: datetime) -> str:
    """As Django stores a moment in SQLite: UTC, without the zone."""
    text = str(value if value.tzinfo is UTC else value.astimezone(UTC))
    return text[:-6]  # without +00:00
