"""What can be done with a promise: new terms, evidence."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from mikomi.promises.models import Evidence, Promise
from mikomi.promises.reasons import REASONS
from mikomi.web.forms import MomentField

# What a person may report of each kind of promise; the rest comes by itself.
BY_HAND = {
    Promise.Kind.DELIVERY: (Evidence.Kind.ESTIMATE, Evidence.Kind.SHIPPED, Evidence.Kind.DELIVERED),
    Promise.Kind.SHIPPING: (Evidence.Kind.ESTIMATE, Evidence.Kind.SHIPPED),
    Promise.Kind.CALLBACK: (Evidence.Kind.CALLED, Evidence.Kind.ESTIMATE),
    Promise.Kind.ANSWER: (Evidence.Kind.ANSWERED,),
    Promise.Kind.CUSTOM: (Evidence.Kind.DONE, Evidence.Kind.ESTIMATE),
}


class TermsForm(forms.Form):
    """New terms: agreed with the customer, with the reason."""

    due_at = MomentField(label=_("New date"))
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("not known")), *REASONS.items()], required=False
    )
    note = forms.CharField(
        label=_("Note for colleagues"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EvidenceForm(forms.Form):
    """What somebody saw or knows."""

    kind = forms.ChoiceField(label=_("What was seen"))
    occurred_at = MomentField(label=_("When"), required=False, help_text=_("Empty: just now."))
    expected_at = MomentField(
        label=_("New estimate"), required=False, help_text=_("Only for an estimate: when it will be there.")
    )
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("not known")), *REASONS.items()], required=False
    )
    note = forms.CharField(label=_("Note for colleagues"), max_length=2000, required=False)

    def __init__(self, *args: object, promise_kind: str, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, kind.label) for kind in BY_HAND[Promise.Kind(promise_kind)]]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("kind") == Evidence.Kind.ESTIMATE and not data.get("expected_at"):
            self.add_error("expected_at", _("Say when it will be there."))
        return data
