"""Reads of the outbox: what waits for a person, what failed, what became of a message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from mikomi.core import lookups
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business.models import Business
from mikomi.core.business.queries import business as the_business
from mikomi.core.business.queries import zone
from mikomi.core.kept import kept
from mikomi.core.literals import literals
from mikomi.core.paging import Page, keyset
from mikomi.customers import queries as customers
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.rules import CAP_WINDOW, UNASKED, CapUse, QuietHours

NEEDS_PERSON = (OutgoingMessage.State.HELD, OutgoingMessage.State.UNCERTAIN, OutgoingMessage.State.FAILED)


def quiet_hours(business: Business) -> QuietHours | None:
    """The business's quiet hours, if it keeps any."""
    if business.quiet_from is None or business.quiet_until is None:
        return None
    return QuietHours(business.quiet_from, business.quiet_until, zone())


def cap_use(*, customer_id: int | None, now: datetime) -> CapUse:
    """How many unasked messages this customer (all merged records together) got within the last seven days."""
    if customer_id is None:
        return CapUse(0, 1)
    gone = (OutgoingMessage.State.REFUSED, OutgoingMessage.State.CANCELLED, OutgoingMessage.State.FAILED)
    used = (
        OutgoingMessage.objects.filter(
            customer_id__in=customers.ids_of(customer_id),
            purpose__in=UNASKED,
            created_at__gt=now - CAP_WINDOW,
        )
        .exclude(state__in=gone)
        .count()
    )
    return CapUse(used, the_business().weekly_cap)


def visible(actor: Actor) -> QuerySet[OutgoingMessage]:
    """The messages that exist for this person: those of no team and of their own teams."""
    actor.require(Permission.CONVERSATIONS_VIEW)
    if actor.sees_all_teams:
        return OutgoingMessage.objects.all()
    return OutgoingMessage.objects.filter(Q(team_id=None) | Q(team_id__in=actor.team_ids))


def outgoing(*, actor: Actor, outgoing_id: int) -> OutgoingMessage:
    """One message with its customer. Raises `OutgoingMessage.DoesNotExist`, also for another team's."""
    return visible(actor).select_related("customer").get(pk=outgoing_id)


def needing_person(
    *, actor: Actor, state: str = "", cursor: str = "", size: int = 50
) -> Page[OutgoingMessage]:
    """Messages held, perhaps sent or failed (or only one of these states), the oldest first."""
    rows = _needing_person(actor)
    return keyset(rows.filter(state=state) if state else rows, ("id",), cursor, size)


@kept()
def oldest_needing_person(*, actor: Actor, size: int) -> QuerySet[OutgoingMessage]:
    """The first of them: for Today."""
    return _needing_person(actor).order_by("id")[:size]


def counts_needing_person(*, actor: Actor) -> dict[str, int]:
    """How many messages are held, perhaps sent and failed; one query."""
    return {state.value: 0 for state in NEEDS_PERSON} | dict(_counts_needing_person(actor=actor))


@kept()
def _counts_needing_person(*, actor: Actor) -> QuerySet[OutgoingMessage, Any]:
    return _needing_person(actor).order_by().values_list("state").annotate(count=Count("id"))


def _needing_person(actor: Actor) -> QuerySet[OutgoingMessage]:
    return visible(actor).filter(state__in=literals(*NEEDS_PERSON))


def about(*, actor: Actor, subject_type: str, subject_ids: Iterable[int]) -> QuerySet[OutgoingMessage]:
    """Every message about these things (promises, conversations…), the newest first."""
    return visible(actor).filter(subject_type=subject_type, subject_id__in=list(subject_ids)).order_by("-id")


@kept("subject_ids")
def held_about(*, actor: Actor, subject_type: str, subject_ids: list[int]) -> QuerySet[OutgoingMessage, Any]:
    """The messages about these things that wait for release: pairs of the thing's id and the message's."""
    rows = visible(actor).filter(state=OutgoingMessage.State.HELD, subject_type=subject_type)
    return rows.filter(subject_id__in=subject_ids).values_list("subject_id", "pk")


def by_message_ids(message_ids: Iterable[str]) -> dict[str, OutgoingMessage]:
    """Sent messages by their Message-ID: to thread replies and to attach bounces."""
    wanted = [value for value in message_ids if value]
    if not lookups.exists(OutgoingMessage, message_id=wanted):
        return {}
    return {row.message_id: row for row in OutgoingMessage.objects.filter(message_id__in=wanted)}


def undelivered_notices(*, actor: Actor, subject_type: str, limit: int = 50) -> list[OutgoingMessage]:
    """Notices about things of this type that did not reach their customer, the oldest first.

    A notice that somebody has given up or sent again is none of them.
    """
    return _newest_undelivered(actor=actor, subject_type=subject_type, limit=limit)[::-1]


@kept()
def _newest_undelivered(*, actor: Actor, subject_type: str, limit: int) -> QuerySet[OutgoingMessage]:
    rows = visible(actor).filter(
        state=OutgoingMessage.State.FAILED,
        purpose=OutgoingMessage.Purpose.NOTICE,
        subject_type=subject_type,
        subject_id__isnull=False,
    )
    return rows.order_by("-id")[:limit]
