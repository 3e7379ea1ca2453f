"""Settings › Business, hours and holidays."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mikomi.core.access.rules import Permission
from mikomi.core.business import operations, queries
from mikomi.core.business.models import Business
from mikomi.core.files.pictures import LARGEST_BYTES
from mikomi.web import navigation
from mikomi.web.forms import DayHoursField, add_errors, say_hours
from mikomi.web.settings.sections import SECTIONS, section_page
from mikomi.web.staff import StaffRequest, staff_page

LANGUAGES = [("ja", "日本語"), ("en", "English")]
ZONES = ("Asia/Tokyo", "Asia/Seoul", "Asia/Taipei", "Asia/Singapore", "Asia/Bangkok", "Australia/Sydney",
         "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "UTC")  # fmt: skip


class BusinessForm(forms.ModelForm[Business]):
    """What the business says of itself and how it keeps its promises."""

    class Meta:
        model = Business
        fields = ("name", "language", "time_zone", "country", "currency", "colour", "ship_within_days", "holds_notices",
                  "at_risk_from", "weekly_cap", "quiet_from", "quiet_until")  # fmt: skip
        widgets = {
            "language": forms.Select(choices=LANGUAGES),
            "time_zone": forms.TextInput(attrs={"list": "zones"}),
            "colour": forms.TextInput(attrs={"type": "color"}),
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "at_risk_from": forms.NumberInput(attrs={"min": "0.05", "max": "0.95", "step": "0.05"}),
        }

    def _post_clean(self) -> None:
        """The operation checks and writes; the instance must not be changed here."""


class HoursForm(forms.Form):
    """The week, a line a day."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(7):
            self.fields[f"day{number}"] = DayHoursField(label=WEEKDAYS[number], required=False)
        self.fields["observes_holidays"] = forms.BooleanField(
            label=gettext_lazy("Closed on public holidays"), required=False
        )

    def week(self) -> list[tuple[int, int, int]]:
        """Weekday, opening and closing of each interval."""
        return [(day, a, b) for day in range(7) for a, b in self.cleaned_data[f"day{day}"]]


class DayForm(forms.Form):
    """A date unlike its weekday."""

    day = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(label=gettext_lazy("Why"), max_length=100, required=False)
    hours = DayHoursField(
        label=gettext_lazy("Open"), required=False, help_text=gettext_lazy("Empty: closed all day.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def business(request: StaffRequest) -> HttpResponse:
    """The business itself. Who may not manage it is sent to the first section that is theirs."""
    if not request.actor.may(Permission.SETTINGS_MANAGE):
        return _first_own_section(request)
    form = BusinessForm(request.POST or None, instance=queries.business())
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_business(actor=request.actor, **cast(Any, form.cleaned_data))
        except operations.WrongSettingsError as error:
            add_errors(cast(forms.Form, form), error.errors)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings")
    context = {"form": form, "zones": ZONES}
    return section_page(request, "settings/business.jinja", "settings", context, 422 if form.errors else 200)


@require_POST
@staff_page
def logo(request: StaffRequest) -> HttpResponse:
    """Take a new logo, or (`remove`) take the present one away."""
    given = request.FILES.get("logo")
    data = given.read(LARGEST_BYTES + 1) if given else None
    if data is None and not request.POST.get("remove"):
        messages.error(request, _("Choose a picture first."))
        return redirect("settings")
    try:
        operations.set_logo(actor=request.actor, data=data)
    except operations.WrongSettingsError as error:
        messages.error(request, error.errors["logo"])
    else:
        messages.success(request, _("Saved."))
    return redirect("settings")


def _first_own_section(request: StaffRequest) -> HttpResponse:
    for section in SECTIONS:
        address = navigation.address(section.name)
        if request.actor.may(section.right) and address:
            return redirect(address)
    request.actor.require(Permission.SETTINGS_MANAGE)
    raise AssertionError


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def hours(request: StaffRequest) -> HttpResponse:
    """The week, and the dates unlike it."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    week = queries.hours()
    first = {f"day{day}": say_hours(intervals) for day, intervals in week.items()}
    first["observes_holidays"] = request.business.observes_holidays  # type: ignore[assignment]
    form = HoursForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_hours(actor=request.actor, hours=form.week())
            operations.change_business(
                actor=request.actor, observes_holidays=form.cleaned_data["observes_holidays"]
            )
        except operations.WrongSettingsError as error:
            add_errors(form, error.errors)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings_hours")
    return _hours_page(request, form, DayForm())


def _hours_page(request: StaffRequest, form: HoursForm, day_form: DayForm) -> HttpResponse:
    status = 422 if form.errors or day_form.errors else 200
    rows = [(row.day, row.name, say_hours([(a, b) for a, b in row.intervals])) for row in queries.days()]
    context = {"form": form, "day_form": day_form, "days": rows}
    return section_page(request, "settings/hours.jinja", "settings_hours", context, status)


@require_POST
@staff_page
def day(request: StaffRequest) -> HttpResponse:
    """Set or clear one date."""
    if "clear" in request.POST:
        operations.clear_day(actor=request.actor, day=date.fromisoformat(request.POST["clear"]))
        return redirect("settings_hours")
    form = DayForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.set_day(
                actor=request.actor, day=data["day"], intervals=data["hours"], name=data["name"]
            )
        except operations.WrongSettingsError as error:
            add_errors(form, error.errors)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings_hours")
    week = {f"day{number}": say_hours(intervals) for number, intervals in queries.hours().items()}
    return _hours_page(request, HoursForm(initial=week), form)
