"""Measured claims: the list, one claim with its measurements and verdict, and what is done with it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.commerce import queries as commerce
from mikomi.core import clock
from mikomi.core.access.rules import Permission
from mikomi.integrations.imports import operations as imports
from mikomi.promises import claim_wording, queries
from mikomi.promises import operations as ledger
from mikomi.promises.models import Claim
from mikomi.promises.queries.claims import ClaimView
from mikomi.promises.records import NewMeasurement
from mikomi.promises.rules.claims import Basis
from mikomi.web.promises.claim_forms import (
    ClaimForm,
    DisputeForm,
    FileForm,
    MeasureForm,
    WordingForm,
    initial_of,
)
from mikomi.web.promises.scatter import Drawn, Scatter, scatter
from mikomi.web.staff import StaffRequest, staff_page

_SHOWN = 60
"""So many measurements stand in the table of a claim's page."""


@require_safe
@staff_page
def claims(request: StaffRequest) -> HttpResponse:
    """All claims, or those with one verdict (`?outcome=broken`)."""
    outcome = request.GET.get("outcome", "")
    if outcome and outcome not in Claim.Outcome.values:
        raise Http404
    page = queries.claims(actor=request.actor, outcome=outcome, cursor=request.GET.get("cursor"))
    counts = queries.outcome_counts(actor=request.actor)
    context = {"page": page, "outcome": outcome, "counts": counts, "outcomes": Claim.Outcome}
    return render(request, "promises/claims.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def new_claim(request: StaffRequest) -> HttpResponse:
    """State a claim: its words first (`?statement=`), then what they say exactly, to be confirmed."""
    statement = request.GET.get("statement", "")[:500]
    form = ClaimForm(request.POST) if request.method == "POST" else ClaimForm(initial=initial_of(statement))
    if request.method == "POST" and form.is_valid():
        sku = form.cleaned_data["sku"].strip()
        product_id = commerce.product_id(actor=request.actor, sku=sku) if sku else None
        if sku and product_id is None:
            form.add_error("sku", _("There is no product with this SKU."))
        else:
            try:
                claim = ledger.state_claim(actor=request.actor, claim=form.new_claim(product_id))
            except ledger.PromiseError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The claim is recorded. Now it has to be measured."))
                return redirect("claim", claim_id=claim.pk)
    wording = (
        WordingForm(initial={"statement": statement}) if not statement and request.method != "POST" else None
    )
    status = 422 if form.errors else 200
    return render(request, "promises/claim_new.jinja", {"form": form, "wording": wording}, status=status)


@require_safe
@staff_page
def claim(request: StaffRequest, claim_id: int) -> HttpResponse:
    """One claim."""
    return show(request, claim_id)


def show(
    request: StaffRequest,
    claim_id: int,
    *,
    measure: MeasureForm | None = None,
    file: FileForm | None = None,
) -> HttpResponse:
    """The page of a claim; with a form as it was sent."""
    view = queries.claim(actor=request.actor, claim_id=claim_id)
    context = {
        "view": view,
        "picture": picture(view),
        "shown": list(reversed(view.measurements))[:_SHOWN],
        "accepts": view.terms.accepts,
        "measure": measure or MeasureForm(),
        "file": (file or FileForm()) if request.actor.may(Permission.IMPORTS_RUN) else None,
        "dispute": DisputeForm(),
        "amount": claim_wording.amount,
    }
    return render(request, "promises/claim.jinja", context, status=422 if measure or file else 200)


def picture(view: ClaimView) -> Scatter | None:
    """The measurements drawn; none where there are none, or only yes and no."""
    terms, found = view.terms, view.row.claim
    if not view.measurements or terms.basis is Basis.YES_NO:
        return None
    is_mean = terms.basis is Basis.AVERAGE
    known = is_mean and found.low is not None and found.high is not None
    return scatter(
        Drawn(
            points=[(row.value, terms.accepts(row.value), row.is_set_aside) for row in view.measurements],
            target=terms.target,
            lowest=terms.lowest,
            highest=terms.highest,
            interval=(cast(float, found.low), cast(float, found.high)) if known else None,
            mean=found.estimate if is_mean else None,
        )
    )


@require_POST
@staff_page
def measure(request: StaffRequest, claim_id: int) -> HttpResponse:
    """One measurement by hand."""
    form = MeasureForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        one = NewMeasurement(
            value=data["value"],
            measured_at=data["measured_at"] or clock.now(),
            once_key=f"agent:{request.actor.user_id}:{secrets.token_hex(8)}",
            source="agent",
            measured_by=data["measured_by"],
            item=data["item"],
            note=data["note"],
        )
        found = ledger.measure(actor=request.actor, claim_id=claim_id, measurements=[one])
        for refused in found.refused:
            form.add_error("value", refused.words)
    if form.errors:
        return show(request, claim_id, measure=form)
    messages.success(request, _("Recorded."))
    return redirect("claim", claim_id=claim_id)


@require_POST
@staff_page
def measure_file(request: StaffRequest, claim_id: int) -> HttpResponse:
    """A file of measurements: an import like any other, looked through first."""
    queries.claim(actor=request.actor, claim_id=claim_id)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            job = imports.start(
                actor=request.actor, stream=cast(BinaryIO, upload.file), file_name=upload.name or "",
                content="measurements", claim_id=claim_id,
            )  # fmt: skip
        except imports.ImportRefusedError as error:
            form.add_error("file", str(error))
        else:
            return redirect("import_job", job_id=job.pk)
    return show(request, claim_id, file=form)


def _act(request: StaffRequest, claim_id: int, do: Callable[[], object], done: str) -> HttpResponse:
    try:
        do()
    except (ledger.PromiseError, ledger.PromiseDecidedError, ledger.DisputeError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("claim", claim_id=claim_id)


@require_POST
@staff_page
def publish(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Publish it, if something stands behind it."""
    where = request.POST.get("where", "")
    return _act(
        request,
        claim_id,
        lambda: ledger.publish_claim(actor=request.actor, claim_id=claim_id, where=where),
        _("Published."),
    )


@require_POST
@staff_page
def withdraw(request: StaffRequest, claim_id: int) -> HttpResponse:
    """Take the claim back."""
    queries.claim(actor=request.actor, claim_id=claim_id)
    return _act(
        request,
        claim_id,
        lambda: ledger.withdraw(actor=request.actor, promise_id=claim_id, reason="by_person"),
        _("Withdrawn."),
    )


@require_POST
@staff_page
def dispute(request: StaffRequest, claim_id: int, measurement_id: int) -> HttpResponse:
    """Record what a customer says against a measurement."""
    form = DisputeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what is wrong with the measurement."))
        return redirect("claim", claim_id=claim_id)
    queries.claim(actor=request.actor, claim_id=claim_id)
    words = form.cleaned_data["words"]
    return _act(
        request,
        claim_id,
        lambda: ledger.record_dispute(
            actor=request.actor, promise_id=claim_id, measurement_id=measurement_id, said=words
        ),
        _("The objection is recorded."),
    )
