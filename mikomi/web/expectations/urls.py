"""The addresses of expectations: gaps, features, importance, and the questionnaires behind them."""

from __future__ import annotations

from django.urls import path

from mikomi.web.expectations import surprises, views

urlpatterns = [
    path("", views.expectations, name="expectations"),
    path("surprises/", surprises.surprises, name="surprises"),
    path("surprises/plan", surprises.plan, name="surprise_plan"),
    path("surprises/<int:surprise_id>/", surprises.surprise, name="surprise"),
    path("surprises/<int:surprise_id>/done", surprises.done, name="surprise_done"),
    path("surprises/<int:surprise_id>/approve", surprises.approve, name="surprise_approve"),
    path("surprises/<int:surprise_id>/dismiss", surprises.dismiss, name="surprise_dismiss"),
    path("questionnaires/", views.questionnaires, name="questionnaires"),
    path("questionnaires/<int:questionnaire_id>/", views.questionnaire, name="questionnaire"),
    path("questionnaires/<int:questionnaire_id>/ask", views.ask, name="questionnaire_ask"),
    path("questionnaires/<int:questionnaire_id>/file", views.take_file, name="questionnaire_file"),
    path("questionnaires/<int:questionnaire_id>/close", views.close, name="questionnaire_close"),
]
