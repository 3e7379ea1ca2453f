"""Evidence meets promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record_many
from mikomi.core.rows import build
from mikomi.promises.assessing import ASSESSED, Case, assess, load_cases
from mikomi.promises.bench import Bench
from mikomi.promises.events import EvidenceSeen
from mikomi.promises.models import Evidence, Promise
from mikomi.promises.records import Observation


@transaction.atomic
def observe(*, actor: Actor, observation: Observation) -> Promise:
    """Record one piece of evidence; see `observe_many`. Returns the promise as it stands then."""
    return observe_many(actor=actor, observations=[observation])[0]


@transaction.atomic
def observe_many(*, actor: Actor, observations: Sequence[Observation]) -> list[Promise]:
    """Record what was observed and judge the promises anew, in a number of queries that doesn't grow.

    An observation that is known already (by its `once_key`) changes nothing, and the order of arrival doesn't
    matter. Returns the promises as they stand, each once, in the order first named.
    Raises Promise.DoesNotExist, NotAllowedError.
    """
    actor.require(Permission.PROMISES_RECORD)
    if not observations:
        return []
    cases = lock_cases(actor, list(dict.fromkeys(observation.promise_id for observation in observations)))
    now = clock.now()
    fresh = _fresh(cases, observations, actor, now)
    bulk.insert(fresh)
    _take(cases, fresh, {observation.promise_id for observation in observations if observation.backfill})
    for observation in observations:
        promise = cases[observation.promise_id].promise
        promise.group_key = observation.group_key or promise.group_key
    touched = [cases[key] for key in dict.fromkeys(piece.promise_id for piece in fresh)]
    seen = [_seen(piece, cases[piece.promise_id]) for piece in fresh if not cases[piece.promise_id].backfill]
    settle(touched, now, before=seen)
    return [case.promise for case in cases.values()]


def lock_cases(actor: Actor, ids: Sequence[int]) -> dict[int, Case]:
    """The promises with versions and evidence, locked until the transaction ends, in the order of `ids`.

    Raises Promise.DoesNotExist, also for one of another team.
    """
    rows = Promise.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    if not actor.sees_all_teams:
        rows = rows.filter(Q(team_id=None) | Q(team_id__in=actor.team_ids))
    found = {row.pk: row for row in rows}
    if missing := set(ids) - found.keys():
        raise Promise.DoesNotExist(f"There is no promise {min(missing)}.")
    return load_cases([found[key] for key in ids])


def settle(cases: Sequence[Case], now: datetime, *, before: Sequence[Happening] = ()) -> None:
    """Judge stored promises, write what changed and record `before` and what follows."""
    followed = assess(cases, Bench(now, [case.promise for case in cases])) if cases else []
    bulk.update([case.promise for case in cases], ASSESSED)
    record_many([*before, *followed])


def evidence_row(promise: Promise, observation: Observation, actor: Actor, now: datetime) -> Evidence:
    """The row of an observation."""
    return build(
        Evidence,
        promise_id=promise.pk,
        kind=observation.kind,
        occurred_at=observation.occurred_at,
        known_at=observation.known_at or now,
        expected_at=observation.expected_at,
        reading=observation.reading,
        reason=observation.reason,
        source=observation.source,
        once_key=observation.once_key,
        retracts=observation.retracts,
        actor_id=actor.user_id,
        note=observation.note,
    )


def _fresh(
    cases: dict[int, Case], observations: Sequence[Observation], actor: Actor, now: datetime
) -> list[Evidence]:
    known = {(key, piece.once_key) for key, case in cases.items() for piece in case.evidence}
    fresh = []
    for observation in observations:
        place = (observation.promise_id, observation.once_key)
        if place not in known:
            known.add(place)
            fresh.append(evidence_row(cases[observation.promise_id].promise, observation, actor, now))
    return fresh


def _take(cases: dict[int, Case], fresh: Sequence[Evidence], backfilled: set[int]) -> None:
    for piece in fresh:
        case = cases[piece.promise_id]
        case.evidence = [*case.evidence, piece]
        case.backfill = piece.promise_id in backfilled


def _seen(piece: Evidence, case: Case) -> Happening:
    promise = case.promise
    payload = EvidenceSeen(promise.pk, Code(promise.kind), Code(piece.kind), piece.expected_at)
    return Happening(payload, promise.customer_id, piece.occurred_at, False, piece.actor_id)
