"""Where expectations come from, and of which class they are: how many promises, and how well they are kept (P11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.promises.models import Promise
from mikomi.promises.queries.answers import expectation_classes
from mikomi.promises.queries.figures import Figure, keeping_by_group
from mikomi.promises.queries.visible import visible

EXPIRES_SOON = timedelta(days=30)
_STATES = Promise.State


@dataclass(frozen=True, slots=True)
class Group:
    """The promises made in the span of one origin or class. `key` empty: nobody said. `figure`: of those with a due
    time, counted as everywhere; `standing_broken` of `standing`: those without one that don't hold."""

    key: str
    made: int
    figure: Figure | None
    standing: int
    standing_broken: int


@dataclass(frozen=True, slots=True)
class Origins:
    """The report: by origin and by class, those that apply here; and norms that have expired or soon will."""

    by_origin: list[Group]
    by_class: list[Group]
    norms: list[Promise]
    today: date


def origins(*, actor: Actor, since: datetime, until: datetime) -> Origins:
    """Where the expectations of promises made from `since` until before `until` come from; response standards aside.
    A constant number of queries."""
    actor.require(Permission.FIGURES_VIEW)
    today = clock.now().astimezone(business_queries.zone()).date()
    norms = visible(actor).filter(kind=Promise.Kind.NORM, valid_until__lte=today + EXPIRES_SOON)
    norms = norms.exclude(state=_STATES.WITHDRAWN)
    classes = [*expectation_classes()]
    return Origins(
        by_origin=_groups(actor, "origin", [*Promise.Origin.values, ""], since, until),
        by_class=_groups(actor, "expectation", classes, since, until),
        norms=list(norms.order_by("valid_until", "id")[:50]),
        today=today,
    )


def _groups(actor: Actor, by: str, keys: list[str], since: datetime, until: datetime) -> list[Group]:
    made = Promise.objects.filter(is_internal=False, made_at__gte=since, made_at__lt=until)
    rows = (
        made.order_by()
        .values(by)
        .annotate(
            made=Count("id"),
            standing=Count("id", filter=Q(due_at__isnull=True)),
            broken=Count("id", filter=Q(due_at__isnull=True, state=_STATES.BROKEN)),
        )
    )
    counted = {row[by]: row for row in rows}
    figures = {
        one.group: one.figure for one in keeping_by_group(actor=actor, since=since, until=until, by=by)
    }
    empty = {"made": 0, "standing": 0, "broken": 0}
    # A class that no longer applies is still shown while there are promises of it.
    shown = [*keys, *(key for key in counted if key not in keys)]
    return [
        Group(key, row["made"], figures.get(key), row["standing"], row["broken"])
        for key in shown
        for row in (counted.get(key, empty),)
        if row["made"] or key
    ]
