"""Queries whose SQL is put together once: what a page asks each time, with other values.

To put a QuerySet together and to turn it into SQL takes five to ten times as long as the database takes to answer a
small question (docs/measurements.md). A function that is decorated does it once for each of its shapes:

    @kept("until")
    def follow_ups(*, actor: Actor, until: datetime, size: int = 20) -> QuerySet[RecoveryCase]:
        return visible_cases(actor).filter(follow_up_at__lte=until).order_by("follow_up_at", "id")[:size]

    follow_ups(actor=actor, until=now)      # the rows, as a list

What is named in the decorator is a value (or a list of values) that differs from call to call. It may only be compared
with columns; a list with the id behind a foreign key (`customer__id__in`). Everything else belongs to the shape: it is
hashable and few-valued. The function looks neither at the clock nor at the database, for it isn't called again for the
same shape.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import UTC, date, datetime
from functools import lru_cache, wraps
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Aggregate,
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    Field,
    Model,
    QuerySet,
    Value,
)
from django.db.models.query import ModelIterable, ValuesListIterable

M = TypeVar("M", bound=Model)
_SHAPES = 500
_MANY = 512
"""A longer list of values is asked for without being kept."""
_FIELDS: dict[type[Any], Field[Any, Any]] = {
    datetime: DateTimeField(), date: DateField(), int: BigIntegerField(), str: CharField(),
}  # fmt: skip


class Hole(Value):
    """Stands in the statement for a value that is given with each call."""

    def __init__(self, name: str, position: int, kind: type[Any]) -> None:
        super().__init__(None, output_field=_FIELDS[kind])
        self.place = (name, position)
        self.kind = kind

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A placeholder, and this hole itself as its value."""
        return "%s", (self,)

    def fill(self, values: dict[str, list[Any]]) -> Any:
        """The value, as the database takes it."""
        name, position = self.place
        value = values[name][position]
        if self.kind is int or self.kind is str:
            return value
        return _FIELDS[self.kind].get_db_prep_value(value, connection)


class Statement:
    """The SQL of a QuerySet with its holes, and what is needed to make rows of the answer."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        if queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise TypeError("A kept query can't prefetch.")
        self._makes_rows = queryset._iterable_class is ModelIterable
        if not self._makes_rows and queryset._iterable_class is not ValuesListIterable:
            raise TypeError("A kept query gives rows or tuples.")
        self._compiler = queryset.query.get_compiler(connection=connection)
        self._sql, self._params = self._compiler.as_sql()
        columns = [column for column, _, _ in self._compiler.select[: self._compiler.col_count]]
        self._converters = {
            place: ([_quicker(one) for one in converters], column)
            for place, (converters, column) in self._compiler.get_converters(columns).items()
        }

    def ask(self, values: dict[str, list[Any]]) -> list[Any]:
        """The rows for these values."""
        params = tuple(one.fill(values) if isinstance(one, Hole) else one for one in self._params)
        compiler = copy(self._compiler)
        compiler.connection = connection  # this thread's
        compiler.as_sql = lambda *_args, **_options: (self._sql, params)
        compiler.get_converters = lambda _columns: self._converters
        if not self._makes_rows:
            return list(compiler.results_iter(tuple_expected=True))
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        source = SimpleNamespace(db=connection.alias, query=query, _known_related_objects={})
        return list(ModelIterable(cast(Any, source)))


def _quicker(convert: Callable[..., Any]) -> Callable[..., Any]:
    """SQLite's converter of moments asks the settings for each; a page reads hundreds."""
    if connection.vendor != "sqlite" or convert != connection.ops.convert_datetimefield_value:  # type: ignore[attr-defined]
        return convert

    def in_utc(value: Any, expression: Any, database: Any) -> Any:
        if type(value) is datetime and value.tzinfo is None and database.timezone is UTC:
            return value.replace(tzinfo=UTC)
        return convert(value, expression, database)

    return in_utc


def totals(rows: QuerySet[M], **aggregates: Aggregate) -> QuerySet[M, Any]:
    """The aggregates of all these rows as one tuple, for a kept query: what `QuerySet.aggregate` asks."""
    grouped = rows.order_by().values(_all=Value(1)).annotate(**aggregates)
    return cast("QuerySet[M, Any]", grouped.values_list(*aggregates))


def kept(*names: str) -> Callable[[Callable[..., QuerySet[M, Any]]], Callable[..., list[Any]]]:
    """Keep the statements of the decorated function; `names`: its arguments that are values."""

    def decorate(build: Callable[..., QuerySet[M, Any]]) -> Callable[..., list[Any]]:
        @lru_cache(maxsize=_SHAPES)
        def statement(
            shape: tuple[tuple[str, Any], ...], holes: tuple[tuple[str, type[Any], int], ...]
        ) -> Statement:
            return Statement(
                build(**dict(shape), **{name: _holes(name, kind, count) for name, kind, count in holes})
            )

        @wraps(build)
        def ask(**given: Any) -> list[Any]:
            values = {name: given.pop(name) for name in names}
            lists = [value for value in values.values() if isinstance(value, list)]
            if not all(0 < len(value) <= _MANY for value in lists):
                return list(build(**given, **values))
            filled = {name: _filled_up(value) for name, value in values.items()}
            holes = tuple((name, *_form(name, value)) for name, value in filled.items())
            try:
                found = statement(tuple(given.items()), holes)
            except EmptyResultSet:
                return []
            return found.ask(
                {name: value if isinstance(value, list) else [value] for name, value in filled.items()}
            )

        return ask

    return decorate


def _filled_up(value: Any) -> Any:
    """A list made as long as the next power of two by repeating its end: so there are few lengths of statements."""
    if not isinstance(value, list):
        return value
    wanted = 1 << (len(value) - 1).bit_length()
    return value + value[-1:] * (wanted - len(value))


def _form(name: str, value: Any) -> tuple[type[Any], int]:
    """Its type and, of a list, its length. Raises `TypeError` for a value that no hole can take."""
    kind, count = (type(value[0]), len(value)) if isinstance(value, list) else (type(value), 0)
    if kind not in _FIELDS:
        raise TypeError(f"{name} can't be a value of a kept query: {kind.__name__}.")
    return kind, count


def _holes(name: str, kind: type[Any], count: int) -> Hole | list[Hole]:
    """One hole for a single value (count 0), a list of them for a list."""
    return [Hole(name, position, kind) for position in range(count)] if count else Hole(name, 0, kind)
