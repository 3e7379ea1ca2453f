"""Expected against perceived, and the questionnaires behind it."""

from __future__ import annotations

from typing import BinaryIO, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.core import clock
from mikomi.core.business import queries as business
from mikomi.core.text import whole_number
from mikomi.customers import queries as customers
from mikomi.feedback import instruments, operations, queries
from mikomi.integrations.files.issues import RowIssue
from mikomi.integrations.files.sheets import read_sheets
from mikomi.screens import expectations as screens
from mikomi.web.expectations.forms import AskForm, QuestionnaireForm, SheetsForm
from mikomi.web.expectations.map import place
from mikomi.web.staff import StaffRequest, staff_page

_MOST_WRONG = 20


@require_safe
@staff_page
def expectations(request: StaffRequest) -> HttpResponse:
    """Gaps by dimension, features, importance and performance, drift (`?days=90`)."""
    days = whole_number(request.GET.get("days", "90"), digits=4)
    if days is None or days not in screens.DAYS:
        raise Http404
    screen = screens.expectations(actor=request.actor, days=days)
    context = {
        "screen": screen,
        "spans": screens.DAYS,
        "dimensions": instruments.DIMENSION_WORDS,
        "words_of": instruments.words_of,
        "maps": [(one, place(one.map)) for one in screen.asked.importance if one.map],
    }
    return render(request, "expectations/expectations.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def questionnaires(request: StaffRequest) -> HttpResponse:
    """All questionnaires, and the form for a new one."""
    form = QuestionnaireForm(request.POST) if request.method == "POST" else QuestionnaireForm()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = operations.make_questionnaire(
                actor=request.actor, kind=data["kind"], title=data["title"], items=form.parsed_items()
            )
        except operations.QuestionnaireError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The questionnaire is ready."))
            return redirect("questionnaire", questionnaire_id=made.pk)
    found = queries.questionnaires(actor=request.actor)
    context = {"found": found, "form": form}
    return render(request, "expectations/questionnaires.jinja", context, status=422 if form.errors else 200)


@require_safe
@staff_page
def questionnaire(request: StaffRequest, questionnaire_id: int) -> HttpResponse:
    """One questionnaire: its questions, its open link, asking, a file of answers."""
    return _show(request, questionnaire_id)


def _show(request: StaffRequest, questionnaire_id: int, wrong: list[str] | None = None) -> HttpResponse:
    found = queries.questionnaire(actor=request.actor, questionnaire_id=questionnaire_id)
    segments = [(one.pk, one.name) for one in customers.segments(actor=request.actor)]
    context = {
        "found": found,
        "steps": instruments.steps(found),
        "address": f"{settings.PUBLIC_URL}{reverse('public_questionnaire_open', args=[found.token])}",
        "ask": AskForm(segments=segments) if segments else None,
        "sheets": SheetsForm(),
        "wrong": wrong or [],
    }
    return render(request, "expectations/questionnaire.jinja", context, status=422 if wrong else 200)


@require_POST
@staff_page
def ask(request: StaffRequest, questionnaire_id: int) -> HttpResponse:
    """Send a segment's people a link each."""
    segments = [(one.pk, one.name) for one in customers.segments(actor=request.actor)]
    form = AskForm(request.POST, segments=segments)
    if not form.is_valid():
        messages.error(request, _("Choose a segment and how many people at most."))
        return redirect("questionnaire", questionnaire_id=questionnaire_id)
    data = form.cleaned_data
    page = customers.customers(actor=request.actor, segment_id=data["segment_id"], size=data["limit"])
    try:
        asked = operations.ask(
            actor=request.actor,
            questionnaire_id=questionnaire_id,
            customer_ids=[one.pk for one in page.items],
        )
    except operations.QuestionnaireError as error:
        messages.error(request, str(error))
    else:
        words = ngettext("%(num)s person is asked.", "%(num)s people are asked.", len(asked)) % {
            "num": len(asked)
        }
        messages.success(request, words)
    return redirect("questionnaire", questionnaire_id=questionnaire_id)


@require_POST
@staff_page
def take_file(request: StaffRequest, questionnaire_id: int) -> HttpResponse:
    """Take filled-in sheets from a file; sent again, the same ones count once."""
    form = SheetsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, questionnaire_id, [str(error) for error in form.errors["file"]])
    found = queries.questionnaire(actor=request.actor, questionnaire_id=questionnaire_id)
    stream = cast(BinaryIO, form.cleaned_data["file"].file)
    rows = list(read_sheets(stream, instruments.codes(found), business.zone(), clock.now()))
    good = [one for one in rows if not isinstance(one, RowIssue)]
    wrong = [(one.line, one.message(_)) for one in rows if isinstance(one, RowIssue)]
    try:
        taken = operations.take_sheets(
            actor=request.actor, questionnaire_id=questionnaire_id, source="csv",
            sheets=[(one.key, one.at, one.answers) for one in good],
        )  # fmt: skip
    except operations.QuestionnaireError as error:
        return _show(request, questionnaire_id, [str(error)])
    wrong += [(good[at].line, words) for at, words in taken.refused]
    words = ngettext("%(num)s sheet was taken.", "%(num)s sheets were taken.", taken.taken) % {
        "num": taken.taken
    }
    messages.success(request, words)
    lines = [_("Line %(line)s: %(words)s") % {"line": line, "words": text} for line, text in sorted(wrong)]
    if lines:
        return _show(request, questionnaire_id, lines[:_MOST_WRONG])
    return redirect("questionnaire", questionnaire_id=questionnaire_id)


@require_POST
@staff_page
def close(request: StaffRequest, questionnaire_id: int) -> HttpResponse:
    """Take no further answers."""
    operations.close_questionnaire(actor=request.actor, questionnaire_id=questionnaire_id)
    messages.success(request, _("Closed."))
    return redirect("questionnaire", questionnaire_id=questionnaire_id)
