"""Settings › API tokens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mikomi.core.access import operations, queries
from mikomi.core.access.actor import Actor
from mikomi.web import words
from mikomi.web.forms import MomentField
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


class TokenForm(forms.Form):
    """A token's name, rights and end."""

    name = forms.CharField(label=gettext_lazy("What for"), max_length=100)
    scopes = forms.MultipleChoiceField(label=gettext_lazy("Rights"), widget=forms.CheckboxSelectMultiple)
    expires_at = MomentField(label=gettext_lazy("Ends"), required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(right.value, words.RIGHTS[right.value]) for right in sorted(actor.permissions)]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def tokens(request: StaffRequest) -> HttpResponse:
    """All tokens; a new one's key is shown this once."""
    known = list(queries.tokens(actor=request.actor))
    form = TokenForm(request.POST or None, actor=request.actor)
    key = ""
    if request.method == "POST" and form.is_valid():
        try:
            token, key = operations.create_token(actor=request.actor, **form.cleaned_data)
        except operations.AccessError as error:
            form.add_error(None, str(error))
        else:
            known.insert(0, token)
            form = TokenForm(actor=request.actor)
    context = {"form": form, "tokens": known, "key": key}
    return section_page(
        request, "settings/programs.jinja", "settings_programs", context, 422 if form.errors else 200
    )


@require_POST
@staff_page
def revoke(request: StaffRequest, token_id: int) -> HttpResponse:
    """End a token at once."""
    operations.revoke_token(actor=request.actor, token_id=token_id)
    messages.success(request, _("The token no longer works."))
    return redirect("settings_programs")
