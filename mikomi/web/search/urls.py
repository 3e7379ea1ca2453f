"""The address of the search."""

from __future__ import annotations

from django.urls import path

from mikomi.web.search import views

urlpatterns = [path("", views.find, name="search")]
