"""What may I promise? And how often what was quoted was kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mikomi.core.access.rules import Permission
from mikomi.promises import operations
from mikomi.promises.queries import quotes as queries
from mikomi.promises.queries.quotes import Kept, Warned
from mikomi.promises.quotable import WORKS
from mikomi.web.promises.quote_forms import KINDS, PolicyForm, QuoteForm
from mikomi.web.staff import StaffRequest, staff_page

SIDE, LEAST = 320.0, 0.5
"""The picture's side, and the share at its left and lower edge."""


@require_safe
@staff_page
def quotes(request: StaffRequest) -> HttpResponse:
    """What may be promised at 80, 90 and 95 %, for what is asked (`?kind=…`)."""
    return _show(request)


def _show(request: StaffRequest, policy: PolicyForm | None = None) -> HttpResponse:
    form = QuoteForm(request.GET if "kind" in request.GET else {"kind": "delivery"})
    answer = None
    if form.is_valid():
        answer = queries.offers(
            actor=request.actor,
            kind=form.cleaned_data["kind"],
            group=form.group(),
            product=form.cleaned_data["product"].strip(),
        )
    request.actor.require(Permission.PROMISES_VIEW)
    may_set = request.actor.may(Permission.SETTINGS_MANAGE)
    context = {
        "form": form,
        "answer": answer,
        "policy": policy or (PolicyForm(policy=queries.policy()) if may_set else None),
        "reasons": REASONS,
    }
    return render(request, "promises/quotes.jinja", context, status=422 if policy or not answer else 200)


REASONS = {
    "no_cases": lambda _offer: _("There are no past cases yet."),
    "few_cases": lambda offer: (
        _("Too little data: %(needed)s ended cases are needed for this, there are %(cases)s.")
        % {"needed": offer.needed, "cases": int(offer.effective)}
    ),
    "too_few_end": lambda _offer: _("Too many past cases were never done to promise this."),
}


@require_safe
@staff_page
def line(request: StaffRequest) -> HttpResponse:
    """One line for the composer: what may be promised of a kind (`?promise_kind=callback`) at 90 %."""
    kind = request.GET.get("promise_kind") or request.GET.get("kind", "callback")
    offer = None
    if kind in WORKS:
        offer = queries.offers(actor=request.actor, kind=kind, targets=(0.9,)).offers[0]
    return render(request, "promises/quote_line.jinja", {"offer": offer, "kind": kind, "reasons": REASONS})


@require_POST
@staff_page
def policy(request: StaffRequest) -> HttpResponse:
    """Decide about quotes."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    form = PolicyForm(request.POST, policy=queries.policy())
    if not form.is_valid():
        return _show(request, form)
    try:
        operations.set_quote_policy(
            actor=request.actor, order_confidence=form.confidence(), norms=form.norms()
        )
    except operations.QuotePolicyError as error:
        form.add_error(None, str(error))
        return _show(request, form)
    messages.success(request, _("Saved."))
    return redirect("quotes")


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the picture with its interval, in its units."""

    x: float
    y: float
    top: float
    bottom: float


def points(rows: list[Kept]) -> list[Point]:
    """Stated rate to the right, kept rate upwards."""
    return [Point(_x(row.target), _y(row.share), _y(row.high), _y(row.low)) for row in rows]


def warned_points(rows: list[Warned]) -> list[Point]:
    """Stated chance to the right, share broken upwards; from 0 to 1."""
    return [
        Point(
            SIDE * row.stated,
            SIDE * (1 - row.share),
            SIDE * (1 - row.interval[1]),
            SIDE * (1 - row.interval[0]),
        )
        for row in rows
    ]


def _x(share: float) -> float:
    return round(SIDE * (max(share, LEAST) - LEAST) / (1 - LEAST), 1)


def _y(share: float) -> float:
    return round(SIDE - _x(share), 1)


@require_safe
@staff_page
def calibration(request: StaffRequest) -> HttpResponse:
    """How stated and kept rates agree, for a kind of work (`?kind=delivery`)."""
    kind = request.GET.get("kind", "delivery")
    if kind not in WORKS:
        raise Http404
    found = queries.calibration(actor=request.actor, kind=kind)
    warned = queries.warnings_kept(actor=request.actor)
    context = {
        "found": found,
        "kinds": KINDS,
        "kind": kind,
        "points": points(found.walked),
        "warned": warned,
        "warned_points": warned_points(warned),
        "side": SIDE,
    }
    return render(request, "promises/calibration.jinja", context)
