"""Settings › Absences: who is not at work when. The chance of keeping a promise depends on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mikomi.core import clock
from mikomi.core.access import operations, queries
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import zone
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page

_DAY = {"type": "date"}


class AbsenceForm(forms.Form):
    """Some days of one person: oneself, or anybody for who manages people."""

    user_id = forms.TypedChoiceField(label=gettext_lazy("Who"), coerce=int)
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs=_DAY))
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs=_DAY))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        everybody = actor.may(Permission.USERS_MANAGE)
        people = [user for user in queries.users(actor=actor) if everybody or user.pk == actor.user_id]
        field = self.fields["user_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(user.pk, str(user)) for user in people]
        field.initial = actor.user_id


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def absences(request: StaffRequest) -> HttpResponse:
    """Who is away from today on, and the form for more."""
    today = clock.now().astimezone(zone()).date()
    found = list(queries.absences_from(actor=request.actor, day=today))
    form = AbsenceForm(request.POST if request.method == "POST" else None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            operations.record_absence(actor=request.actor, **form.cleaned_data)
        except operations.AbsenceError as error:
            form.add_error("last_day", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("settings_absences")
    mine = request.actor.user_id
    may_all = request.actor.may(Permission.USERS_MANAGE)
    rows = [(row, may_all or row.user_id == mine) for row in found]
    status = 422 if form.errors else 200
    return section_page(
        request, "settings/absences.jinja", "settings_absences", {"absences": rows, "form": form}, status
    )


@require_POST
@staff_page
def cancel(request: StaffRequest, absence_id: int) -> HttpResponse:
    """They are at work after all."""
    operations.cancel_absence(actor=request.actor, absence_id=absence_id)
    messages.success(request, _("Taken back."))
    return redirect("settings_absences")
