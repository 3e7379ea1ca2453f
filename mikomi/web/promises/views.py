"""The ledger: lists by state, the calendar, one promise's story, a message that waits for a person."""

from __future__ import annotations

import calendar as month_calendar
from datetime import date, timedelta

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mikomi.core import clock
from mikomi.core.access.rules import Permission
from mikomi.core.text import whole_number
from mikomi.customers import queries as customers
from mikomi.customers.queries.display import Display
from mikomi.outbox import queries as outbox
from mikomi.promises import operations
from mikomi.promises import queries as ledger
from mikomi.promises.models import Promise
from mikomi.promises.queries.lists import STATES
from mikomi.promises.reasons import reason_label
from mikomi.promises.rules.kinds import measure_of
from mikomi.screens import promises as screens
from mikomi.web.promises import helping
from mikomi.web.promises.forms import EvidenceForm, MoreTermsForm, ResolutionForm, TermsForm
from mikomi.web.promises.making import FilterForm, NewForm
from mikomi.web.staff import StaffRequest, staff_page


@require_safe
@staff_page
def promises(request: StaffRequest) -> HttpResponse:
    """One state's promises, narrowed by kind, class, origin, audience; or those without a due time."""
    chosen = FilterForm(request.GET)
    if not chosen.is_valid():
        raise Http404
    wanted = chosen.wanted()
    state = request.GET.get("state", "" if wanted.is_standing else "at_risk")
    if state not in (*STATES, "") or (state == "" and not wanted.is_standing):
        raise Http404
    cursor = request.GET.get("cursor")
    screen = screens.promises(actor=request.actor, state=state, wanted=wanted, cursor=cursor)
    context = {
        "screen": screen,
        "filter": chosen,
        "wanted": wanted,
        "kept": chosen.kept(),
        "kind": wanted.kind,
        "narrowed": any((wanted.kind, wanted.expectation, wanted.origin, wanted.audience)),
    }
    return render(request, "promises/list.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def new(request: StaffRequest) -> HttpResponse:
    """Make a promise of any kind, to one customer, a segment or everyone."""
    request.actor.require(Permission.PROMISES_RECORD)
    customer = _customer(request)
    form = NewForm(request.POST or None, actor=request.actor, customer_id=customer.id if customer else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.make(actor=request.actor, promise=form.promise())
        except operations.PromiseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The promise is recorded."))
            return redirect("promise", promise_id=made.pk)
    context = {"form": form, "customer": customer}
    return render(request, "promises/new.jinja", context, status=422 if form.errors else 200)


def _customer(request: StaffRequest) -> Display | None:
    asked = whole_number(request.GET.get("customer", ""))
    if asked is None:
        return None
    profile = customers.customer(actor=request.actor, customer_id=asked)
    return customers.display_ids([profile.customer.pk]).get(profile.customer.pk)


@require_safe
@staff_page
def origins(request: StaffRequest) -> HttpResponse:
    """Where expectations come from, and how well each class is kept."""
    now = clock.now()
    since = now - timedelta(days=screens.FIGURE_DAYS)
    report = ledger.origins(actor=request.actor, since=since, until=now)
    context = {
        "report": report,
        "days": screens.FIGURE_DAYS,
        "origins": dict(Promise.Origin.choices),
        "classes": dict(Promise.ExpectationClass.choices),
    }
    return render(request, "promises/origins.jinja", context)


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
    terms: Form | None = None,
    evidence: EvidenceForm | None = None,
    resolution: tuple[int, ResolutionForm] | None = None,
) -> HttpResponse:
    """The page of a promise; with a form as it was sent when something in it is wrong."""
    screen = screens.promise(actor=request.actor, promise_id=promise_id)
    promise = screen.story.promise
    context = {
        "screen": screen,
        "terms": terms or _terms_form(promise),
        "evidence": evidence or EvidenceForm(promise_kind=promise.kind, auto_id="evidence_%s"),
        "resolutions": {
            one.pk: resolution[1]
            if resolution and resolution[0] == one.pk
            else ResolutionForm(auto_id=f"dispute{one.pk}_%s")
            for one in screen.story.disputes
            if one.state == "open"
        },
        "measure": measure_of(promise.terms),
        "reason_label": reason_label,
        "may_release": request.actor.may(Permission.PROMISES_RELEASE),
        "keepers": screens.keepers(actor=request.actor, promise=promise)
        if request.actor.may(Permission.PROMISES_RECORD)
        else [],
        "harder": helping.harder(screen.story.around),
    }
    wrong = terms or evidence or resolution
    return render(request, "promises/promise.jinja", context, status=422 if wrong else 200)


def _terms_form(promise: Promise) -> Form:
    if promise.customer_id is None:
        return MoreTermsForm(initial={"statement": promise.statement})
    due = timezone.localtime(promise.due_at) if promise.due_at else None
    return TermsForm(initial={"due_at": due}, has_date=promise.due_at is not None)


@require_safe
@staff_page
def outgoing(request: StaffRequest, outgoing_id: int) -> HttpResponse:
    """A message that waits for a person: its words, and what can be done."""
    message = outbox.outgoing(actor=request.actor, outgoing_id=outgoing_id)
    return render(request, "promises/outgoing.jinja", {"message": message})
