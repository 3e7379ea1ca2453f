"""Reads of questions and answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from mikomi.conversations.queries.visibility import team_filter
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.intervals import wilson
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


def poor_open(*, actor: Actor, cursor: str | None = None, size: int = 20) -> Page[Answer]:
    """Poor answers that nobody has taken care of yet, the newest first: for Today."""
    rows = _open_to(actor).filter(is_poor=True, handled_at=None).select_related("invitation")
    return keyset(rows, ("-answered_at", "-id"), cursor, size)


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
    found = (
        _of_own_teams(actor)
        .filter(answered_at__gte=since, answered_at__lt=until)
        .aggregate(answered=Count("id"), satisfied=Count("id", filter=Q(score__gte=rules.SATISFIED_FROM)))
    )
    own = team_filter(actor, "conversation__")
    sent = Invitation.objects.filter(own, skipped="", conversation__deleted_at=None)
    asked = sent.filter(asked_at__gte=since, asked_at__lt=until).count()
    if not found["answered"]:
        return Csat(0, 0, asked, None, None, None)
    interval = wilson(found["satisfied"], found["answered"])
    return Csat(found["satisfied"], found["answered"], asked, interval.estimate, interval.low, interval.high)
