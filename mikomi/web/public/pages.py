"""What the public pages share: the customer's language, and that nobody stores or indexes them."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from mikomi.core.business.queries import business


def speak(request: HttpRequest, language: str) -> None:
    """Speak the customer's language from here on, unless they switched it themselves."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        base = language.partition("-")[0]
        spoken = base if base in dict(settings.LANGUAGES) else "en"
        translation.activate(spoken)
        request.LANGUAGE_CODE = spoken


def _logo() -> str:
    file_id = business().logo_file_id
    return reverse("brand_logo", kwargs={"file_id": file_id}) if file_id else ""


def public_page(
    request: HttpRequest, template: str, context: Mapping[str, object], *, language: str, status: int = 200
) -> HttpResponse:
    """A page in the customer's language, unless they switched it themselves."""
    speak(request, language)
    response = render(request, template, {"logo_url": _logo()} | dict(context), status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    # Not "no-referrer": browsers then send a form with "Origin: null", and it is refused as coming from elsewhere.
    response["Referrer-Policy"] = "same-origin"
    return response
