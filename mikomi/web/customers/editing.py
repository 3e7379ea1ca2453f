"""Adding a customer, changing their record: profile, what they are known by, addresses, consents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mikomi.core.access.rules import Permission
from mikomi.core.names import NameOrder
from mikomi.customers import operations, queries
from mikomi.customers.models import Consent
from mikomi.customers.queries.profile import Profile
from mikomi.customers.records import PersonRecord
from mikomi.web.customers.forms import (
    CONSENT_CHANNELS,
    OTHER_SOURCES,
    SOURCES,
    AddressForm,
    ConsentForm,
    IdentityForm,
    NewCustomerForm,
    ProfileForm,
)
from mikomi.web.forms import add_errors
from mikomi.web.staff import StaffRequest, staff_page

_COLUMNS = ("family_name", "given_name", "family_kana", "given_kana", "name_order", "honorific", "language",
            "preferred_channel", "birthday", "background")  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def new(request: StaffRequest) -> HttpResponse:
    """A new customer; who is known by the address or number already is opened instead."""
    request.actor.require(Permission.CUSTOMERS_EDIT)
    form = NewCustomerForm(request.POST or None, initial={"language": request.business.language})
    if request.method == "POST" and form.is_valid():
        try:
            row = operations.create(actor=request.actor, person=_person(form.cleaned_data))
        except operations.WrongProfileError as error:
            add_errors(form, error.errors)
        else:
            return redirect("customer", customer_id=row.pk)
    context = {"form": form}
    return render(request, "customers/new.jinja", context, status=422 if form.errors else 200)


def _person(data: dict[str, Any]) -> PersonRecord:
    named = {name: data[name] for name in _COLUMNS if name not in ("name_order", "background")}
    return PersonRecord(
        **named,
        company=data["company"],
        note=data["background"],
        name_order=NameOrder(data["name_order"]) if data["name_order"] else None,
        emails=(data["email"],) if data["email"] else (),
        phones=(data["phone"],) if data["phone"] else (),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def edit(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The record for changing; posting changes the profile."""
    profile = _living(request, customer_id)
    if request.method != "POST":
        return _show(request, profile)
    form = ProfileForm(request.POST, initial=_initial(profile))
    if form.is_valid():
        try:
            operations.update_profile(actor=request.actor, customer_id=customer_id, **form.cleaned_data)
        except operations.WrongProfileError as error:
            add_errors(form, error.errors)
    if form.errors:
        return _show(request, profile, form=form)
    messages.success(request, _("Saved."))
    return redirect("customer", customer_id=customer_id)


def _living(request: StaffRequest, customer_id: int) -> Profile:
    request.actor.require(Permission.CUSTOMERS_EDIT)
    profile = queries.customer(actor=request.actor, customer_id=customer_id)
    if profile.customer.erased_at:
        raise Http404
    return profile


def _initial(profile: Profile) -> dict[str, Any]:
    row = profile.customer
    return {name: getattr(row, name) for name in _COLUMNS} | {
        "company": row.company.name if row.company else ""
    }


def _show(request: StaffRequest, profile: Profile, **given: Any) -> HttpResponse:
    context = {
        "profile": profile,
        "form": given.get("form") or ProfileForm(initial=_initial(profile)),
        "identity": given.get("identity") or IdentityForm(auto_id="identity_%s"),
        "address": given.get("address") or AddressForm(auto_id="address_%s"),
        "owner_id": given.get("owner_id"),
    }
    return render(request, "customers/edit.jinja", context, status=422 if given else 200)


@require_POST
@staff_page
def add_identity(request: StaffRequest, customer_id: int) -> HttpResponse:
    """One more address, number or id."""
    profile = _living(request, customer_id)
    form, owner_id = IdentityForm(request.POST, auto_id="identity_%s"), None
    if form.is_valid():
        try:
            operations.add_identity(actor=request.actor, customer_id=customer_id, **form.cleaned_data)
        except operations.WrongIdentityError as error:
            form.add_error("value", str(error))
        except operations.IdentityTakenError as error:
            form.add_error("value", str(error))
            owner_id = error.owner_id
    if form.errors:
        return _show(request, profile, identity=form, owner_id=owner_id)
    messages.success(request, _("Added."))
    return redirect("customer_edit", customer_id=customer_id)


@require_POST
@staff_page
def change_identity(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """Remove it, or use it first."""
    profile = _living(request, customer_id)
    if identity_id not in {one.pk for one in profile.identities}:
        raise Http404
    if request.POST.get("act") == "primary":
        operations.set_primary(actor=request.actor, identity_id=identity_id)
    else:
        operations.remove_identity(actor=request.actor, identity_id=identity_id)
        messages.success(request, _("Removed."))
    return redirect("customer_edit", customer_id=customer_id)


@require_POST
@staff_page
def add_address(request: StaffRequest, customer_id: int) -> HttpResponse:
    """One more postal address."""
    profile = _living(request, customer_id)
    form = AddressForm(request.POST, auto_id="address_%s")
    if form.is_valid():
        try:
            operations.save_address(actor=request.actor, customer_id=customer_id, **form.cleaned_data)
        except operations.WrongProfileError as error:
            add_errors(form, error.errors)
    if form.errors:
        return _show(request, profile, address=form)
    messages.success(request, _("Added."))
    return redirect("customer_edit", customer_id=customer_id)


@require_POST
@staff_page
def remove_address(request: StaffRequest, customer_id: int, address_id: int) -> HttpResponse:
    """Take a postal address away."""
    operations.remove_address(actor=request.actor, customer_id=customer_id, address_id=address_id)
    messages.success(request, _("Removed."))
    return redirect("customer_edit", customer_id=customer_id)


# Consents


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def consents(request: StaffRequest, customer_id: int) -> HttpResponse:
    """What counts for each channel and purpose, everything that was said, and what they say now."""
    profile = queries.customer(actor=request.actor, customer_id=customer_id)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        operations.set_consent(
            actor=request.actor, customer_id=customer_id, **(data | {"granted": data["granted"] == "yes"})
        )
        messages.success(request, _("Written down."))
        return redirect("customer_consents", customer_id=customer_id)
    context = {
        "profile": profile,
        "form": form,
        "counting": {(one.channel, one.purpose): one for one in profile.consents},
        "history": queries.consent_history(actor=request.actor, customer_id=customer_id),
        "channels": dict(CONSENT_CHANNELS),
        "sources": SOURCES | OTHER_SOURCES,
        "purposes": dict(Consent.Purpose.choices),
        "may_edit": request.actor.may(Permission.CUSTOMERS_EDIT) and not profile.customer.erased_at,
    }
    return render(request, "customers/consents.jinja", context, status=422 if form.errors else 200)
