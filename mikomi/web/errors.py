"""Refusals and faults in words: 400, 403, 404, 413, 500 and a form without its token."""

from __future__ import annotations

import logging

from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mikomi.core.files.queries import FileMissingError
from mikomi.core.paging import InvalidCursorError

logger = logging.getLogger(__name__)


def answer_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page for an expected refusal; anything else is raised again and becomes a 500 with a log entry."""
    if isinstance(error, PermissionDenied):
        return forbidden(request, error)
    if isinstance(error, (Http404, ObjectDoesNotExist, FileMissingError)):
        return not_found(request, error)
    if isinstance(error, RequestDataTooBig):
        return _page(
            request, 413, _("That was too much at once"), _("Send a smaller file or a shorter text.")
        )
    if isinstance(error, BadRequest):
        return bad_request(request, error)
    if isinstance(error, InvalidCursorError):
        return bad_request(request, BadRequest(str(error)))
    raise error


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(
        request, "errors/error.jinja", {"title": title, "text": text, "status": status}, status=status
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent can't be understood."""
    text = (
        str(exception)
        if isinstance(exception, BadRequest) and str(exception)
        else _("Go back and try once more.")
    )
    return _page(request, 400, _("This could not be understood"), text)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but without the right."""
    text = (
        str(exception) if exception and str(exception) else _("Ask an owner of your business for the right.")
    )
    return _page(request, 403, _("You may not do this"), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not for this person; which of the two is not told."""
    return _page(request, 404, _("Nothing is here"), _("The address is wrong, or what was here is gone."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; logged by Django."""
    text = _("It is our fault, not yours. What you typed may still be there when you go back.")
    try:
        return _page(request, 500, _("Something went wrong"), text)
    except Exception:
        logger.exception("The error page itself failed")
        return HttpResponse(
            f"{_('Something went wrong')}. {text}", status=500, content_type="text/plain; charset=utf-8"
        )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without its token."""
    logger.warning("csrf_refused", extra={"path": request.path, "reason": reason})
    text = _(
        "The page was open for too long, or it came from elsewhere. Go back, reload the page and send it again."
    )
    return _page(request, 403, _("This form can't be accepted"), text)
