"""Who sees which promise."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.promises.models import Promise


def visible(actor: Actor) -> QuerySet[Promise]:
    """The promises that the actor may see: those of a team only to its members and to who sees all teams.

    Raises NotAllowedError without the right to see promises at all.
    """
    return Promise.objects.filter(seen_through(actor))


def seen_through(actor: Actor, path: str = "") -> Q:
    """The condition that the promise reached by `path` (ending in __, or empty) exists for this person.

    Raises NotAllowedError without the right to see promises at all.
    """
    actor.require(Permission.PROMISES_VIEW)
    if actor.sees_all_teams:
        return Q()
    return Q(**{f"{path}team_id": None}) | Q(**{f"{path}team_id__in": sorted(actor.team_ids)})
