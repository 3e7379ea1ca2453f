"""Settings › Promises: which expectation classes apply, and what is challenged before sending."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mikomi.core.access.rules import Permission
from mikomi.promises import operations, queries
from mikomi.promises.models import Promise
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page

MEANINGS = {
    "honest": gettext_lazy("we say what is true, also when it is not in our favour"),
    "explicit": gettext_lazy("what was said or written: a date, a price, a number"),
    "implicit": gettext_lazy("nobody said it, but everybody expects it: the norm, a competitor's level"),
    "easy": gettext_lazy("it goes quickly, and without hassle"),
    "human": gettext_lazy("kind, attentive, by somebody who can decide"),
    "static": gettext_lazy("how it is: usability, quality, reliability, accessibility"),
    "dynamic": gettext_lazy("how it goes on: support, features, upgrades"),
    "technological": gettext_lazy("up to date, and what it says of the one who has it"),
    "simple": gettext_lazy("no more than is needed, and understood at once"),
    "supported": gettext_lazy("somebody is there, for as long as it is used"),
}


class LedgerForm(forms.Form):
    """What the business decides about its promises."""

    classes = forms.MultipleChoiceField(
        label=gettext_lazy("Which expectations apply to us"),
        choices=[(key, label) for key, label in Promise.ExpectationClass.choices],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one of the ten classes.")},
    )
    challenge_below = forms.IntegerField(
        label=gettext_lazy("Challenge a date that was kept in less than … % of cases like it"),
        min_value=0,
        max_value=100,
    )
    challenges_vague = forms.BooleanField(
        label=gettext_lazy("Challenge vague wording (“soon”, “as early as possible”)"), required=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def promises(request: StaffRequest) -> HttpResponse:
    """The classes and the challenges."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    policy = queries.policy()
    first: dict[str, Any] = {
        "classes": queries.expectation_classes(),
        "challenge_below": round(100 * policy.challenge_below),
        "challenges_vague": policy.challenges_vague,
    }
    form = LedgerForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        operations.set_ledger_policy(
            actor=request.actor,
            classes=data["classes"],
            challenge_below=data["challenge_below"] / 100,
            challenges_vague=data["challenges_vague"],
        )
        messages.success(request, _("Saved."))
        return redirect("settings_promises")
    context = {"form": form, "meanings": MEANINGS}
    return section_page(
        request, "settings/promises.jinja", "settings_promises", context, 422 if form.errors else 200
    )
