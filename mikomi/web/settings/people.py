"""Settings › People and rights."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mikomi.core.access import operations, queries
from mikomi.core.access.models import User
from mikomi.core.access.rules import PERMISSIONS, Permission, Role
from mikomi.core.business import queries as business
from mikomi.core.money import BadAmountError, Money, parse_amount
from mikomi.web import words
from mikomi.web.settings.business import LANGUAGES
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page

ROLES = [(role.value, words.ROLES[role.value]) for role in Role]
GRANTING = [role for role in Role if Permission.RECOVERY_GRANT in PERMISSIONS[role]]


class NewPersonForm(forms.Form):
    """Somebody new. The password is told to them by whoever adds them, and they change it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, initial=Role.AGENT.value)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody signs in with this address already."))
        return email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class PersonForm(forms.Form):
    """The role, teams and access of somebody known."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)
    teams = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Teams"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(label=gettext_lazy("May sign in"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["teams"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(team.pk, team.name) for team in business.teams()]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def people(request: StaffRequest) -> HttpResponse:
    """Everybody, and the form for somebody new."""
    request.actor.require(Permission.USERS_MANAGE)
    form = NewPersonForm(request.POST or None, initial={"language": request.business.language})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        operations.create_user(actor=request.actor, **(data | {"role": Role(data["role"])}))
        messages.success(request, _("%(name)s may sign in now.") % {"name": data["name"]})
        return redirect("settings_people")
    return _page(request, form)


def _page(
    request: StaffRequest, form: NewPersonForm, limit_errors: dict[str, str] | None = None
) -> HttpResponse:
    currency = request.business.currency
    limits = {
        limit.role: limit.amount_minor
        for limit in queries.remedy_limits(actor=request.actor, currency=currency)
    }
    context = {
        "form": form,
        "people": list(queries.all_users(actor=request.actor)),
        "roles": dict(ROLES),
        "limits": [(role.value, words.ROLES[role.value], limits.get(role.value, 0)) for role in GRANTING],
        "limit_errors": limit_errors or {},
    }
    status = 422 if form.errors or limit_errors else 200
    return section_page(request, "settings/people.jinja", "settings_people", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def person(request: StaffRequest, user_id: int) -> HttpResponse:
    """One person's role, teams and access."""
    user = get_object_or_404(queries.all_users(actor=request.actor), pk=user_id)
    first = {"role": user.role, "is_active": user.is_active, "teams": [team.pk for team in user.teams.all()]}
    form = PersonForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            operations.change_user(
                actor=request.actor, user_id=user_id, role=Role(data["role"]), is_active=data["is_active"],
                team_ids=data["teams"],
            )  # fmt: skip
        except operations.AccessError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("settings_people")
    context = {"form": form, "person": user}
    return section_page(
        request, "settings/person.jinja", "settings_people", context, 422 if form.errors else 200
    )


@require_POST
@staff_page
def limits(request: StaffRequest) -> HttpResponse:
    """What each role may grant without approval."""
    request.actor.require(Permission.USERS_MANAGE)
    currency, found, errors = request.business.currency, {}, {}
    for role in GRANTING:
        try:
            found[role] = parse_amount(request.POST.get(role.value, "0") or "0", currency)
        except BadAmountError:
            errors[role.value] = _("This is not an amount: 1,500 for example.")
            continue
        if found[role].minor < 0:
            errors[role.value] = _("A limit can't be negative.")
    if errors:
        return _page(request, NewPersonForm(), errors)
    for role, amount in found.items():
        _set_limit(request, role, amount)
    messages.success(request, _("Saved."))
    return redirect("settings_people")


def _set_limit(request: StaffRequest, role: Role, amount: Money) -> None:
    operations.set_remedy_limit(
        actor=request.actor, role=role, currency=amount.currency, amount_minor=amount.minor
    )
