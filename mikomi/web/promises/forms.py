"""What can be done with a promise: new terms, evidence."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from mikomi.promises.models import Evidence, Promise, Renegotiation
from mikomi.promises.reasons import REASONS
from mikomi.web.forms import MomentField

# What a person may report of each kind of promise; the rest comes by itself.
BY_HAND = {
    Promise.Kind.DELIVERY: (Evidence.Kind.ESTIMATE, Evidence.Kind.SHIPPED, Evidence.Kind.DELIVERED),
    Promise.Kind.SHIPPING: (Evidence.Kind.ESTIMATE, Evidence.Kind.SHIPPED),
    Promise.Kind.CALLBACK: (Evidence.Kind.CALLED, Evidence.Kind.ESTIMATE),
    Promise.Kind.ANSWER: (Evidence.Kind.ANSWERED,),
    Promise.Kind.CUSTOM: (Evidence.Kind.DONE, Evidence.Kind.ESTIMATE),
    Promise.Kind.BOOKING: (Evidence.Kind.MEASURED, Evidence.Kind.DONE, Evidence.Kind.ESTIMATE),
    Promise.Kind.PRICE: (Evidence.Kind.MEASURED, Evidence.Kind.HELD, Evidence.Kind.FAILED),
    Promise.Kind.AVAILABILITY: (Evidence.Kind.HELD, Evidence.Kind.FAILED),
    Promise.Kind.CLAIM: (Evidence.Kind.HELD, Evidence.Kind.FAILED),
    Promise.Kind.ATTRIBUTE: (Evidence.Kind.HELD, Evidence.Kind.FAILED),
    Promise.Kind.SERVICE_LEVEL: (Evidence.Kind.HELD, Evidence.Kind.FAILED),
    Promise.Kind.NORM: (Evidence.Kind.HELD, Evidence.Kind.SURPASSED, Evidence.Kind.FAILED),
}


class TermsForm(forms.Form):
    """New terms: asked of the customer, or agreed with them by phone, face to face or in writing."""

    due_at = MomentField(label=_("New date"))
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("not known")), *REASONS.items()], required=False
    )
    statement = forms.CharField(label=_("In new words"), max_length=2000, required=False)
    how = forms.ChoiceField(
        label=_("How the customer agrees"),
        choices=[
            ("ask", _("ask them now: a message with a link")),
            (Renegotiation.By.PHONE.value, _("they agreed by phone")),
            (Renegotiation.By.COUNTER.value, _("they agreed face to face")),
            (Renegotiation.By.WRITING.value, _("they agreed in writing")),
        ],
    )
    words = forms.CharField(
        label=_("To the customer"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    note = forms.CharField(
        label=_("Note for colleagues"),
        help_text=_("Needed when they agreed already: who, and what was said."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: object, has_date: bool = True, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        if not has_date:
            del self.fields["due_at"]


class MoreTermsForm(forms.Form):
    """New terms of a promise to many: they have no answer to give, only the words change."""

    statement = forms.CharField(label=_("In new words"), max_length=2000)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("not known")), *REASONS.items()], required=False
    )
    note = forms.CharField(label=_("Note for colleagues"), max_length=2000, required=False)


class ResolutionForm(forms.Form):
    """What is decided about a dispute."""

    verdict = forms.ChoiceField(
        label=_("Who is right?"),
        choices=[("upheld", _("The customer is right")), ("refused", _("Our record stands"))],
    )
    resolution = forms.CharField(
        label=_("Why"), help_text=_("The customer reads it."), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class EvidenceForm(forms.Form):
    """What somebody saw or knows."""

    kind = forms.ChoiceField(label=_("What was seen"))
    occurred_at = MomentField(label=_("When"), required=False, help_text=_("Empty: just now."))
    reading = forms.FloatField(
        label=_("How much"), required=False, help_text=_("What was measured, in the unit of the promise.")
    )
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
        kinds = BY_HAND[Promise.Kind(promise_kind)]
        field.choices = [(kind.value, kind.label) for kind in kinds]
        if Evidence.Kind.MEASURED not in kinds:
            del self.fields["reading"]
        if Evidence.Kind.ESTIMATE not in kinds:
            del self.fields["expected_at"]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("kind") == Evidence.Kind.MEASURED and data.get("reading") is None:
            self.add_error("reading", _("Say how much it was."))
        if data.get("kind") == Evidence.Kind.ESTIMATE and not data.get("expected_at"):
            self.add_error("expected_at", _("Say when it will be there."))
        return data
