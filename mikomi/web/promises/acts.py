"""What is done with a promise, and with a message that waits for a person."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mikomi.core import clock
from mikomi.core.text import whole_number
from mikomi.outbox import operations as outbox
from mikomi.promises import operations as ledger
from mikomi.promises import queries
from mikomi.promises.models import Promise
from mikomi.web.promises.forms import EvidenceForm, MoreTermsForm, ResolutionForm, TermsForm
from mikomi.web.promises.views import show
from mikomi.web.staff import StaffRequest, staff_page


@require_POST
@staff_page
def terms(request: StaffRequest, promise_id: int) -> HttpResponse:
    """New terms: asked of the customer, or agreed with them already; the old ones stay to be seen."""
    row = queries.promise(actor=request.actor, promise_id=promise_id).promise
    form: forms.Form
    if row.customer_id is None:
        form = MoreTermsForm(request.POST)
    else:
        form = TermsForm(request.POST, has_date=row.due_at is not None)
    done = ""
    if form.is_valid():
        try:
            done = _new_terms(request, row, form.cleaned_data)
        except (ledger.PromiseDecidedError, ledger.PromiseError, ledger.RenegotiationError) as error:
            form.add_error(None, str(error))
    if form.errors:
        return show(request, promise_id, terms=form)
    messages.success(request, done)
    return redirect("promise", promise_id=promise_id)


@require_POST
@staff_page
def hand_over(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Another colleague keeps it."""
    keeper_id = whole_number(request.POST.get("keeper", ""))
    try:
        ledger.hand_over(actor=request.actor, promise_id=promise_id, keeper_id=keeper_id)
    except ledger.KeeperError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Handed over."))
    return redirect("promise", promise_id=promise_id)


def _new_terms(request: StaffRequest, row: Promise, data: dict[str, Any]) -> str:
    if row.customer_id is None:
        ledger.change_terms(
            actor=request.actor, promise_id=row.pk, due_at=row.due_at, statement=data["statement"],
            reason=data["reason"], note=data["note"],
        )  # fmt: skip
        return _("The new words are recorded.")
    new = {
        "due_at": data.get("due_at"),
        "reason": data["reason"],
        "statement": data["statement"],
    }
    if data["how"] == "ask":
        ledger.ask_new_terms(actor=request.actor, promise_id=row.pk, words=data["words"], **new)
        return _("The customer was asked. Until they agree, the old terms stand.")
    ledger.record_agreed(actor=request.actor, promise_id=row.pk, how=data["how"], note=data["note"], **new)
    return _("The new date is recorded.")


@require_POST
@staff_page
def take_back_question(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Don't ask the customer any more."""
    queries.promise(actor=request.actor, promise_id=promise_id)
    ledger.take_back_question(actor=request.actor, promise_id=promise_id)
    messages.success(request, _("The question was taken back."))
    return redirect("promise", promise_id=promise_id)


@require_POST
@staff_page
def handled(request: StaffRequest, promise_id: int, renegotiation_id: int) -> HttpResponse:
    """Somebody took care of the customer's no or question."""
    ledger.answer_handled(actor=request.actor, renegotiation_id=renegotiation_id)
    return redirect("promise", promise_id=promise_id)


@require_POST
@staff_page
def resolve(request: StaffRequest, promise_id: int, dispute_id: int) -> HttpResponse:
    """Decide a dispute, with the reason that the customer reads."""
    form = ResolutionForm(request.POST, auto_id=f"dispute{dispute_id}_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            ledger.resolve_dispute(
                actor=request.actor, dispute_id=dispute_id, upheld=data["verdict"] == "upheld",
                resolution=data["resolution"],
            )  # fmt: skip
        except ledger.DisputeError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Decided."))
            return redirect("promise", promise_id=promise_id)
    return show(request, promise_id, resolution=(dispute_id, form))


@require_POST
@staff_page
def publish(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Give a promise to many its public page, or take it away."""
    try:
        if request.POST.get("off"):
            ledger.unpublish(actor=request.actor, promise_id=promise_id)
        else:
            ledger.publish(actor=request.actor, promise_id=promise_id, where=request.POST.get("where", ""))
    except ledger.PromiseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Recorded."))
    return redirect("promise", promise_id=promise_id)


@require_POST
@staff_page
def evidence(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Something that was seen; the verdict follows."""
    story = queries.promise(actor=request.actor, promise_id=promise_id)
    form = EvidenceForm(request.POST, promise_kind=story.promise.kind, auto_id="evidence_%s")
    if not form.is_valid():
        return show(request, promise_id, evidence=form)
    data = form.cleaned_data
    observation = ledger.Observation(
        promise_id=promise_id,
        kind=data["kind"],
        occurred_at=data["occurred_at"] or clock.now(),
        expected_at=data.get("expected_at"),
        reading=data.get("reading"),
        reason=data["reason"],
        note=data["note"],
        source="agent",
        once_key=f"agent:{request.actor.user_id}:{secrets.token_hex(8)}",
    )
    ledger.observe(actor=request.actor, observation=observation)
    messages.success(request, _("Recorded."))
    return redirect("promise", promise_id=promise_id)


@require_POST
@staff_page
def withdraw(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Take the promise back."""
    try:
        ledger.withdraw(actor=request.actor, promise_id=promise_id, reason="by_person")
    except (ledger.PromiseDecidedError, ledger.PromiseError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Withdrawn."))
    return redirect("promise", promise_id=promise_id)


def _outgoing(request: StaffRequest, outgoing_id: int, do: Callable[[], object], done: str) -> HttpResponse:
    try:
        do()
    except outbox.OutboxError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(target)
    return redirect("outgoing", outgoing_id=outgoing_id)


@require_POST
@staff_page
def release(request: StaffRequest, outgoing_id: int) -> HttpResponse:
    """Let a held message go, with its words changed if they were."""

    def do() -> None:
        if "text" in request.POST:
            outbox.edit_held(
                actor=request.actor, outgoing_id=outgoing_id, subject=request.POST.get("subject", ""),
                text=request.POST["text"],
            )  # fmt: skip
        outbox.release(actor=request.actor, outgoing_id=outgoing_id)

    return _outgoing(request, outgoing_id, do, _("Released."))


@require_POST
@staff_page
def cancel(request: StaffRequest, outgoing_id: int) -> HttpResponse:
    """Don't send it."""
    return _outgoing(
        request,
        outgoing_id,
        lambda: outbox.cancel(actor=request.actor, outgoing_id=outgoing_id),
        _("Not sent."),
    )


@require_POST
@staff_page
def retry(request: StaffRequest, outgoing_id: int) -> HttpResponse:
    """Try a failed message again."""
    return _outgoing(
        request,
        outgoing_id,
        lambda: outbox.retry(actor=request.actor, outgoing_id=outgoing_id),
        _("Tried again."),
    )


@require_POST
@staff_page
def decide(request: StaffRequest, outgoing_id: int) -> HttpResponse:
    """Say whether a message that perhaps left did leave."""
    was_sent = request.POST.get("sent") == "1"
    return _outgoing(
        request,
        outgoing_id,
        lambda: outbox.decide_uncertain(actor=request.actor, outgoing_id=outgoing_id, was_sent=was_sent),
        _("Decided."),
    )
