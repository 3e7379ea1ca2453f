"""The tables of questions and answers."""

from mikomi.feedback.models.answers import Answer, Invitation
from mikomi.feedback.models.questionnaires import Questionnaire, Sheet
from mikomi.feedback.models.surprises import Surprise, SurprisePlan

__all__ = ["Answer", "Invitation", "Questionnaire", "Sheet", "Surprise", "SurprisePlan"]
