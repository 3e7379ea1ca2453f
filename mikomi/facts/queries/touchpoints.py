"""Touchpoints and their checks as a surface shows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.paging import Page, keyset
from mikomi.facts.models import Check, Contradiction, PageCopy, Touchpoint

PAGE = 50


@dataclass(frozen=True, slots=True)
class TouchpointRow:
    """A touchpoint, its newest check, and how many open contradictions it has."""

    touchpoint: Touchpoint
    check: Check | None
    open_contradictions: int


def touchpoints(*, actor: Actor, cursor: str | None = None, size: int = PAGE) -> Page[TouchpointRow]:
    """The places that are watched, by name."""
    actor.require(Permission.FACTS_VIEW)
    newest = Check.objects.filter(touchpoint=OuterRef("pk")).order_by("-id").values("pk")[:1]
    rows = Touchpoint.objects.filter(archived_at=None).annotate(
        open_contradictions=Count("contradictions", filter=Q(contradictions__state=Contradiction.State.OPEN)),
        newest_check=Subquery(newest),
    )
    page = keyset(rows, ("label", "id"), cursor, size)
    last = Check.objects.defer("robots").in_bulk([getattr(one, "newest_check", None) for one in page.items])
    return page.map(lambda one: _row(one, last))


def _row(one: Touchpoint, last: dict[int, Check]) -> TouchpointRow:
    """What the query added to the row."""
    return TouchpointRow(
        one, last.get(getattr(one, "newest_check", 0)), getattr(one, "open_contradictions", 0)
    )


def touchpoint(*, actor: Actor, touchpoint_id: int) -> Touchpoint:
    """One place with its last checks, the newest first. Raises `Touchpoint.DoesNotExist`."""
    actor.require(Permission.FACTS_VIEW)
    last = Prefetch("checks", Check.objects.order_by("-id")[:10], to_attr="last_checks")
    return Touchpoint.objects.select_related("brand", "store").prefetch_related(last).get(pk=touchpoint_id)


def checks(*, actor: Actor, touchpoint_id: int, cursor: str | None = None, size: int = PAGE) -> Page[Check]:
    """The checks of a place, the newest first."""
    actor.require(Permission.FACTS_VIEW)
    return keyset(Check.objects.filter(touchpoint_id=touchpoint_id), ("-id",), cursor, size)


def check(*, actor: Actor, check_id: int) -> Check:
    """One check. Raises `Check.DoesNotExist`."""
    actor.require(Permission.FACTS_VIEW)
    return Check.objects.select_related("touchpoint").get(pk=check_id)


def pages(
    *,
    actor: Actor,
    touchpoint_id: int,
    only_problems: bool = False,
    cursor: str | None = None,
    size: int = PAGE,
) -> Page[PageCopy]:
    """The pages that were read of a place, or only those that could not be."""
    actor.require(Permission.FACTS_VIEW)
    rows = PageCopy.objects.filter(touchpoint_id=touchpoint_id, read_in__gt=0).defer("content")
    return keyset(rows.exclude(problem="") if only_problems else rows, ("id",), cursor, size)
