"""Making a questionnaire, asking customers, taking sheets from a file."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from mikomi.feedback.models import Questionnaire


class QuestionnaireForm(forms.Form):
    """A questionnaire; things to ask about one a line: `key | words | 日本語`."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Questionnaire.Kind.choices)
    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("For colleagues; customers don't see it.")
    )
    items = forms.CharField(
        label=_("What to ask about"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For Kano and importance: one a line, as “key | English | Japanese”. The others are fixed."),
    )  # fmt: skip

    def parsed_items(self) -> list[dict[str, str]]:
        """The lines as items."""
        lines = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        found = []
        for line in lines:
            key, english, japanese = ([part.strip() for part in line.split("|")] + ["", ""])[:3]
            found.append({"key": key, "en": english, "ja": japanese})
        return found


class AskForm(forms.Form):
    """Whom to ask: customer numbers, or a segment."""

    segment_id = forms.TypedChoiceField(label=_("Segment"), coerce=int, empty_value=None)
    limit = forms.IntegerField(label=_("How many people at most"), min_value=1, max_value=200, initial=50)

    def __init__(self, *args: object, segments: list[tuple[int, str]], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        field = self.fields["segment_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = list(segments)


class SheetsForm(forms.Form):
    """A file of filled-in sheets."""

    file = forms.FileField(
        label=_("File of answers"), max_length=255,
        help_text=_("CSV: one row a person, columns named like the answers (e1, p1…), id, and a date if there is one."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )  # fmt: skip
