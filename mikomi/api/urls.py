"""The addresses of the API."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from mikomi.api import docs
from mikomi.api.api import api
from mikomi.api.problems import problem


@csrf_exempt
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Programs get a problem they can read, not a page."""
    return problem(404, "not-found", _("Nothing is here"))


urlpatterns = [
    path("api/v1/docs", docs.page, name="api_docs"),
    path("api/v1/", api.urls),
    path("api/<path:rest>", nothing),
]
