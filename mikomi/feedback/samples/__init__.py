"""Seeded answers of the past for the sample business: after cases, in questionnaires, and small surprises."""

from mikomi.feedback.samples.answers import load_answers
from mikomi.feedback.samples.questionnaires import load_questionnaires
from mikomi.feedback.samples.surprises import load_surprises

__all__ = ["load_answers", "load_questionnaires", "load_surprises"]
