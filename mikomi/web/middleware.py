"""What every page gets: a strict content security policy, and the language and zone of who looks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from mikomi.core.business import queries as business
from mikomi.core.steady import steady

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'"
)
Handler = Callable[[HttpRequest], HttpResponse]


def content_security_policy(get_response: Handler) -> Handler:
    """Set the policy, unless a view has set one of its own (the frame of a stranger's mail)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware


def business_frame(get_response: Handler) -> Handler:
    """Show times in the business's zone; take the person's own language unless they switched it here."""

    def middleware(request: HttpRequest) -> HttpResponse:
        own = business.business()
        request.business = own  # type: ignore[attr-defined]
        timezone.activate(own.time_zone)
        chosen = "django_language" in request.COOKIES
        if request.user.is_authenticated and not chosen:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        # A page that only reads asks for the business once; one that writes must see what it wrote.
        reads = steady() if request.method in ("GET", "HEAD") else nullcontext()
        try:
            with reads:
                return get_response(request)
        finally:
            timezone.deactivate()

    return middleware
