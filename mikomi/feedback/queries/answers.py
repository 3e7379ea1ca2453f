"""Reads of questions and answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from mikomi.conversations.queries.visibility import team_filter
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.intervals import wilson
from mikomi.core.kept import kept, totals
from mikomi.core.paging import Page, keyset
from mikomi.feedback import rules
from mikomi.feedback.models import Answer, Invitation


def invitation(token: str) -> Invitation:
    """The question behind a link, with its answer if there is one. Raises `Invitation.DoesNotExist`."""
    rows = Invitation.objects.select_related("conversation", "customer", "answer")
    return rows.get(token=token, skipped="")


def _visible(actor: Actor) -> QuerySet[Answer]:
    return _open_to(actor).select_related("invitation__customer", "invitation__conversation")


def _open_to(actor: Actor) -> QuerySet[Answer]:
    actor.require(Permission.FEEDBACK_VIEW)
    return _of_own_teams(actor)


def _of_own_teams(actor: Actor) -> QuerySet[Answer]:
    own = team_filter(actor, "invitation__conversation__")
    return Answer.objects.filter(own, invitation__conversation__deleted_at=None)


@kept()
def poor_open(*, actor: Actor, size: int = 20) -> QuerySet[Answer]:
    """Poor answers that nobody has taken care of yet, the newest first: for Today."""
    rows = _open_to(actor).filter(is_poor=True, handled_at=None).select_related("invitation")
    return rows.order_by("-answered_at", "-id")[:size]


def answers(*, actor: Actor, cursor: str | None = None, size: int = 50) -> Page[Answer]:
    """All answers, the newest first."""
    return keyset(_visible(actor), ("-answered_at", "-id"), cursor, size)


def answers_by_id(*, actor: Actor, ids: Iterable[int]) -> dict[int, Answer]:
    """Answers by id, only those that the actor may see; one query."""
    return {row.pk: row for row in _visible(actor).filter(pk__in=list(ids))}


def of_conversation(*, actor: Actor, conversation_id: int) -> list[Answer]:
    """What the customer answered about a conversation, the newest first."""
    return list(_visible(actor).filter(invitation__conversation_id=conversation_id).order_by("-id"))


@dataclass(frozen=True, slots=True)
class Csat:
    """Share of satisfied answers (4 or 5 of 5) with its Wilson interval at 95 %; shares are none without answers."""

    satisfied: int
    answered: int
    asked: int
    share: float | None
    low: float | None
    high: float | None


def csat_figure(*, actor: Actor, since: datetime, until: datetime) -> Csat:
    """The satisfaction figure of the answers given in a span of time, of what the actor may see. Two queries."""
    actor.require(Permission.FIGURES_VIEW)
    ((answered, satisfied),) = _answered(actor=actor, since=since, until=until)
    ((asked,),) = _asked(actor=actor, since=since, until=until)
    if not answered:
        return Csat(0, 0, asked, None, None, None)
    interval = wilson(satisfied, answered)
    return Csat(satisfied, answered, asked, interval.estimate, interval.low, interval.high)


@kept("since", "until")
def _answered(*, actor: Actor, since: datetime, until: datetime) -> QuerySet[Answer, Any]:
    rows = _of_own_teams(actor).filter(answered_at__gte=since, answered_at__lt=until)
    return totals(
        rows, answered=Count("id"), satisfied=Count("id", filter=Q(score__gte=rules.SATISFIED_FROM))
    )


@kept("since", "until")
def _asked(*, actor: Actor, since: datetime, until: datetime) -> QuerySet[Invitation, Any]:
    rows = Invitation.objects.filter(team_filter(actor, "conversation__"), conversation__deleted_at=None)
    return totals(rows.filter(skipped="", asked_at__gte=since, asked_at__lt=until), asked=Count("id"))
