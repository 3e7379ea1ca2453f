"""No more of these mails, please: one press by the reader, or one click of their mail program (RFC 8058)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mikomi.channels.email import unsubscribing
from mikomi.core.business.queries import business
from mikomi.web.public.pages import public_page


@csrf_exempt  # the reader's mail program has no cookie of ours; the signed address is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the page ends nothing: mail programs and scanners open links by themselves."""
    try:
        found = unsubscribing.subscription(token)
        if request.method == "POST":
            unsubscribing.end(token)
    except unsubscribing.WrongLinkError as error:
        raise Http404 from error
    context = {"purpose": found.purpose, "ended": request.method == "POST"}
    return public_page(request, "public/unsubscribe.jinja", context, language=business().language)
