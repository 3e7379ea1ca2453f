"""The addresses of the pages, one include per place."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("mikomi.web.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("appearance/", include("mikomi.web.appearance.urls")),
    path("gallery/", include("mikomi.web.gallery.urls")),
]
