"""How well promises are kept, with the interval that the number of cases allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.intervals import wilson
from mikomi.core.kept import kept, totals
from mikomi.promises.models import Promise

GROUPS = ("kind", "source", "team_id", "group_key", "origin", "expectation", "audience")


@dataclass(frozen=True, slots=True)
class Figure:
    """Kept and broken promises; `share` of the kept with its Wilson interval of 95 %, none without any case."""

    kept: int
    broken: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """The figure of one group: its value in the column asked for."""

    group: str | int | None
    figure: Figure


def keeping_figure(
    *, actor: Actor, since: datetime, until: datetime, kind: str = "", internal: bool = False
) -> Figure:
    """The share of promises that were kept, of those first due from `since` until before `until` (at most now).

    Counted against the date that was given first: a new date does not make a late promise kept. What is not met
    by that date is broken, also while it is still open. Withdrawn promises don't count, unless they were withdrawn
    after that date. `internal`: answers owed by our own standards, which are counted by themselves.
    """
    until = min(until, clock.now())
    ((kept_ones, total),) = _keeping(actor=actor, since=since, until=until, kind=kind, internal=internal)
    return _figure(kept_ones, total)


@kept("since", "until")
def _keeping(
    *, actor: Actor, since: datetime, until: datetime, kind: str, internal: bool
) -> QuerySet[Promise, Any]:
    counted = _counted(actor, since, until, kind=kind, internal=internal)
    return totals(counted, kept=_KEPT, total=Count("*"))


def keeping_by_group(
    *,
    actor: Actor,
    since: datetime,
    until: datetime,
    by: str,
    kind: str = "",
    internal: bool = False,
) -> Sequence[GroupFigure]:
    """`keeping_figure` by one of GROUPS, the groups with the most cases first. `ValueError` for another column."""
    if by not in GROUPS:
        raise ValueError(f"There are no groups by {by!r}; there are {', '.join(GROUPS)}.")
    until = min(until, clock.now())
    counted = _counted(actor, since, until, kind=kind, internal=internal)
    rows = counted.order_by().values(by).annotate(kept=_KEPT, total=Count("*")).order_by("-total", by)
    return [GroupFigure(row[by], _figure(row["kept"], row["total"])) for row in rows]


_KEPT = Count("id", filter=Q(met_at__lte=F("first_due_at")))
_WITHDRAWN_IN_TIME = Q(state=Promise.State.WITHDRAWN, decided_at__lte=F("first_due_at"))


def _counted(
    actor: Actor, since: datetime, until: datetime, *, kind: str, internal: bool
) -> QuerySet[Promise]:
    """All teams: a figure names nobody."""
    actor.require(Permission.FIGURES_VIEW)
    found = Promise.objects.filter(is_internal=internal, first_due_at__gte=since, first_due_at__lt=until)
    found = found.filter(kind=kind) if kind else found
    # What is on hold has no due time that could have passed.
    return found.exclude(_WITHDRAWN_IN_TIME).filter(paused_since=None)


def _figure(kept: int, total: int) -> Figure:
    if total == 0:
        return Figure(0, 0, None, None, None)
    interval = wilson(kept, total)
    return Figure(kept, total - kept, interval.estimate, interval.low, interval.high)
