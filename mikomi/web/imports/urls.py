"""The addresses of imports."""

from __future__ import annotations

from django.urls import path

from mikomi.web.imports import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("<int:job_id>/", views.job, name="import_job"),
    path("<int:job_id>/columns", views.mapping, name="import_mapping"),
    path("<int:job_id>/run", views.run, name="import_run"),
    path("<int:job_id>/stop", views.stop, name="import_stop"),
    path("<int:job_id>/forget", views.forget, name="import_forget"),
]
