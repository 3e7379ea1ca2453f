"""The smallest questions to the database, asked many times a second: is there such a row, what are its columns.

A QuerySet takes six times as long to be put together as the database takes to answer (docs/measurements.md). These
two keep the statement. For columns of numbers and short texts only: values come as the driver gives them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

_FEW = 30
"""Statements with more values are not kept: each number of values is another statement."""


def exists(model: type[models.Model], **equal: Any) -> bool:
    """Whether a row has these values; a list, tuple or set of them: one of these; None: none."""
    return bool(_asked(model, ("1",), equal, " LIMIT 1"))


def rows(model: type[models.Model], columns: Sequence[str], **equal: Any) -> list[tuple[Any, ...]]:
    """These columns (by attribute name) of the rows that have these values, in no order."""
    return _asked(model, tuple(columns), equal, "")


def _asked(
    model: type[models.Model], columns: tuple[str, ...], equal: dict[str, Any], ending: str
) -> list[tuple[Any, ...]]:
    shape: list[tuple[str, int]] = []
    values: list[Any] = []
    for name, value in equal.items():
        many = isinstance(value, Collection) and not isinstance(value, str | bytes)
        wanted = list(value) if many else [] if value is None else [value]
        if many and not wanted:
            return []
        shape.append((name, len(wanted)))
        values += wanted
    put_together = _statement if len(values) <= _FEW else _statement.__wrapped__
    with connection.cursor() as cursor:
        cursor.execute(put_together(model, columns, tuple(shape)) + ending, values)
        return list(cursor.fetchall())


@lru_cache(maxsize=512)
def _statement(
    model: type[models.Model], columns: tuple[str, ...], shape: tuple[tuple[str, int], ...]
) -> str:
    wanted = ", ".join(name if name == "1" else _column(model, name) for name in columns)
    conditions = " AND ".join(_condition(_column(model, name), count) for name, count in shape)
    table = connection.ops.quote_name(model._meta.db_table)
    return f"SELECT {wanted} FROM {table} WHERE {conditions}"  # noqa: S608 - names of our own columns


def _condition(column: str, count: int) -> str:
    if count == 0:
        return f"{column} IS NULL"
    return f"{column} = %s" if count == 1 else f"{column} IN ({', '.join(['%s'] * count)})"


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return connection.ops.quote_name(field.column)
