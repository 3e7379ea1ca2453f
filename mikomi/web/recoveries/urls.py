"""The addresses of the recoveries."""

from __future__ import annotations

from django.urls import path

from mikomi.web.recoveries import views

urlpatterns = [
    path("", views.recoveries, name="recoveries"),
    path("preventions", views.preventions, name="preventions"),
    path("effects", views.effects, name="recovery_effects"),
]
