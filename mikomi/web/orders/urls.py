"""The addresses of orders."""

from __future__ import annotations

from django.urls import path

from mikomi.web.orders import products, views

urlpatterns = [
    path("", views.orders, name="orders"),
    path("products/", products.products, name="products"),
    path("products/file", products.file, name="products_file"),
    path("products/<int:product_id>", products.product, name="product"),
    path("<int:order_id>", views.order, name="order"),
    path("<int:order_id>/report", views.report, name="order_report"),
]
