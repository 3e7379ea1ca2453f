"""What is asked about, and what the business decides about quotes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mikomi.core.business import queries as business
from mikomi.promises.models import Promise, QuotePolicy
from mikomi.promises.quotable import WORKS

KINDS = [(kind.value, kind.label) for kind in Promise.Kind if kind in WORKS]


class QuoteForm(forms.Form):
    """What may I promise for this, to there, from here?"""

    kind = forms.ChoiceField(label=_("Kind of promise"), choices=KINDS, initial="delivery")
    store = forms.ChoiceField(label=_("Store"), required=False)
    region = forms.CharField(label=_("To (region)"), max_length=20, required=False)
    carrier = forms.CharField(label=_("Carrier"), max_length=20, required=False)
    product = forms.CharField(label=_("Product (code)"), max_length=128, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["store"]
        assert isinstance(field, forms.ChoiceField)
        stores = [(store.code, store.name) for store in business.stores() if store.code]
        field.choices = [("", pgettext_lazy("stores", "All stores")), *stores]

    def group(self) -> str:
        """The group of comparable cases: store/region/carrier, as far as it is given."""
        parts = [
            self.cleaned_data.get(name, "").replace("/", " ").strip()
            for name in ("store", "region", "carrier")
        ]
        return "/".join(parts).rstrip("/")


class PolicyForm(forms.Form):
    """Whether the quote decides about orders without a date; what is promised where there are too few cases."""

    order_confidence = forms.FloatField(
        label=_("Promise orders without a date at this confidence (%)"),
        help_text=_("Empty: by the constant number of working days of the business."),
        min_value=50,
        max_value=99,
        required=False,
    )

    def __init__(self, *args: Any, policy: QuotePolicy, **options: Any) -> None:
        super().__init__(*args, **options)
        if policy.order_confidence is not None:
            self.initial["order_confidence"] = round(100 * policy.order_confidence, 1)
        for kind, label in KINDS:
            self.fields[f"norm_{kind}"] = forms.FloatField(
                label=label, min_value=0.01, max_value=3650, required=False, initial=policy.norms.get(kind)
            )

    def confidence(self) -> float | None:
        """0.5…0.99; none: the constant."""
        value = self.cleaned_data["order_confidence"]
        return None if value is None else value / 100

    def norms(self) -> dict[str, float]:
        """Days by kind, where given."""
        found = {kind: self.cleaned_data[f"norm_{kind}"] for kind, _label in KINDS}
        return {kind: days for kind, days in found.items() if days is not None}
