"""The addresses of the ledger, and of the messages that wait for a person."""

from __future__ import annotations

from django.urls import path

from mikomi.web.promises import acts, claims, quotes, views

urlpatterns = [
    path("", views.promises, name="promises"),
    path("new", views.new, name="promise_new"),
    path("origins", views.origins, name="promises_origins"),
    path("calendar", views.calendar, name="promises_calendar"),
    path("quotes", quotes.quotes, name="quotes"),
    path("quotes/line", quotes.line, name="quote_line"),
    path("quotes/policy", quotes.policy, name="quote_policy"),
    path("quotes/calibration", quotes.calibration, name="quote_calibration"),
    path("claims/", claims.claims, name="claims"),
    path("claims/new", claims.new_claim, name="claim_new"),
    path("claims/<int:claim_id>/", claims.claim, name="claim"),
    path("claims/<int:claim_id>/measure", claims.measure, name="claim_measure"),
    path("claims/<int:claim_id>/file", claims.measure_file, name="claim_file"),
    path("claims/<int:claim_id>/publish", claims.publish, name="claim_publish"),
    path("claims/<int:claim_id>/withdraw", claims.withdraw, name="claim_withdraw"),
    path("claims/<int:claim_id>/dispute/<int:measurement_id>", claims.dispute, name="claim_dispute"),
    path("<int:promise_id>/", views.promise, name="promise"),
    path("<int:promise_id>/terms", acts.terms, name="promise_terms"),
    path("<int:promise_id>/question/back", acts.take_back_question, name="promise_question_back"),
    path("<int:promise_id>/answers/<int:renegotiation_id>", acts.handled, name="promise_answer_handled"),
    path("<int:promise_id>/disputes/<int:dispute_id>", acts.resolve, name="promise_dispute"),
    path("<int:promise_id>/keeper", acts.hand_over, name="promise_hand_over"),
    path("<int:promise_id>/publish", acts.publish, name="promise_publish"),
    path("<int:promise_id>/evidence", acts.evidence, name="promise_evidence"),
    path("<int:promise_id>/withdraw", acts.withdraw, name="promise_withdraw"),
    path("outgoing/<int:outgoing_id>/", views.outgoing, name="outgoing"),
    path("outgoing/<int:outgoing_id>/release", acts.release, name="outgoing_release"),
    path("outgoing/<int:outgoing_id>/cancel", acts.cancel, name="outgoing_cancel"),
    path("outgoing/<int:outgoing_id>/retry", acts.retry, name="outgoing_retry"),
    path("outgoing/<int:outgoing_id>/decide", acts.decide, name="outgoing_decide"),
]
