"""The steps of a recovery, from the conversation: cause, apology, remedy, prevention, follow-up, confirmation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mikomi.conversations import operations as desk
from mikomi.conversations import queries
from mikomi.conversations.operations import recovery
from mikomi.core.business.queries import business
from mikomi.web.inbox.acts import back
from mikomi.web.inbox.forms import (
    ApologyForm,
    CauseForm,
    FollowUpForm,
    PreventionForm,
    RecoveryForms,
    RemedyForm,
)
from mikomi.web.inbox.views import show
from mikomi.web.staff import StaffRequest, staff_page


@require_POST
@staff_page
def open_case(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Open a recovery case in this conversation by hand."""
    recovery.open_case(actor=request.actor, conversation_id=conversation_id)
    return back(request, conversation_id, _("A recovery case is open."))


def _step(
    request: StaffRequest,
    recovery_id: int,
    name: str,
    form: forms.Form,
    do: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """Validate one form and do its operation; what is refused stands beside what was typed."""
    case = queries.recovery(actor=request.actor, recovery_id=recovery_id)
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except (desk.RecoveryError, desk.DeskError, desk.CannotAnswerError) as error:
            form.add_error(None, str(error))
    if form.errors:
        forms_shown = RecoveryForms(request.actor, recovery_id, **{name: form})
        return show(request, case.conversation_id, recovery=forms_shown)
    return back(request, case.conversation_id, _("Saved."))


@require_POST
@staff_page
def cause(request: StaffRequest, recovery_id: int) -> HttpResponse:
    """Why it broke."""

    def do(data: dict[str, Any]) -> object:
        return recovery.set_cause(
            actor=request.actor, recovery_id=recovery_id, cause=data["cause"], note=data["cause_note"]
        )

    return _step(request, recovery_id, "cause", CauseForm(request.POST), do)


@require_POST
@staff_page
def apology(request: StaffRequest, recovery_id: int) -> HttpResponse:
    """Send the apology."""

    def do(data: dict[str, Any]) -> object:
        return recovery.apologise(actor=request.actor, recovery_id=recovery_id, text=data["apology"])

    return _step(request, recovery_id, "apology", ApologyForm(request.POST), do)


@require_POST
@staff_page
def remedy(request: StaffRequest, recovery_id: int) -> HttpResponse:
    """Grant a remedy within the limit of the role."""

    def do(data: dict[str, Any]) -> object:
        return recovery.grant_remedy(
            actor=request.actor,
            recovery_id=recovery_id,
            kind=data["remedy"],
            amount_minor=data["amount"],
            currency=business().currency,
            note=data["remedy_note"],
        )

    return _step(request, recovery_id, "remedy", RemedyForm(request.POST), do)


@require_POST
@staff_page
def prevention(request: StaffRequest, recovery_id: int) -> HttpResponse:
    """What is changed, by whom, until when."""

    def do(data: dict[str, Any]) -> object:
        return recovery.set_prevention(
            actor=request.actor,
            recovery_id=recovery_id,
            text=data["prevention"],
            owner_id=data["prevention_owner"],
            due=data["prevention_due"],
            is_done=data["prevention_done"],
        )

    return _step(request, recovery_id, "prevention", PreventionForm(request.POST, actor=request.actor), do)


@require_POST
@staff_page
def follow_up(request: StaffRequest, recovery_id: int) -> HttpResponse:
    """When we come back to the customer, or that we did."""

    def do(data: dict[str, Any]) -> object:
        if data["follow_up_done"]:
            return recovery.follow_up_done(actor=request.actor, recovery_id=recovery_id)
        return recovery.set_follow_up(actor=request.actor, recovery_id=recovery_id, at=data["follow_up_at"])

    return _step(request, recovery_id, "follow_up", FollowUpForm(request.POST), do)


@require_POST
@staff_page
def ask(request: StaffRequest, recovery_id: int) -> HttpResponse:
    """Ask the customer whether it is solved."""
    return _plain(
        request, recovery_id, recovery.ask_if_solved, _("The customer is asked whether it is solved.")
    )


@require_POST
@staff_page
def close(request: StaffRequest, recovery_id: int) -> HttpResponse:
    """Close the case; refused in words until the customer confirmed, or was asked and waited."""
    return _plain(request, recovery_id, recovery.close_case, _("The case is closed."))


def _plain(request: StaffRequest, recovery_id: int, do: Callable[..., object], done: str) -> HttpResponse:
    case = queries.recovery(actor=request.actor, recovery_id=recovery_id)
    try:
        do(actor=request.actor, recovery_id=recovery_id)
    except (desk.RecoveryError, desk.DeskError, desk.CannotAnswerError) as error:
        messages.error(request, str(error))
        return back(request, case.conversation_id)
    return back(request, case.conversation_id, done)
