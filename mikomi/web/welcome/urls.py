"""The first run of an empty installation."""

from __future__ import annotations

from django.urls import path

from mikomi.web.welcome import views

urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("next", views.next_steps, name="welcome_next"),
]
