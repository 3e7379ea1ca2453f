"""Settings › Notices: how customers are told that a promise slips."""

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
from mikomi.promises.models import NoticePolicy, Promise
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page

_KINDS = ("delivery", "shipping", "booking", "callback", "custom")
LONGEST_GATHERING = 24 * 60  # minutes


class NoticeForm(forms.Form):
    """One kind of promise."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of promise"), required=False,
        choices=[("", gettext_lazy("every other kind")), *((one, Promise.Kind(one).label) for one in _KINDS)],
    )  # fmt: skip
    tells = forms.ChoiceField(
        label=gettext_lazy("When customers are told"), choices=NoticePolicy.Tells.choices, initial="dated"
    )
    approval = forms.ChoiceField(
        label=gettext_lazy("Who sends it"), choices=NoticePolicy.Approval.choices, initial="business"
    )
    gather_minutes = forms.IntegerField(
        label=gettext_lazy("Gathered for (minutes)"), min_value=0, max_value=LONGEST_GATHERING, initial=10
    )


NoticeFormSet = forms.formset_factory(NoticeForm, extra=1, can_delete=True, max_num=len(_KINDS) + 1)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def notices(request: StaffRequest) -> HttpResponse:
    """The policies of all kinds, at once."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    names = ("kind", "tells", "approval", "gather_minutes")
    first = [
        {name: getattr(row, name) for name in names} for row in queries.notice_policies(actor=request.actor)
    ]
    formset = NoticeFormSet(request.POST or None, initial=first)
    problem = ""
    if request.method == "POST" and formset.is_valid():
        try:
            operations.set_notice_policies(actor=request.actor, policies=_kept(formset))
        except operations.NoticePolicyError as error:
            problem = str(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings_notices")
    wrong = problem or (formset.is_bound and not formset.is_valid())
    context = {"formset": formset, "problem": problem}
    return section_page(request, "settings/notices.jinja", "settings_notices", context, 422 if wrong else 200)


def _kept(formset: Any) -> list[NoticePolicy]:
    rows = [form.cleaned_data for form in formset if form.has_changed() or form.initial]
    return [
        NoticePolicy(**{name: value for name, value in row.items() if name != "DELETE"})
        for row in rows
        if row and not row.get("DELETE")
    ]
