"""The addresses of the settings."""

from __future__ import annotations

from django.urls import path

from mikomi.web.settings import business, desk, log, people, places, programs

urlpatterns = [
    path("", business.business, name="settings"),
    path("hours", business.hours, name="settings_hours"),
    path("hours/day", business.day, name="settings_day"),
    path("places", places.places, name="settings_places"),
    path("people", people.people, name="settings_people"),
    path("people/<int:user_id>", people.person, name="settings_person"),
    path("people/limits", people.limits, name="settings_limits"),
    path("desk", desk.standards, name="settings_desk"),
    path("desk/policy", desk.policy, name="settings_policy"),
    path("templates", desk.templates, name="settings_templates"),
    path("templates/<int:template_id>", desk.template, name="settings_template"),
    path("templates/<int:template_id>/archive", desk.archive, name="settings_template_archive"),
    path("programs", programs.tokens, name="settings_programs"),
    path("programs/<int:token_id>/revoke", programs.revoke, name="settings_token_revoke"),
    path("log", log.access_log, name="settings_log"),
]
