"""Reads of facts, touchpoints and contradictions. What a surface calls takes the actor."""

from mikomi.facts.queries.book import known_facts, read_book
from mikomi.facts.queries.contradictions import (
    contradiction,
    contradictions,
    counts,
    for_today,
)
from mikomi.facts.queries.quoting import (
    FactUnavailableError,
    Said,
    quotable,
    quote,
    quote_public,
    refuse_unknown,
    said,
)
from mikomi.facts.queries.registry import VIEWS, FactRow, FactStory, UnknownViewError, fact, facts
from mikomi.facts.queries.touchpoints import TouchpointRow, check, checks, pages, touchpoint, touchpoints

__all__ = [
    "VIEWS",
    "FactRow",
    "FactStory",
    "FactUnavailableError",
    "Said",
    "TouchpointRow",
    "UnknownViewError",
    "check",
    "checks",
    "contradiction",
    "contradictions",
    "counts",
    "fact",
    "facts",
    "for_today",
    "known_facts",
    "pages",
    "quotable",
    "quote",
    "quote_public",
    "read_book",
    "refuse_unknown",
    "said",
    "touchpoint",
    "touchpoints",
]
