"""Settings › Stores and teams."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mikomi.core.access.rules import Permission
from mikomi.core.business import operations, queries
from mikomi.core.business.models import Store
from mikomi.web.forms import add_errors
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


class StoreForm(forms.Form):
    """A store, new or known by its id."""

    store_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=64, help_text=gettext_lazy("How files and shops call it.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Store.Kind.choices)


class TeamForm(forms.Form):
    """A team, new or known by its id."""

    team_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    team_name = forms.CharField(label=gettext_lazy("Name"), max_length=100)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def places(request: StaffRequest) -> HttpResponse:
    """Stores and teams, with one form each."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    store_form = StoreForm(request.POST if "code" in request.POST else None)
    team_form = TeamForm(request.POST if "team_name" in request.POST else None)
    try:
        if store_form.is_bound and store_form.is_valid():
            operations.save_store(actor=request.actor, **store_form.cleaned_data)
            return _saved(request)
        if team_form.is_bound and team_form.is_valid():
            data = team_form.cleaned_data
            operations.save_team(actor=request.actor, name=data["team_name"], team_id=data["team_id"])
            return _saved(request)
    except operations.WrongSettingsError as error:
        add_errors(store_form if store_form.is_bound else team_form, error.errors)
    context = {
        "store_form": store_form,
        "team_form": team_form,
        "stores": list(queries.stores()),
        "teams": list(queries.teams()),
    }
    status = 422 if store_form.errors or team_form.errors else 200
    return section_page(request, "settings/places.jinja", "settings_places", context, status)


def _saved(request: StaffRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("settings_places")
