"""Whose conversations a person sees: those of their teams and those of no team; owners and managers see all."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from mikomi.conversations.models import Conversation, RecoveryCase
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission


def team_filter(actor: Actor, path: str = "") -> Q:
    """The condition on the team of a conversation that is reached by `path` (ending in __, or empty)."""
    if actor.sees_all_teams:
        return Q()
    return Q(**{f"{path}team": None}) | Q(**{f"{path}team_id__in": sorted(actor.team_ids)})


def visible(actor: Actor) -> QuerySet[Conversation]:
    """The conversations that exist for this person."""
    actor.require(Permission.CONVERSATIONS_VIEW)
    return Conversation.objects.filter(team_filter(actor), deleted_at=None)


def seen_through(actor: Actor, path: str) -> Q:
    """The condition that the conversation reached by `path` (ending in __) exists for this person.

    A join, not `IN (SELECT …)`: with many conversations SQLite builds the whole list of that select first.
    """
    actor.require(Permission.CONVERSATIONS_VIEW)
    return team_filter(actor, path) & Q(**{f"{path}deleted_at": None})


def visible_cases(actor: Actor) -> QuerySet[RecoveryCase]:
    """The recovery cases that exist for this person."""
    actor.require(Permission.CONVERSATIONS_VIEW)
    return RecoveryCase.objects.filter(team_filter(actor, "conversation__"), conversation__deleted_at=None)


def locked(actor: Actor, conversation_id: int) -> Conversation:
    """One visible conversation for changing, locked until the transaction ends.

    Raises `Conversation.DoesNotExist`, also for another team's: nobody learns that it is there.
    """
    return visible(actor).select_for_update(of=("self",)).get(pk=conversation_id)


def locked_case(actor: Actor, recovery_id: int) -> RecoveryCase:
    """One visible case for changing. Raises `RecoveryCase.DoesNotExist`."""
    return (
        visible_cases(actor)
        .select_for_update(of=("self",))
        .select_related("conversation", "customer")
        .get(pk=recovery_id)
    )
