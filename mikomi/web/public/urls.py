"""What customers see, by unguessable links: the promise page, the confirmation, the question."""

from __future__ import annotations

from django.urls import path

from mikomi.web.public import feedback, promise, recovery

urlpatterns = [
    path("p/<slug:token>", promise.promise, name="public_promise"),
    path("r/<slug:token>", recovery.confirmation, name="public_confirmation"),
    path("f/<slug:token>", feedback.question, name="public_question"),
]
