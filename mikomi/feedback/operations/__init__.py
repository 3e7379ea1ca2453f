"""The verbs of feedback: asking how it went, taking answers, questionnaires about expectations."""

from mikomi.feedback.operations.answers import (
    LONGEST_COMMENT,
    answer,
    ask_csat,
    mark_handled,
    withdraw_question,
)
from mikomi.feedback.operations.claim_feed import feed_claims
from mikomi.feedback.operations.questionnaires import (
    QuestionnaireError,
    Taken,
    ask,
    close_questionnaire,
    fill_in,
    make_questionnaire,
    open_sheet,
    take_sheets,
)

__all__ = [
    "LONGEST_COMMENT",
    "QuestionnaireError",
    "Taken",
    "answer",
    "ask",
    "ask_csat",
    "close_questionnaire",
    "feed_claims",
    "fill_in",
    "make_questionnaire",
    "mark_handled",
    "open_sheet",
    "take_sheets",
    "withdraw_question",
]
