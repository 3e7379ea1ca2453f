"""A questionnaire, page by page, for a customer with a link of their own or somebody who came by the open one.

Every page is kept as it is sent: who stops has answered what they have answered.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from mikomi.core.business.queries import business
from mikomi.core.text import whole_number
from mikomi.feedback import instruments, operations, queries
from mikomi.feedback.models import Sheet
from mikomi.web.public.pages import public_page, speak


@require_http_methods(["GET", "HEAD", "POST"])
def open_questionnaire(request: HttpRequest, token: str) -> HttpResponse:
    """The open link: nothing is kept until somebody begins, since machines open links too."""
    language = business().language
    if not queries.has_open_link(token):
        raise Http404
    closed = ""
    if request.method == "POST":
        try:
            sheet = operations.open_sheet(token=token)
        except operations.QuestionnaireError as error:
            closed = str(error)
        else:
            return redirect("public_questionnaire", token=sheet.token)
    context = {"begin": True, "closed": closed}
    return public_page(request, "public/questionnaire.jinja", context, language=language)


@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire(request: HttpRequest, token: str) -> HttpResponse:
    """One page of a sheet (`?step=0`…); what is sent is kept, then the next page follows, at last the thanks."""
    try:
        sheet = queries.sheet(token)
    except Sheet.DoesNotExist as error:
        raise Http404 from error
    language = sheet.customer.language if sheet.customer else business().language
    speak(request, language)
    steps = instruments.steps(sheet.questionnaire)
    number = whole_number(request.GET.get("step", "0"), digits=3) or 0
    if "thanks" in request.GET:
        return public_page(request, "public/questionnaire.jinja", {"thanks": True}, language=language)
    at = number if number < len(steps) else 0
    problem = ""
    if request.method == "POST":
        problem = _keep(request, token, steps[at], is_last=at + 1 == len(steps))
        if not problem:
            after = "thanks=1" if at + 1 == len(steps) else f"step={at + 1}"
            return redirect(f"{request.path}?{after}")
    context = {"step": steps[at], "at": at, "count": len(steps), "given": sheet.answers, "error": problem}
    status = 422 if problem else 200
    return public_page(request, "public/questionnaire.jinja", context, language=language, status=status)


def _keep(request: HttpRequest, token: str, step: instruments.Step, *, is_last: bool) -> str:
    """Keep what was sent; why it can't be, in words."""
    given = {question.code: request.POST.get(question.code, "") for question in step.questions}
    values = {code: whole_number(text, digits=2) for code, text in given.items()}
    answers = {code: value for code, value in values.items() if value is not None}
    try:
        operations.fill_in(token=token, answers=answers, is_last=is_last)
    except operations.QuestionnaireError as error:
        return str(error)
    return ""
