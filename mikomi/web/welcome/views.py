"""The first run: who you are and what your business is; then the first mailbox and the first import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mikomi.conversations import operations as desk
from mikomi.core.access import operations as access
from mikomi.core.access.actor import SYSTEM
from mikomi.core.access.models import User
from mikomi.core.access.rules import Role
from mikomi.core.business import operations, rules
from mikomi.core.business.queries import business
from mikomi.web import navigation
from mikomi.web.forms import DayHoursField, add_errors, say_hours
from mikomi.web.settings.business import LANGUAGES, ZONES
from mikomi.web.staff import StaffRequest, staff_page

PRESETS = [
    ("shop", gettext_lazy("Shop with a counter")),
    ("b2c", gettext_lazy("Web shop")),
    ("b2b", gettext_lazy("Business customers")),
    ("salon", gettext_lazy("Salon")),
    ("maker", gettext_lazy("Maker")),
    ("service", gettext_lazy("Service company")),
]


class WelcomeForm(forms.Form):
    """The least that is needed; everything can be changed later."""

    business_name = forms.CharField(label=gettext_lazy("Name of the business"), max_length=200)
    preset = forms.ChoiceField(label=gettext_lazy("Kind of business"), choices=PRESETS)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"), max_length=64, widget=forms.TextInput(attrs={"list": "zones"})
    )
    weekdays = DayHoursField(
        label=gettext_lazy("Open Monday to Friday"),
        help_text=gettext_lazy("For example 10:00-13:00, 14:00-19:00"),
    )
    weekend = DayHoursField(
        label=gettext_lazy("Open Saturday and Sunday"),
        required=False,
        help_text=gettext_lazy("Empty: closed."),
    )
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    password = forms.CharField(
        label=gettext_lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def week(self) -> list[tuple[int, int, int]]:
        """The opening hours of the whole week."""
        data = self.cleaned_data
        return [(day, a, b) for day in range(7) for a, b in data["weekdays" if day < 5 else "weekend"]]


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Only while nobody can sign in yet; afterwards this page does not exist."""
    if User.objects.exists():
        raise Http404
    hours = say_hours([(opens, closes) for day, opens, closes in rules.OFFICE if day == 0])
    first = {"preset": "shop", "language": "ja", "time_zone": business().time_zone, "weekdays": hours}
    form = WelcomeForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            user = set_up(form)
        except operations.WrongSettingsError as error:
            add_errors(
                form,
                {"business_name" if name == "name" else name: text for name, text in error.errors.items()},
            )
        else:
            login(request, user, backend="mikomi.core.access.backend.EmailBackend")
            return redirect("welcome_next")
    return render(
        request, "welcome/page.jinja", {"form": form, "zones": ZONES}, status=422 if form.errors else 200
    )


@transaction.atomic
def set_up(form: WelcomeForm) -> User:
    """Owner, business and default texts together, or nothing."""
    data: dict[str, Any] = form.cleaned_data
    user = access.create_user(
        actor=SYSTEM, email=data["email"], name=data["name"], role=Role.OWNER, password=data["password"],
        language=data["language"],
    )  # fmt: skip
    operations.set_up(
        actor=user.as_actor(), hours=form.week(), name=data["business_name"], preset=data["preset"],
        language=data["language"], time_zone=data["time_zone"],
    )  # fmt: skip
    desk.ensure_defaults()
    return user


@require_safe
@staff_page
def next_steps(request: StaffRequest) -> HttpResponse:
    """What to do first: a mailbox, an import; each may wait."""
    steps = [
        (_("Connect a mailbox"), _("Messages come in and answers go out."), "mail", "settings_mailboxes"),
        (_("Import orders or customers"), _("A file from any shop, as it is."), "file-up", "imports"),
        (_("Add colleagues"), _("Who answers, who decides, who only looks."), "user-plus", "settings_people"),
    ]  # fmt: skip
    found = [
        (title, text, icon, address)
        for title, text, icon, name in steps
        if (address := navigation.address(name))
    ]
    messages.success(request, _("Your business is set up."))
    return render(request, "welcome/next.jinja", {"steps": found})
