"""The contact form that visitors see, and the page that thanks them and says when they get an answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import BinaryIO, cast

from allauth.account.adapter import get_adapter
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from mikomi.channels import queries
from mikomi.channels.models import WebForm
from mikomi.channels.webform import operations, rules
from mikomi.channels.webform.operations import FormRefusedError, Submission, TooManyError, Upload
from mikomi.core.business.queries import business
from mikomi.web.public.pages import public_page, speak

TRAP = "website"
"""A field that people don't see; programs fill it in."""
FIELDS = ("name", "email", "phone", "text")
_SALT = "mikomi.contact.thanks"


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form; take it; what was typed stays when something has to be put right."""
    form = _form(token)
    speak(request, business().language)
    if request.method != "POST":
        return _page(request, form, {}, {})
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    try:
        receipt = operations.submit(token=form.token, submission=_submission(request, typed))
    except FormRefusedError as refused:
        return _page(request, form, typed, refused.errors, status=422)
    except TooManyError as refused:
        return _page(request, form, typed, {"form": str(refused)}, status=429)
    due = signing.dumps(int(receipt.answer_due_at.timestamp()), salt=_SALT)
    return redirect("contact_thanks", token=form.token, due=due)


@require_safe
def thanks(request: HttpRequest, token: str, due: str) -> HttpResponse:
    """Thank the visitor and say by when they get an answer: the promise that was just made."""
    form = _form(token)
    try:
        moment = datetime.fromtimestamp(signing.loads(due, salt=_SALT), UTC)
    except signing.BadSignature as error:
        raise Http404 from error
    context = {"form": form, "due": moment}
    return public_page(request, "public/contact_thanks.jinja", context, language=business().language)


def _form(token: str) -> WebForm:
    try:
        return queries.public_form(token)
    except WebForm.DoesNotExist as error:
        raise Http404 from error


def _submission(request: HttpRequest, typed: dict[str, str]) -> Submission:
    files = [
        Upload(item.name or "", item.content_type or "", item.size or 0, cast(BinaryIO, item.file))
        for item in request.FILES.getlist("files")
        if item.file
    ]
    return Submission(
        name=typed["name"],
        email=typed["email"],
        phone=typed["phone"],
        text=typed["text"],
        files=files,
        language=(get_language() or "")[:2],
        trap=request.POST.get(TRAP, ""),
        stamp=request.POST.get("stamp", ""),
        caller=get_adapter(request).get_client_ip(request),
    )


def _page(
    request: HttpRequest, form: WebForm, typed: dict[str, str], errors: dict[str, str], status: int = 200
) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "typed": dict.fromkeys(FIELDS, "") | typed,
        "errors": errors,
        "stamp": request.POST.get("stamp", "")
        if errors and "form" not in errors
        else operations.new_stamp(form),
        "trap": TRAP,
        "most_files": rules.MOST_FILES,
        "most_megabytes": rules.LARGEST_FILE // 1_000_000,
    }
    return public_page(request, "public/contact.jinja", context, language=business().language, status=status)
