"""What customers see, by unguessable links: the promise page, the confirmation, the question; and the contact form."""

from __future__ import annotations

from django.urls import path

from mikomi.web.public import contact, feedback, promise, questionnaire, recovery, unsubscribe

urlpatterns = [
    path("contact/<slug:token>", contact.contact, name="contact"),
    path("contact/<slug:token>/thanks/<str:due>", contact.thanks, name="contact_thanks"),
    path("p/<slug:token>", promise.promise, name="public_promise"),
    path("p/<slug:token>/terms/<int:renegotiation_id>", promise.answer_terms, name="public_promise_answer"),
    path("p/<slug:token>/dispute", promise.dispute, name="public_promise_dispute"),
    path("p/<slug:token>/subscribe", promise.subscribe, name="public_promise_subscribe"),
    path("p/<slug:token>/mail/<slug:key>/<slug:act>", promise.subscription, name="public_promise_mail"),
    path("r/<slug:token>", recovery.confirmation, name="public_confirmation"),
    path("unsubscribe/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("f/<slug:token>", feedback.question, name="public_question"),
    path("q/o/<slug:token>", questionnaire.open_questionnaire, name="public_questionnaire_open"),
    path("q/<slug:token>", questionnaire.questionnaire, name="public_questionnaire"),
]
