"""Contradictions: the list by state, one with both places, and what can be done about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mikomi.core.access.models import User
from mikomi.facts import operations, queries, sources, wording
from mikomi.facts.models import Contradiction, FactVersion
from mikomi.facts.rules import versions
from mikomi.web.facts import signs
from mikomi.web.facts.views import context_of, said
from mikomi.web.staff import StaffRequest, staff_page

State = Contradiction.State


@require_safe
@staff_page
def contradictions(request: StaffRequest) -> HttpResponse:
    """One state's contradictions, the worst first."""
    state = request.GET.get("state", State.OPEN.value)
    if state not in State.values:
        raise Http404
    page = queries.contradictions(actor=request.actor, state=state, cursor=request.GET.get("cursor"))
    language = request.user.language
    rows = [(one, said(one.found, language, one.fact.kind if one.fact else "")) for one in page.items]
    more = {"page": page, "contradictions": rows, "state": state, "source_label": sources.label_of}
    return render(request, "facts/contradictions.jinja", context_of(request, **more))


@require_safe
@staff_page
def contradiction(request: StaffRequest, contradiction_id: int) -> HttpResponse:
    """One contradiction."""
    return _show(request, contradiction_id)


def _show(request: StaffRequest, contradiction_id: int, problem: str = "", reason: str = "") -> HttpResponse:
    row = queries.contradiction(actor=request.actor, contradiction_id=contradiction_id)
    language = request.user.language
    kind = row.fact.kind if row.fact else ""
    version = _version(row)
    decider = User.objects.filter(pk=row.decided_by_id or 0).first()
    more = {
        "it": row,
        "found": said(row.found, language, kind),
        "right": said(version.value, language, kind) if version else "",
        "because": wording.BECAUSE.get(row.closed_because, ""),
        "decider": decider.name if decider else "",
        "source_label": sources.label_of,
        "problem": problem,
        "reason": reason,
        "what": signs.WHAT[row.what],
    }
    context = context_of(request, **more)
    return render(request, "facts/contradiction.jinja", context, status=422 if problem else 200)


def _version(row: Contradiction) -> FactVersion | None:
    """What the fact says now, else what it said last."""
    from mikomi.core import clock

    if row.fact is None:
        return None
    history = list(row.fact.versions.all())
    return versions.current(history, clock.now())[0] or max(history, key=lambda one: one.number, default=None)


@require_POST
@staff_page
def ignore(request: StaffRequest, contradiction_id: int) -> HttpResponse:
    """Leave it as it is, with a reason."""
    reason = request.POST.get("reason", "")[:500]
    try:
        operations.ignore(actor=request.actor, contradiction_id=contradiction_id, reason=reason)
    except operations.CannotResolveError as error:
        return _show(request, contradiction_id, str(error), reason)
    messages.success(request, _("It stays as it is."))
    return redirect("contradictions")


@require_POST
@staff_page
def recheck(request: StaffRequest, contradiction_id: int) -> HttpResponse:
    """The page was mended: look again."""
    try:
        row = operations.recheck(actor=request.actor, contradiction_id=contradiction_id)
    except operations.CannotResolveError as error:
        return _show(request, contradiction_id, str(error))
    if row.state == State.CLOSED:
        messages.success(request, _("They agree now: settled."))
    else:
        messages.warning(request, _("It still says the same."))
    return redirect("contradiction", contradiction_id=contradiction_id)


@require_POST
@staff_page
def reopen(request: StaffRequest, contradiction_id: int) -> HttpResponse:
    """It may not stay as it is after all."""
    try:
        operations.reopen(actor=request.actor, contradiction_id=contradiction_id)
    except operations.CannotResolveError as error:
        return _show(request, contradiction_id, str(error))
    return redirect("contradiction", contradiction_id=contradiction_id)
