"""The rows of a segment's form: field, operator, value. Read from a form, shown from stored conditions.

The form holds one group, all or any; deeper conditions, made through the API, are shown and kept as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from mikomi.core.money import exponent_of, parse_amount
from mikomi.core.text import whole_number
from mikomi.customers.segments import fields
from mikomi.customers.segments.fields import Field

MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the field's name (empty: not chosen yet), the operator, one or two values as typed."""

    field: str = ""
    operator: str = ""
    value: str = ""
    until: str = ""
    values: tuple[str, ...] = ()

    @property
    def known(self) -> Field | None:
        """The field that it asks for."""
        return fields.named(self.field)

    @property
    def operators(self) -> list[tuple[str, object]]:
        """What may be asked of the field."""
        return list(self.known.operators.items()) if self.known else []

    @property
    def chosen(self) -> str:
        """The operator, the field's first one where none fits."""
        names = [name for name, _word in self.operators]
        return self.operator if self.operator in names else next(iter(names), "")

    @property
    def input(self) -> str:
        """Which control the value needs: none, choice, many, flag, date, number, range or text."""
        field = self.known
        if field is None or self.chosen in fields.WITHOUT_VALUE:
            return "none"
        if self.chosen in ("between", "within_days", "not_within_days"):
            return "range" if self.chosen == "between" else "number"
        if field.choices is not None:
            return "many" if self.chosen == "in" else "choice"
        return {"flag": "flag", "date": "date", "number": "number", "money": "number"}.get(field.kind, "text")

    @property
    def options(self) -> list[tuple[str, object]]:
        """The words of a choice."""
        field = self.known
        return list(field.choices().items()) if field and field.choices else []


def read_rows(given: QueryDict) -> list[Row]:
    """The rows of a form, the empty ones left out."""
    numbers = [whole_number(one, digits=3) for one in given.getlist("row")]
    rows = [read_row(given, number) for number in numbers if number is not None][:MOST_ROWS]
    return [row for row in rows if row.field]


def read_row(given: QueryDict, number: int) -> Row:
    """One row."""

    def text(name: str) -> str:
        return str(given.get(f"{name}-{number}", ""))

    values = tuple(str(one) for one in given.getlist(f"value-{number}"))
    return Row(text("field"), text("operator"), text("value"), text("until"), values)


def conditions_of(match: str, rows: list[Row], currency: str) -> dict[str, Any]:
    """The rows as conditions. Raises `ValueError` with a sentence for an amount that can't be read."""
    parts = [_condition(row, currency) for row in rows]
    return {"any" if match == "any" else "all": parts} if parts else {}


def _condition(row: Row, currency: str) -> dict[str, Any]:
    found: dict[str, Any] = {"field": row.field, "is": row.chosen}
    if row.input == "range":
        found["value"] = [_value(row, row.value, currency), _value(row, row.until, currency)]
    elif row.input == "many":
        found["value"] = list(row.values)
    elif row.input != "none":
        found["value"] = _value(row, row.value, currency)
    return found


def _value(row: Row, text: str, currency: str) -> Any:
    """Money is typed in main units and compared in minor ones; a flag is yes or no."""
    field = row.known
    if field is not None and field.kind == "money":
        try:
            return parse_amount(text, currency).minor
        except ValueError as error:
            raise ValueError(_("%(field)s: write an amount.") % {"field": field.label}) from error
    return text == "yes" if row.input == "flag" else text


def rows_of(conditions: Mapping[str, Any], currency: str) -> tuple[str, list[Row]] | None:
    """`all` or `any` and the rows of stored conditions; none for those that a form can't show."""
    if not conditions:
        return "all", []
    if "field" in conditions:
        conditions = {"all": [conditions]}
    match = next(iter(conditions))
    parts = conditions[match]
    if len(conditions) != 1 or match not in ("all", "any") or not all("field" in part for part in parts):
        return None
    return match, [_row(part, currency) for part in parts]


def _row(part: Mapping[str, Any], currency: str) -> Row:
    field, value = fields.named(part["field"]), part.get("value", "")
    is_money = field is not None and field.kind == "money"

    def text(one: Any) -> str:
        if is_money and isinstance(one, int):
            return _amount(one, currency)
        return ("yes" if one else "no") if isinstance(one, bool) else str(one)

    shown = tuple(map(text, value)) if isinstance(value, list | tuple) else (text(value),)
    return Row(
        part["field"], part.get("is", ""), shown[0] if shown else "", shown[-1] if shown else "", shown
    )


def _amount(minor: int, currency: str) -> str:
    """An amount in main units as it is typed; `parse_amount` reads it back."""
    exponent = exponent_of(currency)
    whole, part = divmod(abs(minor), 10**exponent)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{part:0{exponent}d}" if exponent else f"{sign}{whole}"
