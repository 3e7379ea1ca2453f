"""Sign-in, passwords and the second factor: allauth's views under our own templates.

Pages of allauth that Mikomi doesn't offer (signing up by oneself, managing addresses) are closed before it is asked.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path


def closed(request: HttpRequest, **_rest: str) -> HttpResponse:
    """Staff are added by an owner; this page doesn't exist here."""
    raise Http404


urlpatterns = [
    re_path(r"^(?:signup|email|confirm-email|inactive-signup|login/code|phone)/.*$", closed),
    path("", include("allauth.urls")),
]
