"""The address of the API."""

from __future__ import annotations

from django.urls import path

from mikomi.api.api import api

urlpatterns = [path("api/v1/", api.urls)]
