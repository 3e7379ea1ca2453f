"""What can happen to facts and to the places that repeat them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from mikomi.core.events.kinds import Code, event_kind


@event_kind("fact.changed", pgettext_lazy("event", "Fact changed"), subject="fact", in_timeline=False)
@dataclass(frozen=True, slots=True)
class FactChanged:
    """A fact has a new version."""

    fact_id: int
    kind: Code
    version: int


@event_kind(
    "contradiction.found",
    pgettext_lazy("event", "Contradiction found"),
    subject="contradiction",
    in_timeline=False,
)
@dataclass(frozen=True, slots=True)
class ContradictionFound:
    """A place says something else than a fact; `owner_id`: who answers for the fact."""

    contradiction_id: int
    what: Code
    severity: Code
    fact_id: int | None = None
    owner_id: int | None = None


@event_kind(
    "contradiction.closed",
    pgettext_lazy("event", "Contradiction settled"),
    subject="contradiction",
    in_timeline=False,
)
@dataclass(frozen=True, slots=True)
class ContradictionClosed:
    """They agree again, the place is gone, or a person leaves it as it is."""

    contradiction_id: int
    because: Code
