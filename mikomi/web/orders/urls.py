"""The addresses of orders."""

from __future__ import annotations

from django.urls import path

from mikomi.web.orders import views

urlpatterns = [
    path("", views.orders, name="orders"),
    path("<int:order_id>", views.order, name="order"),
    path("<int:order_id>/report", views.report, name="order_report"),
]
