"""All addresses: the API, what outside programs call, and the pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("mikomi.ops.health")),
    path("", include("mikomi.api.urls")),
    path("", include("mikomi.web.urls")),
]
handler400 = "mikomi.web.errors.bad_request"
handler403 = "mikomi.web.errors.forbidden"
handler404 = "mikomi.web.errors.not_found"
handler500 = "mikomi.web.errors.server_error"
