"""The ledger: lists by state, the calendar, one promise's story, a message that waits for a person."""

from __future__ import annotations

import calendar as month_calendar
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mikomi.core import clock
from mikomi.outbox import queries as outbox
from mikomi.promises import queries as ledger
from mikomi.promises.models import Promise
from mikomi.promises.queries.lists import STATES
from mikomi.promises.reasons import reason_label
from mikomi.screens import promises as screens
from mikomi.web.promises.forms import EvidenceForm, TermsForm
from mikomi.web.staff import StaffRequest, staff_page


@require_safe
@staff_page
def promises(request: StaffRequest) -> HttpResponse:
    """One state's promises."""
    state = request.GET.get("state", "at_risk")
    if state not in STATES:
        raise Http404
    kind = request.GET.get("kind", "")
    screen = screens.promises(actor=request.actor, state=state, kind=kind, cursor=request.GET.get("cursor"))
    kinds = [one for one in Promise.Kind if one != Promise.Kind.ANSWER]
    return render(request, "promises/list.jinja", {"screen": screen, "kind": kind, "kinds": kinds})


@require_safe
@staff_page
def calendar(request: StaffRequest) -> HttpResponse:
    """What is due on which day of a month (`?month=2026-11`)."""
    today = timezone.localdate(clock.now())
    try:
        first = date.fromisoformat(f"{request.GET.get('month', f'{today:%Y-%m}')}-01")
        weeks = month_calendar.Calendar().monthdatescalendar(first.year, first.month)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    after = date(first.year + (first.month == 12), first.month % 12 + 1, 1)
    days = ledger.month(actor=request.actor, year=first.year, number=first.month)
    context = {"first": first, "weeks": weeks, "days": days, "before": before, "after": after, "today": today}
    return render(request, "promises/calendar.jinja", context)


@require_safe
@staff_page
def promise(request: StaffRequest, promise_id: int) -> HttpResponse:
    """One promise."""
    return show(request, promise_id)


def show(
    request: StaffRequest,
    promise_id: int,
    *,
    terms: TermsForm | None = None,
    evidence: EvidenceForm | None = None,
) -> HttpResponse:
    """The page of a promise; with a form as it was sent when something in it is wrong."""
    screen = screens.promise(actor=request.actor, promise_id=promise_id)
    due = timezone.localtime(screen.story.promise.due_at)
    context = {
        "screen": screen,
        "terms": terms or TermsForm(initial={"due_at": due}),
        "evidence": evidence or EvidenceForm(promise_kind=screen.story.promise.kind, auto_id="evidence_%s"),
        "reason_label": reason_label,
    }
    return render(request, "promises/promise.jinja", context, status=422 if terms or evidence else 200)


@require_safe
@staff_page
def outgoing(request: StaffRequest, outgoing_id: int) -> HttpResponse:
    """A message that waits for a person: its words, and what can be done."""
    message = outbox.outgoing(actor=request.actor, outgoing_id=outgoing_id)
    return render(request, "promises/outgoing.jinja", {"message": message})
