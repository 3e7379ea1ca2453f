"""Contradictions as a surface shows them."""

from __future__ import annotations

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.kept import kept
from mikomi.core.paging import Page, keyset
from mikomi.facts.models import Contradiction

PAGE = 50
State = Contradiction.State


def contradictions(
    *,
    actor: Actor,
    state: str = State.OPEN,
    severity: str = "",
    fact_id: int | None = None,
    touchpoint_id: int | None = None,
    cursor: str | None = None,
    size: int = PAGE,
) -> Page[Contradiction]:
    """Contradictions of a state, the worst first, then the newest. Raises `InvalidCursorError`."""
    actor.require(Permission.FACTS_VIEW)
    rows = _full().filter(state=state)
    if severity:
        rows = rows.filter(severity=severity)
    if fact_id is not None:
        rows = rows.filter(fact_id=fact_id)
    if touchpoint_id is not None:
        rows = rows.filter(touchpoint_id=touchpoint_id)
    return keyset(rows, ("rank", "-first_seen_at", "-id"), cursor, size)


def contradiction(*, actor: Actor, contradiction_id: int) -> Contradiction:
    """One contradiction with its fact and touchpoint. Raises `Contradiction.DoesNotExist`."""
    actor.require(Permission.FACTS_VIEW)
    return _full().prefetch_related("fact__versions").get(pk=contradiction_id)


def counts(*, actor: Actor) -> dict[str, int]:
    """How many there are of each state. One query."""
    actor.require(Permission.FACTS_VIEW)
    rows = Contradiction.objects.values_list("state").annotate(n=Count("id"))
    return {state.value: 0 for state in State} | dict(rows)


def for_today(*, actor: Actor, size: int = 12) -> list[Contradiction]:
    """What the actor has to put right: their own facts first; who may edit facts sees the others as well."""
    return _for_today(actor=actor, size=size) if actor.may(Permission.FACTS_VIEW) else []


@kept()
def _for_today(*, actor: Actor, size: int) -> QuerySet[Contradiction]:
    rows = Contradiction.objects.filter(state=State.OPEN)
    if not actor.may(Permission.FACTS_EDIT):
        rows = rows.filter(owner_id=actor.user_id)
    mine = Case(When(Q(owner_id=actor.user_id), then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = rows.select_related("fact").only("what", "severity", "title", "place", "fact__label")
    return rows.annotate(others=mine).order_by("others", "rank", "-first_seen_at", "-id")[:size]


def _full() -> QuerySet[Contradiction]:
    return Contradiction.objects.select_related("fact", "fact__owner", "touchpoint")
