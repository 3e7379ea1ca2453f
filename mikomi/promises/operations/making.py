"""Making promises."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record_many
from mikomi.core.rows import build
from mikomi.promises.assessing import Bench, Case, assess
from mikomi.promises.events import PromiseMade
from mikomi.promises.models import Promise, PromiseVersion
from mikomi.promises.operations.observing import evidence_row
from mikomi.promises.records import NewPromise
from mikomi.promises.rules import deadlines as rules


class PromiseError(ValueError):
    """A promise that can't be made: of an unknown kind, or due before it was made."""


@transaction.atomic
def make(*, actor: Actor, promise: NewPromise) -> Promise:
    """Make one promise; see `make_many`."""
    return make_many(actor=actor, promises=[promise])[0]


@transaction.atomic
def make_many(*, actor: Actor, promises: Sequence[NewPromise]) -> list[Promise]:
    """Make promises, each with its first version and what is already known of it; in the order given.

    Backfilled ones are judged at once and their events marked so; one that is still open is watched from now on
    like any other. Raises PromiseError, NotAllowedError.
    """
    actor.require(Permission.PROMISES_RECORD)
    if not promises:
        return []
    now, business = clock.now(), business_queries.business()
    zone = ZoneInfo(business.time_zone)
    rows = [_row(new, actor, now, zone) for new in promises]
    bulk.give_ids(rows)
    cases = [_case(row, new, actor, now) for row, new in zip(rows, promises, strict=True)]
    made = [_made(case) for case in cases]
    followed = assess(cases, Bench(now, {row.kind for row in rows}, business))
    bulk.insert(rows)
    bulk.insert([case.versions[0] for case in cases])
    bulk.insert([piece for case in cases for piece in case.evidence])
    record_many(made + followed)
    return rows


def _row(new: NewPromise, actor: Actor, now: datetime, zone: ZoneInfo) -> Promise:
    if new.kind not in rules.MET_BY:
        raise PromiseError(_("There is no promise of the kind “%(kind)s”.") % {"kind": new.kind})
    made_at = new.made_at or now
    due_at, by_day = _due(new, zone)
    if due_at < made_at and not by_day:
        raise PromiseError(_("A promise can't be due before it is made."))
    return build(
        Promise,
        token=secrets.token_urlsafe(16),
        kind=new.kind,
        expectation=new.expectation,
        customer_id=new.customer_id,
        subject_type=new.subject_type,
        subject_id=new.subject_id,
        is_internal=new.is_internal,
        maker_id=actor.user_id,
        keeper_id=new.keeper_id,
        team_id=new.team_id,
        source=new.source,
        group_key=new.group_key,
        statement=new.statement,
        made_at=made_at,
        first_due_at=due_at,
        due_at=due_at,
        by_day=by_day,
        in_working_time=new.in_working_time,
        backfill=new.backfill,
    )


def _due(new: NewPromise, zone: ZoneInfo) -> tuple[datetime, bool]:
    if isinstance(new.due_at, datetime):
        return new.due_at, new.by_day
    return rules.end_of_day(new.due_at, zone, new.latest), new.latest is None


def _case(row: Promise, new: NewPromise, actor: Actor, now: datetime) -> Case:
    version = build(
        PromiseVersion,
        promise_id=row.pk,
        number=1,
        due_at=row.due_at,
        statement=row.statement,
        actor_id=actor.user_id,
        at=row.made_at,
        known_at=now,
    )
    seen = {observation.once_key: observation for observation in reversed(new.evidence)}
    evidence = [evidence_row(row, observation, actor, now) for observation in reversed(seen.values())]
    return Case(row, [version], evidence, backfill=new.backfill, is_new=True)


def _made(case: Case) -> Happening:
    row = case.promise
    payload = PromiseMade(row.pk, Code(row.kind), row.due_at, Code(row.source))
    return Happening(payload, row.customer_id, row.made_at, case.backfill, row.maker_id)
