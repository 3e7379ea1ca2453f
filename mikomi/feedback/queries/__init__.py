"""Reads of feedback. What a surface calls takes the actor and returns only what that person may see."""

from mikomi.feedback.queries.answers import (
    Csat,
    answers,
    answers_by_id,
    csat_figure,
    invitation,
    of_conversation,
    poor_open,
)
from mikomi.feedback.queries.expectations import (
    Expectations,
    expectations,
    has_open_link,
    questionnaire,
    questionnaires,
    sheet,
)

__all__ = [
    "Csat",
    "Expectations",
    "answers",
    "answers_by_id",
    "csat_figure",
    "expectations",
    "has_open_link",
    "invitation",
    "of_conversation",
    "poor_open",
    "questionnaire",
    "questionnaires",
    "sheet",
]
