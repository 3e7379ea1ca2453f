"""Addresses of the gallery."""

from django.urls import path

from mikomi.web.gallery import views

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("<slug:page>", views.example, name="gallery_example"),
]
