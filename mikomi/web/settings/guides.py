"""Settings › Recovery guides: what is proposed on a case once its cause is known."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mikomi.conversations import operations, queries
from mikomi.conversations.models import RecoveryGuide, Remedy
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import business
from mikomi.core.money import BadAmountError, exponent_of, parse_amount
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


class GuideForm(forms.Form):
    """The guide of one cause."""

    remedy_kind = forms.ChoiceField(
        label=gettext_lazy("Remedy"), required=False,
        choices=[("", gettext_lazy("none proposed")), *Remedy.Kind.choices],
    )  # fmt: skip
    remedy = forms.CharField(
        label=gettext_lazy("Cost to us"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    follow_up_days = forms.IntegerField(
        label=gettext_lazy("Follow-up after days (0: none)"), min_value=0, max_value=365
    )
    prevention = forms.CharField(
        label=gettext_lazy("What usually helps"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def clean_remedy(self) -> int:
        text = self.cleaned_data["remedy"].strip()
        if not text:
            return 0
        try:
            return int(parse_amount(text, business().currency).minor)
        except BadAmountError as error:
            raise forms.ValidationError(
                _("This is not an amount: 1,500 for example."), code="amount"
            ) from error


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def guides(request: StaffRequest) -> HttpResponse:
    """The guides of all causes, each with its own form."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    posted = request.POST.get("cause") if request.method == "POST" else None
    found = []
    for guide in queries.guides(actor=request.actor):
        form = _form(guide, request) if guide.cause == posted else _form(guide)
        if guide.cause == posted and form.is_valid():
            data = form.cleaned_data
            try:
                operations.set_guide(
                    actor=request.actor,
                    cause=guide.cause,
                    remedy_kind=data["remedy_kind"],
                    remedy_minor=data["remedy"],
                    follow_up_days=data["follow_up_days"],
                    prevention=data["prevention"],
                )
            except operations.GuideError as error:
                form.add_error("prevention", str(error))
            else:
                messages.success(request, _("Saved."))
                return redirect("settings_guides")
        found.append((guide, form))
    status = 422 if any(form.errors for _guide, form in found) else 200
    return section_page(request, "settings/guides.jinja", "settings_guides", {"guides": found}, status)


def _form(guide: RecoveryGuide, request: StaffRequest | None = None) -> GuideForm:
    amount = Decimal(guide.remedy_minor).scaleb(-exponent_of(business().currency))
    first = {
        "remedy_kind": guide.remedy_kind,
        "remedy": str(amount) if guide.remedy_minor else "",
        "follow_up_days": guide.follow_up_days,
        "prevention": guide.prevention,
    }
    return GuideForm(request.POST if request else None, initial=first, prefix=guide.cause)
