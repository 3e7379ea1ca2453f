"""The fields that a segment may ask for. Customers bring their own; apps above register theirs at start-up.

    fields.register(Field("orders.count", _("orders"), "number", path="standing__order_count"))

A field is either a column of the customer (`path`, through a one-to-one at most) or a condition of its own
(`condition`): a function of operator, value and the present moment that gives a `Q` over customers, usually an
`Exists` (`exists` helps), so that a row is never counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

Kind = Literal["text", "choice", "number", "money", "date", "flag", "set"]
Condition = Callable[[str, Any, datetime], Q]

OPERATORS: dict[str, dict[str, str | LazyText]] = {
    "text": {
        "is": _("is"),
        "is_not": _("is not"),
        "contains": _("contains"),
        "starts_with": _("starts with"),
        "empty": _("is empty"),
        "not_empty": _("is not empty"),
    },
    "choice": {"is": _("is"), "is_not": _("is not"), "in": _("is one of")},
    "number": {
        "is": _("is"),
        "at_least": _("is at least"),
        "at_most": _("is at most"),
        "between": _("is between"),
        "empty": _("is not known"),
        "not_empty": _("is known"),
    },
    "date": {
        "before": _("is before"),
        "from": _("is on or after"),
        "within_days": _("was within the last days"),
        "not_within_days": _("was not within the last days"),
        "empty": _("is not known"),
        "not_empty": _("is known"),
    },
    "flag": {"is": _("is")},
    "set": {"has": _("has"), "has_not": _("has not")},
}
OPERATORS["money"] = OPERATORS["number"]
"""The operators of each kind with their words; money is compared in minor units."""
WITHOUT_VALUE = frozenset({"empty", "not_empty"})


@dataclass(frozen=True, slots=True)
class Field:
    """Something to ask of a customer. `choices`: code → word, for a choice and for a set with known members."""

    name: str
    label: str | LazyText
    kind: Kind
    path: str = ""
    condition: Condition | None = None
    choices: Callable[[], Mapping[str, str | LazyText]] | None = None
    unit: str | LazyText = field(default="")

    @property
    def operators(self) -> dict[str, str | LazyText]:
        """What may be asked of this field."""
        return OPERATORS[self.kind]


class WrongFieldError(ValueError):
    """A field that can't be registered."""


_fields: dict[str, Field] = {}


def register(*new: Field) -> None:
    """Add fields. Raises `WrongFieldError` with a sentence that names the field."""
    for one in new:
        known = _fields.get(one.name)
        if known is not None and (known.kind, known.path) != (one.kind, one.path):
            raise WrongFieldError(f"Segment field {one.name!r} is registered twice.")
        if bool(one.path) == (one.condition is not None):
            raise WrongFieldError(f"Segment field {one.name!r} needs either a path or a condition.")
        if one.kind not in OPERATORS:
            raise WrongFieldError(f"Segment field {one.name!r} has the unknown kind {one.kind!r}.")
        _fields[one.name] = one


def named(name: str) -> Field | None:
    """The field of this name."""
    return _fields.get(name)


def all_fields() -> list[Field]:
    """Every field, by name."""
    return sorted(_fields.values(), key=lambda one: one.name)


def exists(rows: QuerySet[Any], path: str = "customer") -> Q:
    """That a living customer, or a record merged into them, has one of these rows (`path`: its foreign key)."""
    own = rows.filter(**{f"{path}_id": OuterRef("pk")})
    merged = rows.filter(**{f"{path}__merged_into_id": OuterRef("pk")})
    return Q(Exists(own)) | Q(Exists(merged))


def row_set(model: type[Model], column: str, path: str = "customer", **only: Any) -> Condition:
    """The condition of a set field: has, or has not, a row of `model` whose `column` is the value."""

    def condition(operator: str, value: Any, now: datetime) -> Q:
        found = exists(model._default_manager.filter(**{column: value}, **only), path)
        return found if operator == "has" else ~found

    return condition
