"""Promises in what we write: 「明日15時までにお電話します」, "we'll call you by Friday". Pure; the time is an argument.

Found are sentences in which *we* say what *we* will do and by when. Not promises: questions, requests, what depends on
the customer, what others said (quotes), the past, what we won't do, opening hours and rules for everybody.
"""

from mikomi.promises.rules.capture.finding import Captured, capture
from mikomi.promises.rules.capture.vague import Vague, vague_wording

__all__ = ["Captured", "Vague", "capture", "vague_wording"]
