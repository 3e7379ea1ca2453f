"""The places that repeat facts: the list, one with its checks, its form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.core.access.rules import Permission
from mikomi.facts import operations, queries, wording
from mikomi.facts.models import Check
from mikomi.web.facts.forms import PlaceForm
from mikomi.web.facts.views import context_of, said
from mikomi.web.forms import add_errors
from mikomi.web.staff import StaffRequest, staff_page


@require_safe
@staff_page
def places(request: StaffRequest) -> HttpResponse:
    """All places that are watched."""
    page = queries.touchpoints(actor=request.actor, cursor=request.GET.get("cursor"))
    return render(request, "facts/places.jinja", context_of(request, page=page, outcomes=wording.OUTCOMES))


@require_safe
@staff_page
def place(request: StaffRequest, touchpoint_id: int) -> HttpResponse:
    """One place; for htmx only the part that changes while it is being read."""
    found = queries.touchpoint(actor=request.actor, touchpoint_id=touchpoint_id)
    last: list[Check] = getattr(found, "last_checks", [])
    against = queries.contradictions(actor=request.actor, touchpoint_id=touchpoint_id, size=50)
    troubled = queries.pages(actor=request.actor, touchpoint_id=touchpoint_id, only_problems=True, size=50)
    language = request.user.language
    more = {
        "place": found,
        "checks": [
            (one, wording.OUTCOMES.get(one.outcome, ""), wording.remarks(one.remarks)) for one in last
        ],
        "running": next((one for one in last if one.state == Check.State.RUNNING), None),
        "against": [
            (one, said(one.found, language, one.fact.kind if one.fact else "")) for one in against.items
        ],
        "troubled": [(one, wording.PROBLEMS.get(one.problem, one.problem)) for one in troubled.items],
    }
    template = "facts/place_state.jinja" if request.htmx else "facts/place.jinja"
    return render(request, template, context_of(request, **more))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def edit(request: StaffRequest, touchpoint_id: int | None = None) -> HttpResponse:
    """A new place, or one to be changed."""
    request.actor.require(Permission.FACTS_EDIT)
    row = queries.touchpoint(actor=request.actor, touchpoint_id=touchpoint_id) if touchpoint_id else None
    form = PlaceForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            saved = operations.save_touchpoint(
                actor=request.actor, draft=form.draft(), touchpoint_id=touchpoint_id
            )
        except operations.TouchpointError as error:
            add_errors(form, error.errors)
        else:
            messages.success(request, _("Saved. It is read within a minute."))
            return redirect("touchpoint", touchpoint_id=saved.pk)
    context = context_of(request, form=form, place=row)
    return render(request, "facts/place_form.jinja", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def check(request: StaffRequest, touchpoint_id: int) -> HttpResponse:
    """Look at a place now."""
    try:
        operations.start_check(actor=request.actor, touchpoint_id=touchpoint_id)
    except operations.CannotResolveError as error:
        messages.error(request, str(error))
    return redirect("touchpoint", touchpoint_id=touchpoint_id)


@require_POST
@staff_page
def archive(request: StaffRequest, touchpoint_id: int) -> HttpResponse:
    """Watch a place no longer."""
    operations.archive_touchpoint(actor=request.actor, touchpoint_id=touchpoint_id)
    messages.success(request, _("It is no longer watched."))
    return redirect("touchpoints")


@require_POST
@staff_page
def stop(request: StaffRequest, check_id: int) -> HttpResponse:
    """End a check where it stands."""
    stopped = operations.stop_check(actor=request.actor, check_id=check_id)
    return redirect("touchpoint", touchpoint_id=stopped.touchpoint_id)
