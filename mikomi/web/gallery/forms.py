"""A form with every kind of field, for the gallery."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

WAYS = [("email", _("E-mail")), ("phone", _("Telephone")), ("line", _("LINE"))]

ANSWERS = [("y", _("Yes")), ("n", _("Not yet"))]


class SampleForm(forms.Form):
    """Every widget that the design system dresses."""

    name = forms.CharField(label=_("Name"), help_text=_("As the customer writes it."))
    email = forms.EmailField(label=_("E-mail address"))
    due = forms.DateField(label=_("Promised day"), widget=forms.DateInput(attrs={"type": "date"}))
    way = forms.ChoiceField(label=_("Channel"), choices=WAYS)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    tell = forms.BooleanField(
        label=_("Tell the customer"), required=False, help_text=_("In their own language.")
    )
    answer = forms.ChoiceField(
        label=_("Is it solved?"), widget=forms.RadioSelect, choices=[("y", _("Yes")), ("n", _("Not yet"))]
    )
    file = forms.FileField(label=_("File"), required=False)
