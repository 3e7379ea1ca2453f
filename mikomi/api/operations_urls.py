"""The addresses of the API's operations."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _

from mikomi.api.api import BASE, api
from mikomi.api.problem import problem


def nothing(request: HttpRequest) -> HttpResponse:
    """Programs get a problem they can read, not a page."""
    return problem(404, "not-found", _("Nothing is here"))


urlpatterns = [
    path(BASE, api.urls),
    re_path("^api/", nothing),
]
