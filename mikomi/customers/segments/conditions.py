"""Conditions of a segment: checked with errors in words, and compiled to one query.

{"all": [{"field": "language", "is": "is", "value": "ja"},
         {"any": [...]}, {"not": {...}}]}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateTimeField, Q, QuerySet
from django.utils.translation import gettext as _

from mikomi.core.business.queries import zone
from mikomi.customers.models import Customer
from mikomi.customers.queries.lists import living
from mikomi.customers.segments import fields
from mikomi.customers.segments.fields import Field

DEEPEST = 5
MOST_CONDITIONS = 50
LONGEST_TEXT = 200
LARGEST_NUMBER = 10**15


class InvalidSegmentError(ValueError):
    """The conditions can't be understood. `errors` has a sentence for each that is wrong."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(" ".join(errors))
        self.errors = errors


def compile_conditions(conditions: Mapping[str, Any], now: datetime) -> Q:
    """The conditions as one `Q` over customers. No conditions: everybody. Days are those of the business.

    Raises `InvalidSegmentError`.
    """
    compiler = _Compiler(now.astimezone(zone()))
    found = compiler.group(conditions, 1) if conditions else Q()
    if compiler.count > MOST_CONDITIONS:
        compiler.errors.append(_("A segment has at most %(count)s conditions.") % {"count": MOST_CONDITIONS})
    if compiler.errors:
        raise InvalidSegmentError(compiler.errors)
    return found


def members(conditions: Mapping[str, Any], now: datetime) -> QuerySet[Customer]:
    """The living customers who fulfil the conditions: one query. Raises `InvalidSegmentError`."""
    return living().filter(compile_conditions(conditions, now))


class _Compiler:
    """Walks the conditions, collects what is wrong, and builds the query."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.errors: list[str] = []
        self.count = 0

    def group(self, part: Any, depth: int) -> Q:
        if depth > DEEPEST:
            return self._wrong(_("Conditions stand at most %(depth)s levels deep.") % {"depth": DEEPEST})
        if not isinstance(part, Mapping):
            return self._wrong(_("A condition needs a field, or a group of conditions."))
        if "field" in part:
            return self._condition(part)
        if set(part) == {"not"}:
            return ~self.group(part["not"], depth + 1)
        if set(part) in ({"all"}, {"any"}):
            return self._members(next(iter(part)), next(iter(part.values())), depth)
        return self._wrong(_("A group of conditions is one of: all, any, not."))

    def _members(self, word: str, parts: Any, depth: int) -> Q:
        if not isinstance(parts, list) or not parts:
            return self._wrong(_("A group needs at least one condition."))
        if len(parts) > MOST_CONDITIONS:
            return self._wrong(_("A segment has at most %(count)s conditions.") % {"count": MOST_CONDITIONS})
        found = Q()
        for part in parts:
            one = self.group(part, depth + 1)
            found = found & one if word == "all" else found | one
        return found

    def _condition(self, part: Mapping[str, Any]) -> Q:
        self.count += 1
        name, operator = part.get("field"), part.get("is")
        field = fields.named(name) if isinstance(name, str) else None
        if field is None:
            return self._wrong(_("The field “%(name)s” doesn't exist.") % {"name": str(name)[:80]})
        if not isinstance(operator, str) or operator not in field.operators:
            return self._wrong(_("Choose how “%(field)s” is to be compared.") % {"field": field.label})
        try:
            value = None if operator in fields.WITHOUT_VALUE else _read(field, operator, part.get("value"))
        except ValueError as error:
            return self._wrong(_("%(field)s: %(problem)s") % {"field": field.label, "problem": error})
        if field.condition is not None:
            return field.condition(operator, value, self.now)
        return _compare(field, operator, value, self.now)

    def _wrong(self, sentence: str) -> Q:
        self.errors.append(sentence)
        return Q()


# Values, as a form or the API gives them. Each reader raises ValueError with a sentence.


def _read(field: Field, operator: str, value: Any) -> Any:
    if operator == "between":
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise ValueError(_("give the smallest and the largest value."))
        low, high = (_number(one) for one in value)
        if low > high:
            raise ValueError(_("the smallest value stands first."))
        return low, high
    if operator == "in":
        if not isinstance(value, list | tuple) or not value:
            raise ValueError(_("choose at least one."))
        return [_choice(field, one) for one in value[:MOST_CONDITIONS]]
    if operator in ("within_days", "not_within_days"):
        return _days(value)
    return _READERS[field.kind](field, value)


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT or "\0" in value:
        raise ValueError(_("write a text of 1 to %(count)s characters.") % {"count": LONGEST_TEXT})
    return value.strip()


def _choice(field: Field, value: Any) -> str:
    text = _text(field, value)
    if field.choices is not None and text not in field.choices():
        raise ValueError(_("choose one from the list."))
    return text


def _number(value: Any) -> int | float:
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST_NUMBER:
        raise ValueError(_("write a number."))
    return value


def _parsed(text: str) -> int | float | None:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def _days(value: Any) -> int:
    days = _number(value)
    if days != int(days) or not 0 <= days <= 36_500:
        raise ValueError(_("write a number of days."))
    return int(days)


def _date(field: Field, value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(_("write a date such as 2026-04-01.")) from None


def _flag(field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("choose yes or no."))
    return value


_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "choice": _choice,
    "number": lambda field, value: _number(value),
    "money": lambda field, value: _number(value),
    "date": _date,
    "flag": _flag,
    "set": _choice,
}


# Comparing a column


def _compare(field: Field, operator: str, value: Any, now: datetime) -> Q:
    path = field.path
    if operator in fields.WITHOUT_VALUE:
        known = ~Q(**{f"{path}__isnull": True})
        if field.kind == "text":
            known &= ~Q(**{path: ""})
        return known if operator == "not_empty" else ~known
    if operator == "is_not":
        return ~Q(**{path: value})
    if operator == "between":
        return Q(**{f"{path}__gte": value[0], f"{path}__lte": value[1]})
    if field.kind == "date":
        return _compare_date(path, operator, value, now)
    return Q(**{f"{path}{_LOOKUPS[operator]}": value})


_LOOKUPS = {
    "is": "",
    "in": "__in",
    "contains": "__icontains",
    "starts_with": "__istartswith",
    "at_least": "__gte",
    "at_most": "__lte",
}


def _compare_date(path: str, operator: str, value: Any, now: datetime) -> Q:
    """Moments are compared with the start of a day in the zone of `now`; a birthday is a plain date."""
    moments = isinstance(_column(path), DateTimeField)
    if operator in ("within_days", "not_within_days"):
        first = now - timedelta(days=value)
        span = (first, now) if moments else (first.date(), now.date())
        within = Q(**{f"{path}__gte": span[0], f"{path}__lte": span[1]})
        return within if operator == "within_days" else ~within
    start = datetime.combine(value, time(), now.tzinfo) if moments else value
    return Q(**{f"{path}__{'lt' if operator == 'before' else 'gte'}": start})


def _column(path: str) -> Any:
    """The column at the end of a path from the customer."""
    *steps, name = path.split("__")
    model: Any = Customer
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model._meta.get_field(name)
