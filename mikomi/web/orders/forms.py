"""What a person may report of an order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mikomi.promises.reasons import REASONS
from mikomi.web.forms import MomentField

KINDS = [
    ("shipped", pgettext_lazy("report", "It was shipped")),
    ("delivered", pgettext_lazy("report", "It was delivered")),
    ("estimated", pgettext_lazy("report", "It is expected at another time")),
]


class StepForm(forms.Form):
    """A step in an order's life."""

    kind = forms.ChoiceField(label=pgettext_lazy("order", "What happened"), choices=KINDS)
    at = MomentField(
        label=_("When"), required=False, help_text=_("Empty: just now. For an estimate: when it will arrive.")
    )
    carrier = forms.CharField(label=_("Carrier"), max_length=64, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=128, required=False)
    reason = forms.ChoiceField(
        label=_("Reason of the delay"), choices=[("", _("not known")), *REASONS.items()], required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == "estimated" and not data.get("at") and "at" not in self.errors:
            self.add_error("at", _("Say when it will be there."))
        return data
