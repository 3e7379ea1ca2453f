"""Proposed surprises, what they brought against the hold-out, and what people expect since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from mikomi.commerce.models import Order
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business
from mikomi.core.intervals import Interval, wilson
from mikomi.core.kept import kept
from mikomi.feedback.models import Sheet, Surprise, SurprisePlan
from mikomi.feedback.rules import surprises as rules
from mikomi.promises.models import Promise
from mikomi.promises.queries.disconfirmation import EARLY

WITHIN = timedelta(days=60)
"""Whoever buys again in this time after the proposal counts as coming back."""
WAITS = frozenset({"held", "waiting", "sending", "uncertain"})
"""States of a message that has neither left nor come to another end."""
BY_MESSAGE = frozenset({Surprise.Kind.DISCOUNT, Surprise.Kind.NOTE})
"""The kinds that can be a message; the others are done with hands."""
_MOST = 20_000
_GIVEN = (Surprise.State.APPROVED, Surprise.State.DONE)


@dataclass(frozen=True, slots=True)
class Effect:
    """What surprises brought: who came back, against the hold-out; what people expect now, against the hold-out; and of
    those once served early, how often the next time fell behind."""

    came_back: rules.Difference | None
    expect_more: rules.MeanDifference | None
    fell_behind: Interval | None
    next_times: int
    spent_minor: int
    waiting: int
    """Proposals whose 60 days are not over yet."""


def plan(*, actor: Actor) -> SurprisePlan | None:
    """The plan; none before there is one."""
    actor.require(Permission.FEEDBACK_VIEW)
    return SurprisePlan.objects.order_by("pk").first()


def left(*, actor: Actor) -> int:
    """What is left of this month's budget, in the minor unit."""
    found = plan(actor=actor)
    return left_of(found, clock.now()) if found else 0


def proposed(*, actor: Actor, limit: int = 50) -> list[Surprise]:
    """What waits for a decision, the weightiest first, with the customers."""
    actor.require(Permission.FEEDBACK_VIEW)
    rows = Surprise.objects.filter(state=Surprise.State.PROPOSED, customer__erased_at=None)
    return list(rows.select_related("customer").order_by("-weight", "id")[:limit])


def to_carry_out(*, actor: Actor, limit: int = 50) -> list[Surprise]:
    """What was approved and waits to be carried out by this person or by whoever may, the longest waiting first; with
    customers and messages. Empty for who may not carry out."""
    if not actor.may(Permission.RECOVERY_GRANT) or not actor.may(Permission.FEEDBACK_VIEW):
        return []
    return _to_carry_out(actor=actor, limit=limit)


@kept()
def _to_carry_out(*, actor: Actor, limit: int) -> QuerySet[Surprise]:
    mine = Q(carrier_id=None) | Q(carrier_id=actor.user_id)
    rows = Surprise.objects.filter(mine, state=Surprise.State.APPROVED, customer__erased_at=None)
    return rows.select_related("customer", "outgoing").order_by("decided_at", "id")[:limit]


def surprise(*, actor: Actor, surprise_id: int) -> Surprise:
    """One surprise with its customer and message. Raises Surprise.DoesNotExist, also for one held out."""
    actor.require(Permission.FEEDBACK_VIEW)
    rows = Surprise.objects.exclude(state=Surprise.State.HELD_OUT).filter(customer__erased_at=None)
    return rows.select_related("customer", "outgoing", "plan").get(pk=surprise_id)


def surprises_by_id(*, actor: Actor, ids: Iterable[int]) -> dict[int, Surprise]:
    """Those with these ids that may be seen."""
    actor.require(Permission.FEEDBACK_VIEW)
    return Surprise.objects.exclude(state=Surprise.State.HELD_OUT).in_bulk(list(ids))


def effect(*, actor: Actor) -> Effect:
    """What the surprises brought so far. Everybody who was chosen counts, whether a person approved or not: only so do
    the two groups differ by chance alone. Six queries."""
    actor.require(Permission.FIGURES_VIEW)
    now = clock.now()
    ripe = Surprise.objects.filter(proposed_at__lte=now - WITHIN)
    held = Q(state=Surprise.State.HELD_OUT)
    behind, total = _next_times()
    return Effect(
        came_back=rules.difference(_came_back(ripe.exclude(held)), _came_back(ripe.filter(held))),
        expect_more=_expect_more(),
        fell_behind=wilson(behind, total) if total else None,
        next_times=total,
        spent_minor=sum(Surprise.objects.filter(state__in=_GIVEN).values_list("cost_minor", flat=True)),
        waiting=Surprise.objects.filter(proposed_at__gt=now - WITHIN).count(),
    )


def left_of(plan: SurprisePlan, now: datetime) -> int:
    """What is left of the month's budget, everything counted that was proposed and not turned down."""
    start = now.astimezone(business.zone()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    gone = (Surprise.State.DISMISSED, Surprise.State.EXPIRED)
    used = Surprise.objects.filter(plan=plan, proposed_at__gte=start).exclude(state__in=gone)
    return max(0, plan.budget_minor - (used.aggregate(sum=Sum("cost_minor"))["sum"] or 0))


def _came_back(rows: QuerySet[Surprise]) -> tuple[int, int]:
    """Of the people who were chosen, how many bought again in time, and how many there are."""
    return rows.filter(returned()).count(), rows.count()


def returned() -> Exists:
    """Of a surprise: whether its customer bought again within 60 days."""
    again = Order.objects.filter(
        customer_id=OuterRef("customer_id"),
        ordered_at__gt=OuterRef("proposed_at"),
        ordered_at__lte=OuterRef("proposed_at") + WITHIN,
    )
    return Exists(again)


def _expect_more() -> rules.MeanDifference | None:
    """What people expect in general (the mean of e1…e22) after they were chosen, against the hold-out."""
    first: dict[int, tuple[datetime, bool]] = {}
    chosen = Surprise.objects.order_by("proposed_at", "pk").values_list(
        "customer_id", "proposed_at", "state"
    )[:_MOST]
    for customer_id, at, state in chosen:
        first.setdefault(customer_id, (at, state == Surprise.State.HELD_OUT))
    groups: tuple[list[float], list[float]] = ([], [])
    sheets = Sheet.objects.filter(
        customer_id__isnull=False, answered_at__isnull=False, questionnaire__kind="servqual"
    )
    for customer_id, answered_at, answers in sheets.values_list("customer_id", "answered_at", "answers")[
        :_MOST
    ]:
        expected = [value for code, value in answers.items() if code[0] == "e"]
        if (
            customer_id in first
            and answered_at is not None
            and expected
            and answered_at > first[customer_id][0]
        ):
            groups[first[customer_id][1]].append(sum(expected) / len(expected))
    return rules.mean_difference(*groups)


def _next_times() -> tuple[int, int]:
    rows = Promise.objects.filter(taken_share__isnull=False, customer_id__isnull=False, is_internal=False)
    newest = rows.order_by("-made_at", "-pk").values_list("customer_id", "kind", "taken_share")[:_MOST]
    shares = [((customer_id, kind), share) for customer_id, kind, share in newest if share is not None]
    return rules.fell_behind(reversed(shares), EARLY)
