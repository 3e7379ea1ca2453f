"""The address of Today: home."""

from __future__ import annotations

from django.urls import path

from mikomi.web.today import views

urlpatterns = [path("", views.today, name="today")]
