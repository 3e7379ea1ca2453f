"""The addresses of the pages, one include per place."""

from __future__ import annotations

from django.urls import include, path

from mikomi.web.imports import hooks
from mikomi.web.live.views import live

urlpatterns = [
    path("", include("mikomi.web.today.urls")),
    path("accounts/", include("mikomi.web.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("appearance/", include("mikomi.web.appearance.urls")),
    path("customers/", include("mikomi.web.customers.urls")),
    path("facts/", include("mikomi.web.facts.urls")),
    path("expectations/", include("mikomi.web.expectations.urls")),
    path("gallery/", include("mikomi.web.gallery.urls")),
    path("hooks/shopify/<slug:token>", hooks.shopify, name="hook_shopify"),
    path("imports/", include("mikomi.web.imports.urls")),
    path("inbox/", include("mikomi.web.inbox.urls")),
    path("orders/", include("mikomi.web.orders.urls")),
    path("promises/", include("mikomi.web.promises.urls")),
    path("recoveries/", include("mikomi.web.recoveries.urls")),
    path("search", include("mikomi.web.search.urls")),
    path("", include("mikomi.web.public.urls")),
    path("settings/", include("mikomi.web.settings.urls")),
    path("welcome/", include("mikomi.web.welcome.urls")),
    path("live", live, name="live"),
]
