"""Facts and their versions; the places that repeat them, their pages, checks and contradictions."""

from mikomi.facts.models.contradictions import Contradiction
from mikomi.facts.models.registry import Fact, FactVersion
from mikomi.facts.models.touchpoints import Check, PageCopy, Touchpoint

__all__ = ["Check", "Contradiction", "Fact", "FactVersion", "PageCopy", "Touchpoint"]
