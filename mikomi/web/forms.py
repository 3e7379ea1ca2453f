"""Fields that several pages share: moments in the business's zone, hours of a day, amounts, refusals beside fields."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mikomi.core import clock


class MomentField(forms.DateTimeField):
    """A day and time in the zone of the business, from a `datetime-local` control."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"], **options)


class FutureField(MomentField):
    """A moment that has not passed."""

    default_error_messages = {"past": _("This moment has passed already.")}

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        if moment and moment <= clock.now():
            raise forms.ValidationError(self.error_messages["past"], code="past")
        return moment


class DayHoursField(forms.CharField):
    """The open intervals of one day as people write them: `10:00–13:00, 14:00–19:00`; empty: closed.

    Cleans to `[(600, 780), (840, 1140)]`, minutes since midnight.
    """

    default_error_messages = {"hours": _("Write hours like 10:00-19:00; several with a comma between.")}
    _SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~〜～ー]\s*(\d{1,2})[:：](\d{2})")

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        intervals = []
        for part in filter(None, re.split(r"[,、，;]\s*", text)):
            match = self._SPAN.fullmatch(part.strip())
            if match is None:
                raise forms.ValidationError(self.error_messages["hours"], code="hours")
            a, b, c, d = map(int, match.groups())
            intervals.append((a * 60 + b, c * 60 + d))
        return intervals


def say_hours(intervals: list[tuple[int, int]]) -> str:
    """The inverse of `DayHoursField.clean`."""
    return ", ".join(f"{a // 60}:{a % 60:02d}–{b // 60}:{b % 60:02d}" for a, b in intervals)


def add_errors(form: forms.Form, errors: dict[str, str]) -> None:
    """Put an operation's sentences beside the fields they are about (`team_id` is a form's `team`); those without a
    field above the form."""
    for name, sentence in errors.items():
        field = next((one for one in (name, name.removesuffix("_id")) if one in form.fields), None)
        form.add_error(field, sentence)
