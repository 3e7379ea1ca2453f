"""All addresses: the API, what outside programs call, and the pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("mikomi.web.urls")),
]
