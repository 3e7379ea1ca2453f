"""Slips, and what the customer was told of them: once for each version of a promise.

A slip waits until `tell_at`, so that three of them become one message. The sweep `notices_due` says when it is time;
whoever writes the letter takes all that wait (`untold`) and names the message (`post_notice`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record, record_many
from mikomi.promises.events import CustomerTold, NoticeDue
from mikomi.promises.models import NoticePolicy, Promise, Slip

_AT_ONCE = 200
"""Slips that one sweep looks at, in one transaction."""


class NoticePolicyError(ValueError):
    """These policies contradict each other."""


@transaction.atomic
def note_slip(
    *,
    actor: Actor,
    promise_id: int,
    version: int,
    expected_at: datetime | None = None,
    reason: str = "",
    gather: timedelta = timedelta(0),
) -> Slip | None:
    """Note that these terms won't be met; none when this slip was noted before, so nobody is told twice.

    The customer is told once `gather` has passed, of everything that slips until then.
    """
    actor.require(Permission.PROMISES_RECORD)
    now = clock.now()
    slip, is_new = Slip.objects.get_or_create(
        promise_id=promise_id,
        version_number=version,
        defaults={
            "noticed_at": now, "expected_at": expected_at, "reason": reason, "tell_at": now + gather,
        },
    )  # fmt: skip
    return slip if is_new else None


def notices_due(worker: str = "") -> int:
    """Say for whom it is time to be told: one event for each customer and team, however many slips wait. A slip that
    came later than the first is told with it. The number of slips looked at."""
    with transaction.atomic():
        rows = list(
            Slip.objects.select_for_update(of=("self",))
            .filter(tell_at__lte=clock.now())
            .select_related("promise")
            .order_by("tell_at", "id")[:_AT_ONCE]
        )
        firsts = {(row.promise.customer_id, row.promise.team_id): row for row in reversed(rows)}
        record_many([
            Happening(
                NoticeDue(row.promise_id, Code(row.promise.kind), row.version_number), row.promise.customer_id
            )
            for row in firsts.values()
        ])  # fmt: skip
        Slip.objects.filter(pk__in=[row.pk for row in rows]).update(tell_at=None)
    return len(rows)


def untold(*, actor: Actor, customer_id: int, team_id: int | None) -> list[Slip]:
    """The slips that this customer has to be told of now, locked until the transaction ends: those of promises of
    one team that are neither decided nor under new terms. Call it inside a transaction."""
    actor.require(Permission.PROMISES_RECORD)
    rows = (
        Slip.objects.select_for_update(of=("self",))
        .filter(
            promise__customer_id=customer_id,
            promise__team_id=team_id,
            promise__state__in=(Promise.State.OPEN, Promise.State.AT_RISK),
            promise__due_at__isnull=False,
            notice=None,
            outgoing=None,
            outcome={},
        )
        .select_related("promise__customer")
        .order_by("promise__due_at", "id")
    )
    return [row for row in rows if row.version_number == row.promise.version_number]


@transaction.atomic
def post_notice(*, actor: Actor, slips: Sequence[Slip], outgoing_id: int) -> None:
    """Name the message that tells of these slips. The customer counts as told once it has left."""
    actor.require(Permission.PROMISES_RECORD)
    Slip.objects.filter(pk__in=[slip.pk for slip in slips]).update(notice_id=outgoing_id, tell_at=None)


@transaction.atomic
def record_told(*, actor: Actor, outgoing_id: int, outcome: dict[str, Any] | None = None) -> int:
    """Record what became of a notice: it left, or in `outcome` why it didn't. The number of slips it tells of.

    The event is recorded once for each slip, when the message has left. Raises NotAllowedError.
    """
    actor.require(Permission.PROMISES_RECORD)
    rows = list(
        Slip.objects.select_for_update(of=("self",)).filter(notice_id=outgoing_id).select_related("promise")
    )
    for slip in rows:
        was_told = slip.outgoing_id is not None
        slip.outgoing_id = slip.outgoing_id if outcome else outgoing_id
        slip.outcome = {**slip.outcome, **(outcome or {})}
        slip.save(update_fields=["outgoing", "outcome"])
        if not outcome and not was_told:
            told = CustomerTold(slip.promise_id, Code(slip.promise.kind), slip.version_number, outgoing_id)
            record(told, customer_id=slip.promise.customer_id, actor_id=actor.user_id)
    return len(rows)


@transaction.atomic
def set_notice_policies(*, actor: Actor, policies: Sequence[NoticePolicy]) -> list[NoticePolicy]:
    """Replace how customers are told of slips; there is always one for every other kind. Raises
    `NoticePolicyError`."""
    actor.require(Permission.SETTINGS_MANAGE)
    kinds = [one.kind for one in policies]
    if len(set(kinds)) != len(kinds) or not set(kinds) <= {"", *Promise.Kind.values}:
        raise NoticePolicyError(_("Each kind of promise can stand here once."))
    rows = [*policies] if "" in kinds else [NoticePolicy(), *policies]
    NoticePolicy.objects.all().delete()
    return NoticePolicy.objects.bulk_create(rows)
