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
        # A page that only reads asks for the business once; one that writes must see what it wrote.
        with steady() if request.method in ("GET", "HEAD") else nullcontext():
            own = business.business()
            request.business = own  # type: ignore[attr-defined]
            chosen = "django_language" in request.COOKIES
            if request.user.is_authenticated and not chosen:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = request.user.language
            with timezone.override(own.time_zone):
                return get_response(request)

    return middleware
