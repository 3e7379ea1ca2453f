"""What forms share."""

from __future__ import annotations

from django import forms

from mikomi.web.forms import add_errors


class MailboxForm(forms.Form):
    address = forms.CharField()
    team = forms.CharField()


def test_an_operations_sentences_stand_beside_their_fields() -> None:
    form = MailboxForm({"address": "a", "team": "b"})
    add_errors(form, {"address": "taken", "team_id": "gone", "folders": "too many"})
    assert {name: list(texts) for name, texts in form.errors.items()} == {
        "address": ["taken"], "team": ["gone"], "__all__": ["too many"],
    }  # fmt: skip
