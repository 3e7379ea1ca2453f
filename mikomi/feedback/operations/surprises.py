"""Small surprises: the plan, proposals within its budget, and a person's decision."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.models import User
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record, record_many
from mikomi.core.live.operations import publish
from mikomi.core.rows import build
from mikomi.customers.models import Standing
from mikomi.feedback import events
from mikomi.feedback.models import Surprise, SurprisePlan
from mikomi.feedback.queries.surprises import left_of
from mikomi.feedback.rules import surprises as rules
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises.models import Promise

LATELY = timedelta(days=14)
"""What happened longer ago is no occasion any more; a proposal nobody decided about expires after as long."""
EARLIEST = timedelta(days=3)
UNDONE = (Surprise.State.PROPOSED, Surprise.State.APPROVED)
_SAFE = 0.1
_MOST = 500


class SurpriseError(ValueError):
    """A plan or a decision that can't be, with the reason in words."""


@transaction.atomic
def set_plan(
    *,
    actor: Actor,
    budget_minor: int,
    costs: dict[str, int],
    holdout_share: float = 0.2,
    rest_days: int = 180,
    is_active: bool = True,
) -> SurprisePlan:
    """Set the plan. Who is held out stays the same as long as the share does.

    Raises SurpriseError, NotAllowedError.
    """
    actor.require(Permission.TEMPLATES_EDIT)
    if budget_minor < 0 or any(costs.get(kind, -1) < 0 for kind in Surprise.Kind.values):
        raise SurpriseError(_("Say what each kind costs and how much may be spent; nothing below zero."))
    if not 0.05 <= holdout_share <= 0.5:
        raise SurpriseError(
            _("Hold out 5 to 50 percent: without them nobody could say what the surprises bring.")
        )
    if not 1 <= rest_days <= 3_650:
        raise SurpriseError(_("Leave 1 to 3,650 days between two surprises."))
    plan = SurprisePlan.objects.select_for_update().order_by("pk").first()
    plan = plan or SurprisePlan(seed=secrets.token_hex(8), created_at=clock.now())
    plan.is_active, plan.budget_minor = is_active, budget_minor
    plan.holdout_share, plan.rest_days = holdout_share, rest_days
    for kind in Surprise.Kind.values:
        setattr(plan, f"{kind}_minor", costs[kind])
    plan.save()
    return plan


@transaction.atomic
def propose() -> int:
    """Propose what matters now and fits what is left of the month's budget; how many proposals were made."""
    now = clock.now()
    Surprise.objects.filter(state=Surprise.State.PROPOSED, proposed_at__lt=now - LATELY).update(
        state=Surprise.State.EXPIRED, decided_at=now, changed_at=now
    )
    plan = SurprisePlan.objects.select_for_update().filter(is_active=True).first()
    if plan is None:
        return 0
    rested = set(
        Surprise.objects.filter(proposed_at__gt=now - timedelta(days=plan.rest_days)).values_list(
            "customer_id", flat=True
        )
    )
    found = [one for one in _candidates(plan, now) if one.customer_id not in rested]
    rows = [_row(plan, one, now) for one in rules.chosen(found, left_of(plan, now))]
    bulk.insert(rows)
    shown = [row for row in rows if row.state == Surprise.State.PROPOSED]
    record_many(
        [
            Happening(events.SurpriseProposed(row.pk, Code(row.kind), Code(row.reason)), row.customer_id, now)
            for row in shown
        ]
    )
    return len(shown)


def _row(plan: SurprisePlan, one: rules.Candidate, now: datetime) -> Surprise:
    held_out = rules.is_held_out(plan.seed, one.customer_id, plan.holdout_share)
    return build(
        Surprise,
        plan_id=plan.pk,
        customer_id=one.customer_id,
        kind=rules.KIND_OF[one.reason],
        reason=one.reason,
        promise_id=one.promise_id,
        state=Surprise.State.HELD_OUT if held_out else Surprise.State.PROPOSED,
        cost_minor=one.cost,
        weight=one.weight,
        proposed_at=now,
        changed_at=now,
    )


def _candidates(plan: SurprisePlan, now: datetime) -> Iterator[rules.Candidate]:
    """Who was just mended, reached a round number of orders, ordered for the first time, or waits for what is ready."""
    alive = Q(customer__erased_at=None, customer__merged_into=None)
    mended = Promise.objects.filter(alive, recovered_at__gt=now - LATELY, is_internal=False, backfill=False)
    waiting = Promise.objects.filter(
        alive, kind=Promise.Kind.DELIVERY, state=Promise.State.OPEN, risk__lt=_SAFE, due_at__gt=now + EARLIEST
    )
    for reason, rows in (("made_good", mended), ("waiting", waiting)):
        for row in rows.select_related("customer__standing").order_by("-pk")[:_MOST]:
            standing = getattr(row.person, "standing", None)
            yield _candidate(plan, row.person_id, reason, standing, row.pk)
    lately = Standing.objects.filter(alive, last_order_at__gt=now - LATELY)
    for standing in lately.filter(order_count__in=(1, *rules.MILESTONES)).order_by("-spend_minor", "pk")[
        :_MOST
    ]:
        reason = "first_order" if standing.order_count == 1 else "milestone"
        yield _candidate(plan, standing.customer_id, reason, standing, None)


def _candidate(
    plan: SurprisePlan, customer_id: int, reason: str, standing: Standing | None, promise_id: int | None
) -> rules.Candidate:
    worth = (standing.lifetime_value_minor or standing.spend_minor) if standing else 0
    cost = plan.cost_of(rules.KIND_OF[reason])
    return rules.Candidate(customer_id, reason, float(worth or 1), cost, promise_id)


@transaction.atomic
def approve(*, actor: Actor, surprise_id: int, carrier_id: int | None = None) -> Surprise:
    """Let a proposal be done: from now on it stands on Today until somebody has carried it out.

    `carrier_id`: the colleague who does; none: whoever may. Raises SurpriseError where it is decided already or there
    is no such colleague, Surprise.DoesNotExist, NotAllowedError.
    """
    if carrier_id is not None and not User.objects.filter(pk=carrier_id, is_active=True).exists():
        raise SurpriseError(_("There is no such colleague."))
    row = _decide(actor, surprise_id, Surprise.State.APPROVED, (Surprise.State.PROPOSED,))
    row.carrier_id = carrier_id
    row.save(update_fields=["carrier_id"])
    payload = events.SurpriseApproved(row.pk, Code(row.kind), carrier_id)
    record(payload, customer_id=row.customer_id, actor_id=actor.user_id)
    return row


@transaction.atomic
def dismiss(*, actor: Actor, surprise_id: int) -> Surprise:
    """Turn a proposal down, or give up one that was approved; its cost is free again, and its message doesn't leave.
    Raises as `approve`, and SurpriseError where the message is leaving."""
    row = _decide(actor, surprise_id, Surprise.State.DISMISSED, UNDONE)
    if row.outgoing is not None:
        _keep_back(row.outgoing)
    record(
        events.SurpriseDismissed(row.pk, Code(row.kind)), customer_id=row.customer_id, actor_id=actor.user_id
    )
    return row


def _keep_back(message: OutgoingMessage) -> None:
    if message.state in (OutgoingMessage.State.REFUSED, OutgoingMessage.State.CANCELLED):
        return
    try:
        outbox.cancel(actor=SYSTEM, outgoing_id=message.pk)
    except outbox.OutboxError as error:
        raise SurpriseError(_("Its message is leaving just now.")) from error


def _decide(actor: Actor, surprise_id: int, state: Surprise.State, come_from: tuple[str, ...]) -> Surprise:
    row = locked(actor, surprise_id)
    if row.state not in come_from:
        raise SurpriseError(_("This proposal was decided already."))
    row.state, row.decided_at, row.actor_id = state, clock.now(), actor.user_id
    row.save()
    publish(["today"])
    return row


def locked(actor: Actor, surprise_id: int) -> Surprise:
    """A surprise, held for changing. Raises Surprise.DoesNotExist, NotAllowedError."""
    actor.require(Permission.RECOVERY_GRANT)
    # Those held out are not shown to anybody, so nobody can spoil the comparison by being kind.
    rows = Surprise.objects.select_for_update(of=("self",)).exclude(state=Surprise.State.HELD_OUT)
    return rows.select_related("customer", "outgoing").get(pk=surprise_id, customer__erased_at=None)
