"""The addresses of facts, of the places that repeat them, and of contradictions."""

from __future__ import annotations

from django.urls import path

from mikomi.web.facts import contradictions, places, views

urlpatterns = [
    path("", views.facts, name="facts"),
    path("new", views.new, name="fact_new"),
    path("<int:fact_id>", views.fact, name="fact"),
    path("<int:fact_id>/edit", views.edit, name="fact_edit"),
    path("<int:fact_id>/archive", views.archive, name="fact_archive"),
    path("<int:fact_id>/review", views.review, name="fact_review"),
    path("places/", places.places, name="touchpoints"),
    path("places/new", places.edit, name="touchpoint_new"),
    path("places/<int:touchpoint_id>", places.place, name="touchpoint"),
    path("places/<int:touchpoint_id>/edit", places.edit, name="touchpoint_edit"),
    path("places/<int:touchpoint_id>/check", places.check, name="touchpoint_check"),
    path("places/<int:touchpoint_id>/archive", places.archive, name="touchpoint_archive"),
    path("checks/<int:check_id>/stop", places.stop, name="check_stop"),
    path("contradictions/", contradictions.contradictions, name="contradictions"),
    path("contradictions/<int:contradiction_id>", contradictions.contradiction, name="contradiction"),
    path("contradictions/<int:contradiction_id>/ignore", contradictions.ignore, name="contradiction_ignore"),
    path(
        "contradictions/<int:contradiction_id>/recheck", contradictions.recheck, name="contradiction_recheck"
    ),
    path("contradictions/<int:contradiction_id>/reopen", contradictions.reopen, name="contradiction_reopen"),
]
