"""New terms, and taking a promise back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening
from mikomi.core.rows import build
from mikomi.promises.assessing import Case, facts_of
from mikomi.promises.events import PromiseChanged
from mikomi.promises.models import Evidence, Promise, PromiseVersion
from mikomi.promises.operations.indexing import index_words
from mikomi.promises.operations.making import PromiseError, refuse_terms
from mikomi.promises.operations.observing import lock_cases, observe_many, settle
from mikomi.promises.records import NewTerms, Observation
from mikomi.promises.rules import deadlines as rules
from mikomi.promises.rules import kinds

_TERMS = ("version_number", "statement", "terms", "by_day")
"""What new terms change on the promise itself."""


class PromiseDecidedError(ValueError):
    """What was promised has happened already or was withdrawn: there are no new terms for it."""


@transaction.atomic
def change_terms(
    *,
    actor: Actor,
    promise_id: int,
    due_at: datetime | date | None,
    reason: str = "",
    note: str = "",
    statement: str | None = None,
    given_at: datetime | None = None,
    terms: Mapping[str, Any] | None = None,
) -> Promise:
    """Give a promise new terms; see `change_terms_many`. Raises PromiseDecidedError for one that is settled,
    PromiseError for terms that its kind can't have."""
    actor.require(Permission.PROMISES_RECORD)
    case = lock_cases(actor, [promise_id])[promise_id]
    if is_settled(case):
        raise PromiseDecidedError(_("This promise is settled; make a new one instead."))
    if (due_at is not None) != (case.promise.kind in kinds.TIMED):
        raise PromiseError(_("New terms name a date where the promise has one, and only there."))
    if terms is not None:
        refuse_terms(case.promise.kind, terms)
    new = NewTerms(promise_id, due_at, reason, note, statement, given_at, terms=terms)
    return change_terms_many(actor=actor, terms=[new])[0]


@transaction.atomic
def change_terms_many(*, actor: Actor, terms: Sequence[NewTerms]) -> list[Promise]:
    """Give promises new terms, one for each: a new version; the old ones stay as they were.

    A broken promise that wasn't met yet is open again under the new date; the figure still counts the first one.
    The same date again changes nothing, nor do terms for what is settled. Returns the promises in the order given.
    Raises Promise.DoesNotExist, NotAllowedError.
    """
    actor.require(Permission.PROMISES_RECORD)
    if not terms:
        return []
    now, zone = clock.now(), business_queries.zone()
    cases = lock_cases(actor, [new.promise_id for new in terms])
    changed = [(cases[new.promise_id], new) for new in terms if _is_new(cases[new.promise_id], new, zone)]
    for case, new in changed:
        _append(case, new, actor, now, zone)
    bulk.insert([case.versions[-1] for case, _new in changed])
    bulk.update([case.promise for case, _new in changed], _TERMS)
    index_words(case.promise for case, new in changed if new.statement is not None)
    settle([case for case, _new in changed], now, before=[_changed(case, actor) for case, _new in changed])
    return [cases[new.promise_id].promise for new in terms]


def is_settled(case: Case) -> bool:
    """Whether there can't be new terms: it was met, or taken back, be it in time or after it was broken."""
    facts = rules.standing(facts_of(case.evidence))
    return case.promise.met_at is not None or any(fact.kind == "withdrawn" for fact in facts)


def _moment(due_at: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    if due_at is None or isinstance(due_at, datetime):
        return due_at
    return rules.end_of_day(due_at, zone)


def _is_new(case: Case, new: NewTerms, zone: ZoneInfo) -> bool:
    """New: another date or other terms; for what has no date also other words."""
    if is_settled(case):
        return False
    newest = case.versions[-1]
    if _moment(new.due_at, zone) != newest.due_at or (new.terms is not None and new.terms != newest.terms):
        return True
    return new.due_at is None and new.statement is not None and new.statement != newest.statement


def _append(case: Case, new: NewTerms, actor: Actor, now: datetime, zone: ZoneInfo) -> None:
    promise = case.promise
    promise.version_number += 1
    promise.by_day = new.by_day or (new.due_at is not None and not isinstance(new.due_at, datetime))
    promise.terms = promise.terms if new.terms is None else dict(new.terms)
    promise.statement = promise.statement if new.statement is None else new.statement
    version = build(
        PromiseVersion,
        promise_id=promise.pk,
        number=promise.version_number,
        due_at=_moment(new.due_at, zone),
        terms=promise.terms,
        statement=promise.statement,
        reason=new.reason,
        note=new.note,
        actor_id=actor.user_id,
        at=new.given_at or now,
        known_at=now,
    )
    case.versions = [*case.versions, version]
    case.backfill = new.backfill


def _changed(case: Case, actor: Actor) -> Happening:
    promise, version = case.promise, case.versions[-1]
    payload = PromiseChanged(
        promise.pk, Code(promise.kind), version.number, version.due_at, Code(version.reason)
    )
    return Happening(payload, promise.customer_id, version.at, case.backfill, actor.user_id)


@transaction.atomic
def withdraw(*, actor: Actor, promise_id: int, reason: str, at: datetime | None = None) -> Promise:
    """Take a promise back, as when its order is cancelled; see `withdraw_many`."""
    return withdraw_many(actor=actor, promise_ids=[promise_id], reason=reason, at=at)[0]


@transaction.atomic
def withdraw_many(
    *, actor: Actor, promise_ids: Sequence[int], reason: str, at: datetime | None = None
) -> list[Promise]:
    """Take promises back from `at` (none: now) on. What was kept or broken before stays so.

    `reason` is a code (cancelled…). Raises Promise.DoesNotExist, NotAllowedError.
    """
    moment = at or clock.now()
    return observe_many(
        actor=actor,
        observations=[
            Observation(
                kind=Evidence.Kind.WITHDRAWN,
                occurred_at=moment,
                once_key=f"withdrawn:{moment.isoformat()}",
                source="agent" if actor.user_id else "system",
                promise_id=key,
                reason=reason,
            )
            for key in promise_ids
        ],
    )


@transaction.atomic
def mark_recovered(*, actor: Actor, promise_id: int, recovered: bool = True) -> None:
    """Note that a broken promise was made good (or, when its case is opened again, that it was not).

    It stays broken: the figure counts what was promised. Raises Promise.DoesNotExist, NotAllowedError.
    """
    actor.require(Permission.RECOVERY_GRANT)
    moment = clock.now() if recovered else None
    changed = Promise.objects.filter(pk=promise_id).update(recovered_at=moment, updated_at=clock.now())
    if not changed:
        raise Promise.DoesNotExist(f"There is no promise {promise_id}.")
