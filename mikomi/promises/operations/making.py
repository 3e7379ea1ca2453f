"""Making promises."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mikomi.core import bulk, clock, lookups
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record_many
from mikomi.core.rows import build
from mikomi.customers.models import Customer
from mikomi.promises.assessing import Case, assess
from mikomi.promises.bench import Bench
from mikomi.promises.events import PromiseMade
from mikomi.promises.models import Promise, PromiseVersion
from mikomi.promises.operations.indexing import index_words
from mikomi.promises.operations.observing import evidence_row
from mikomi.promises.records import NewPromise
from mikomi.promises.rules import deadlines as rules
from mikomi.promises.rules import kinds
from mikomi.promises.rules.origins import origin_of


class PromiseError(ValueError):
    """A promise that can't be made, with the reason in words: of an unknown kind, due before it was made, without
    what its kind needs, to a person whose data was erased…"""


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
    _refuse_erased(promises)
    rows = [_row(new, actor, now, zone) for new in promises]
    bulk.give_ids(rows)
    cases = [_case(row, new, actor, now) for row, new in zip(rows, promises, strict=True)]
    made = [_made(case) for case in cases]
    followed = assess(cases, Bench(now, rows, business))
    bulk.insert(rows)
    bulk.insert([case.versions[0] for case in cases])
    bulk.insert([piece for case in cases for piece in case.evidence])
    record_many(made + followed)
    index_words(rows)
    return rows


def _refuse_erased(promises: Sequence[NewPromise]) -> None:
    ids = {new.customer_id for new in promises if new.customer_id is not None}
    if any(erased_at for (erased_at,) in lookups.rows(Customer, ["erased_at"], id=ids)):
        raise PromiseError(_("This person's data was erased; nothing can be promised to them any more."))


def _row(new: NewPromise, actor: Actor, now: datetime, zone: ZoneInfo) -> Promise:
    if new.kind not in kinds.KINDS:
        raise PromiseError(_("There is no promise of the kind “%(kind)s”.") % {"kind": new.kind})
    refuse_terms(new.kind, new.terms)
    _refuse_audience(new)
    made_at = new.made_at or now
    due_at, by_day = _due(new, zone)
    if due_at is not None and due_at < made_at and not by_day:
        raise PromiseError(_("A promise can't be due before it is made."))
    return build(
        Promise,
        token=secrets.token_urlsafe(16),
        kind=new.kind,
        expectation=new.expectation,
        audience=new.audience,
        customer_id=new.customer_id,
        segment_id=new.segment_id,
        origin=new.origin or origin_of(new.source),
        published_in=new.published_in,
        published_at=new.published_at,
        norm_of=new.norm_of,
        cited=new.cited,
        cited_on=new.cited_on,
        valid_until=new.valid_until,
        terms=dict(new.terms),
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


def refuse_terms(kind: str, terms: Mapping[str, Any]) -> None:
    """Raises PromiseError, in words, for terms that a kind can't have."""
    for problem in kinds.problems_of(kind, terms):
        raise PromiseError(str(_PROBLEMS[problem]))


_PROBLEMS = {
    "unknown_key": gettext_lazy("What is promised may name attribute, value, unit, tolerance and direction."),
    "no_number": gettext_lazy("Say how much is promised: this kind needs a number."),
    "no_unit": gettext_lazy("Say in which unit the number is: without a unit nobody can measure it."),
    "no_attribute": gettext_lazy("Say what the number is about."),
    "bad_direction": gettext_lazy("A number is promised at least, at most, about or exactly."),
    "bad_tolerance": gettext_lazy("A tolerance can't be negative."),
    "not_positive": gettext_lazy("This number must be above zero."),
}


def _refuse_audience(new: NewPromise) -> None:
    to_one = new.audience == Promise.Audience.ONE
    if new.audience not in Promise.Audience.values or to_one != (new.customer_id is not None):
        raise PromiseError(_("A promise is made to one customer, to a segment, or to everyone."))
    if (new.audience == Promise.Audience.SEGMENT) != (new.segment_id is not None):
        raise PromiseError(_("Say to which segment it is promised."))
    if new.published_at is not None and to_one:
        raise PromiseError(_("A promise to one customer is not published; they have a page of their own."))
    if new.kind == Promise.Kind.NORM and not (new.norm_of and new.cited and new.cited_on and new.valid_until):
        raise PromiseError(_("A norm needs its source, the source's date and the day until which it holds."))


def _due(new: NewPromise, zone: ZoneInfo) -> tuple[datetime | None, bool]:
    if (new.due_at is not None) != (new.kind in kinds.TIMED):
        if new.due_at is None:
            raise PromiseError(_("Say by when; a promise without a date can't be kept or broken."))
        raise PromiseError(_("A promise of this kind has no due date; say until when it holds instead."))
    if new.due_at is None:
        return None, False
    if isinstance(new.due_at, datetime):
        return new.due_at, new.by_day
    return rules.end_of_day(new.due_at, zone, new.latest), new.latest is None


def _case(row: Promise, new: NewPromise, actor: Actor, now: datetime) -> Case:
    version = build(
        PromiseVersion,
        promise_id=row.pk,
        number=1,
        due_at=row.due_at,
        terms=row.terms,
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
