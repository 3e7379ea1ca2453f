"""Small surprises of half a year: who got one, who was held out, and what came of it. Seeded."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from mikomi.commerce.models import Order
from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record_many
from mikomi.core.rows import build
from mikomi.feedback import events
from mikomi.feedback.models import Questionnaire, Sheet, Surprise, SurprisePlan
from mikomi.feedback.operations import carrying
from mikomi.feedback.operations import surprises as operations
from mikomi.feedback.queries.surprises import WITHIN
from mikomi.feedback.rules import surprises as rules
from mikomi.feedback.samples.questionnaires import expected_answers

CHOSEN, DAYS, OLDEST = 260, 62, 190
"""People chosen, from `OLDEST` to `DAYS` days ago, so that it is known what came of it."""
HOLDOUT, BUDGET = 0.3, 90_000
COSTS = {"discount": 500, "upgrade": 800, "early": 400, "note": 200}
BACK_AFTER_ONE, BACK_WITHOUT = 0.6, 0.4
"""The share of those who order again in time, with a surprise and held out."""
ASKED, MORE = 0.4, 0.4
"""The share that was asked later, and by how much more was expected after a surprise."""


@transaction.atomic
def load_surprises(*, actor: Actor, seed: int, until: datetime) -> int:
    """The plan and its history; how many were chosen."""
    random = Random(f"surprises {seed}")
    with clock.frozen(until - timedelta(days=OLDEST + 5)):
        plan = operations.set_plan(
            actor=actor, budget_minor=BUDGET, costs=COSTS, holdout_share=HOLDOUT, rest_days=180
        )
        plan.seed = f"sample {seed}"
        plan.save()
    rows = [_row(random, plan, actor, *one) for one in _chosen(random, plan, until)]
    bulk.insert(rows)
    record_many([happening for row in rows for happening in _happenings(row)])
    carrying.measure()
    _ask(random, rows, until)
    return len(rows)


def _chosen(random: Random, plan: SurprisePlan, until: datetime) -> list[tuple[int, datetime]]:
    """Customers with the moments at which they were chosen."""
    ordered: dict[int, list[datetime]] = {}
    orders = Order.objects.filter(customer__isnull=False, ordered_at__gt=until - timedelta(days=OLDEST))
    for customer_id, at in orders.order_by("id").values_list("customer_id", "ordered_at"):
        if customer_id is not None and at is not None and at < until:
            ordered.setdefault(customer_id, []).append(at)
    people = random.sample(sorted(ordered), min(CHOSEN, len(ordered)))
    found = (
        (person, _moment(random, ordered[person], _wish(random, plan, person), until)) for person in people
    )
    return [(person, moment) for person, moment in found if moment is not None]


def _wish(random: Random, plan: SurprisePlan, customer_id: int) -> bool:
    """Whether this one is to come back."""
    held_out = rules.is_held_out(plan.seed, customer_id, plan.holdout_share)
    return random.random() < (BACK_WITHOUT if held_out else BACK_AFTER_ONE)


def _moment(random: Random, orders: Sequence[datetime], comes_back: bool, until: datetime) -> datetime | None:
    """A moment after which this customer does, or does not, order within 60 days; none if there seems to be none."""
    for _try in range(30):
        moment = until - timedelta(days=random.uniform(DAYS, OLDEST))
        if any(moment < at <= moment + WITHIN for at in orders) == comes_back:
            return moment
    return None


def _row(random: Random, plan: SurprisePlan, actor: Actor, customer_id: int, at: datetime) -> Surprise:
    reason = random.choices(tuple(rules.FACTORS), (2, 2, 4, 2))[0]
    kind = rules.KIND_OF[reason]
    state = Surprise.State.DONE if random.random() < 0.85 else Surprise.State.DISMISSED
    if rules.is_held_out(plan.seed, customer_id, plan.holdout_share):
        state = Surprise.State.HELD_OUT
    is_decided, is_done = state != Surprise.State.HELD_OUT, state == Surprise.State.DONE
    decided = at + timedelta(hours=random.uniform(1, 30))
    return build(
        Surprise, plan_id=plan.pk, customer_id=customer_id, kind=kind, reason=reason, state=state,
        cost_minor=COSTS[kind], weight=rules.FACTORS[reason], proposed_at=at, changed_at=at,
        decided_at=decided if is_decided else None, actor_id=actor.user_id if is_decided else None,
        done_at=decided + timedelta(days=1) if is_done else None,
        done_by_id=actor.user_id if is_done else None,
    )  # fmt: skip


def _happenings(row: Surprise) -> list[Happening]:
    if row.state == Surprise.State.HELD_OUT:
        return []
    proposed = events.SurpriseProposed(row.pk, Code(row.kind), Code(row.reason))
    found = [Happening(proposed, row.customer_id, row.proposed_at, backfill=True)]
    if row.state == Surprise.State.DONE:
        approved = events.SurpriseApproved(row.pk, Code(row.kind), None)
        done = events.SurpriseDone(row.pk, Code(row.kind), by_message=False)
        found.append(Happening(approved, row.customer_id, row.decided_at, backfill=True))
        found.append(Happening(done, row.customer_id, row.done_at, backfill=True))
    return found


def _ask(random: Random, rows: Sequence[Surprise], until: datetime) -> None:
    """Some of both groups said later what they expect: who was surprised expects more."""
    service = Questionnaire.objects.filter(kind=Questionnaire.Kind.SERVQUAL).order_by("pk").first()
    if service is None:
        return
    bulk.insert([_sheet(random, service, row, until) for row in rows if random.random() < ASKED])


def _sheet(random: Random, service: Questionnaire, row: Surprise, until: datetime) -> Sheet:
    at = row.proposed_at + timedelta(days=random.uniform(20, 60))
    more = MORE if row.state == Surprise.State.DONE else 0
    answers = expected_answers(random, until - at, more)
    return build(
        Sheet, questionnaire_id=service.pk, token=secrets.token_urlsafe(16), customer_id=row.customer_id,
        source="invitation", answers=answers, asked_at=at - timedelta(hours=5), answered_at=at, changed_at=at,
    )  # fmt: skip
