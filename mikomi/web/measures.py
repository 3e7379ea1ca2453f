"""How much is promised, in words: "at least 30 mpg (± 5)", 「60分」, ¥1,980."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mikomi.core.money import Money, format_money
from mikomi.promises.rules.kinds import Measure
from mikomi.web.figures import say_number


def measure_words(measure: Measure) -> str:
    """The number with its unit, its direction and what the customer accepts."""
    amount = _amount(measure.value, measure.unit)
    said = {
        "at_least": _("at least %(amount)s"),
        "at_most": _("at most %(amount)s"),
        "about": _("about %(amount)s"),
        "exactly": "%(amount)s",
    }.get(measure.direction, "%(amount)s") % {"amount": amount}
    if measure.attribute:
        said = pgettext("a measure", "%(attribute)s: %(amount)s") % {
            "attribute": measure.attribute,
            "amount": said,
        }
    if measure.tolerance:
        said += f" (± {say_number(_plain(measure.tolerance))})"
    return said


def reading_words(reading: float, measure: Measure | None) -> str:
    """A measured number in the unit of what was promised."""
    return _amount(reading, measure.unit if measure else "").strip()


def _amount(value: float, unit: str) -> str:
    if len(unit) == 3 and unit.isupper() and unit.isalpha() and value.is_integer():
        return format_money(Money(int(value), unit))
    minutes = unit in ("min", "minutes")
    return f"{say_number(_plain(value))} {_('minutes') if minutes else unit}"


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value
