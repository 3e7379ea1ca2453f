"""The recoveries: open and closed cases, what is being changed, and what became of those who were let down."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mikomi.conversations.models import RecoveryCase
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import business
from mikomi.screens import recoveries as screens
from mikomi.web.staff import StaffRequest, staff_page

CASES = {"": gettext_lazy("Being made good"), "closed": gettext_lazy("Closed")}
PREVENTIONS = {
    "open": gettext_lazy("To be done"),
    "overdue": gettext_lazy("Overdue"),
    "done": gettext_lazy("Done"),
}


@require_safe
@staff_page
def recoveries(request: StaffRequest) -> HttpResponse:
    """The cases."""
    state = request.GET.get("state", "")
    if state not in CASES:
        raise Http404
    page = screens.cases(actor=request.actor, state=state, cursor=request.GET.get("cursor"))
    return _page(request, "cases", {"page": page, "state": state, "states": CASES})


@require_safe
@staff_page
def preventions(request: StaffRequest) -> HttpResponse:
    """What is being changed."""
    state = request.GET.get("state", "open")
    if state not in PREVENTIONS:
        raise Http404
    page = screens.preventions(actor=request.actor, state=state, cursor=request.GET.get("cursor"))
    return _page(request, "preventions", {"page": page, "state": state, "states": PREVENTIONS})


@require_safe
@staff_page
def effects(request: StaffRequest) -> HttpResponse:
    """Causes, and what became of it."""
    found = screens.effects_by_cause(actor=request.actor)
    causes = {"": gettext_lazy("not found yet"), **dict(RecoveryCase.Cause.choices)}
    context = {
        "effects": [(causes[one.cause], one) for one in found],
        "days": screens.WINDOW.days,
        "currency": business().currency,
    }
    return _page(request, "effects", context)


def _page(request: StaffRequest, name: str, context: dict[str, object]) -> HttpResponse:
    may_see_figures = request.actor.may(Permission.FIGURES_VIEW)
    shared = {"here": name, "may_see_figures": may_see_figures}
    return render(request, f"recoveries/{name}.jinja", shared | context)
