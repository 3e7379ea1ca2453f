"""Addresses of theme and brand colour."""

from django.urls import path

from mikomi.web.appearance import views

urlpatterns = [
    path("theme", views.set_theme, name="set_theme"),
    path("brand/logo/<int:file_id>", views.brand_logo, name="brand_logo"),
    path("brand/<str:colour>.css", views.brand_css, name="brand_css"),
]
