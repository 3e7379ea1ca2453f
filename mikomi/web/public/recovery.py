"""Is it solved? The customer's word, from the link in our message."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from mikomi.conversations import queries
from mikomi.conversations.models import RecoveryCase
from mikomi.conversations.operations import recovery
from mikomi.web.public.pages import public_page


class ConfirmationForm(forms.Form):
    """Yes or no, and a few words if they like."""

    solved = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))])
    comment = forms.CharField(
        label=_("Anything you want to tell us"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, take the answer, thank. Opening the page alone answers nothing: mail programs open links by themselves."""
    try:
        found = queries.confirmation(token)
    except RecoveryCase.DoesNotExist as error:
        raise Http404 from error
    form = ConfirmationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        recovery.record_confirmation(token=token, solved=data["solved"] == "yes", comment=data["comment"])
        return redirect(f"{request.path}?thanks=1")
    context = {"case": found, "form": form, "thanks": "thanks" in request.GET}
    status = 422 if form.errors else 200
    return public_page(request, "public/confirmation.jinja", context, language=found.language, status=status)
