"""The addresses of the API as the house knows them; its operations' own are in `operations_urls`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path, resolve
from django.views.decorators.csrf import csrf_exempt

from mikomi.api import docs

OPERATIONS = "mikomi.api.operations_urls"


@csrf_exempt
def call(request: HttpRequest) -> HttpResponse:
    """Hand the call to its operation.

    The operations are imported by the first call and not at the start: to describe them all takes as long as the rest
    of the start, and many processes never get a call.
    """
    match = resolve(request.path_info, OPERATIONS)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


urlpatterns = [
    path("api/v1/docs", docs.page, name="api_docs"),
    re_path("^api/", call),
]
