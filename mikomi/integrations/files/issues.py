"""What is wrong with a row or a file, by code, so that it can be said in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mikomi.integrations.files.marks import gettext_noop as _

ERROR = "error"  # the row is not taken
WARNING = "warning"  # the row is taken without this value

MESSAGES = {
    "empty_file": _("The file is empty."),
    "missing_columns": _("Columns are missing: %(columns)s."),
    "wrong_kind_orders": _("This is a file of orders (%(format)s), not of customers."),
    "wrong_kind_customers": _("This is a file of customers (%(format)s), not of orders."),
    "unreadable_characters": _("%(count)s characters could not be read. The file may be damaged."),
    "too_many_rows": _("Only the first %(limit)s rows were read; split the file."),
    "row_too_long": _("The row is too long to be read (more than %(limit)s characters)."),
    "unclosed_quote": _("A quotation mark is opened and never closed."),
    "too_many_cells": _("The row has %(cells)s cells, the header has only %(columns)s."),
    "missing_value": _("%(column)s is blank."),
    "bad_number": _("%(column)s: “%(value)s” is not a whole number."),
    "bad_amount": _("%(column)s: “%(value)s” is not an amount in %(currency)s."),
    "bad_currency": _("%(column)s: “%(value)s” is not a currency."),
    "bad_date": _("%(column)s: “%(value)s” is not a date."),
    "ambiguous_date": _("%(column)s: “%(value)s” can be two different days. Choose the order of day and month."),
    "bad_email": _("%(column)s: “%(value)s” is not an e-mail address."),
    "bad_phone": _("%(column)s: “%(value)s” is not a phone number."),
    "conflict": _("%(column)s: “%(value)s” differs from “%(first)s” in line %(first_line)s of the same order."),
    "no_person": _("Neither name nor e-mail address, phone number or customer number is given."),
    "bad_card": _("The card can't be read."),
    "bad_payload": _("%(column)s is missing or can't be read."),
}  # fmt: skip

_SHOWN = 80  # characters of a bad value that a message shows


@dataclass(frozen=True, slots=True)
class RowIssue:
    """One thing wrong at one place. `line`: number in the file (0: the whole file); `column`: as the file names it."""

    line: int
    column: str
    code: str
    params: dict[str, str | int] = field(default_factory=dict)
    severity: str = ERROR

    def message(self, translate: Callable[[str], str] = str) -> str:
        """The sentence; `translate` is gettext of the reader's language."""
        values = {"column": self.column, **self.params}
        if "format" in values:
            values["format"] = translate(str(values["format"]))
        return translate(MESSAGES[self.code]) % values


def bad_value(line: int, column: str, code: str, value: str, severity: str, **params: str | int) -> RowIssue:
    """An issue about a cell, its value shortened."""
    shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
    return RowIssue(line, column, code, {"value": shown, **params}, severity)
