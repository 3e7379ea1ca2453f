"""New terms, and taking a promise back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business_queries
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening
from mikomi.promises import rules
from mikomi.promises.events import PromiseChanged
from mikomi.promises.models import Evidence, Promise, PromiseVersion
from mikomi.promises.operations.observing import lock_cases, observe_many, settle
from mikomi.promises.records import Observation


class PromiseDecidedError(ValueError):
    """What was promised has happened already or was withdrawn: there are no new terms for it."""


@transaction.atomic
def change_terms(
    *,
    actor: Actor,
    promise_id: int,
    due_at: datetime | date,
    reason: str = "",
    note: str = "",
    statement: str | None = None,
    given_at: datetime | None = None,
) -> Promise:
    """Give a promise new terms: a new version; the old ones stay as they were.

    A broken promise that wasn't met yet is open again under the new date; the figure still counts the first one.
    The same date again changes nothing. Raises PromiseDecidedError, Promise.DoesNotExist, NotAllowedError.
    """
    actor.require(Permission.PROMISES_RECORD)
    case = lock_cases([promise_id])[promise_id]
    promise, now = case.promise, clock.now()
    if promise.met_at is not None or promise.state == Promise.State.WITHDRAWN:
        raise PromiseDecidedError(_("This promise is settled; make a new one instead."))
    by_day = not isinstance(due_at, datetime)
    moment = due_at if isinstance(due_at, datetime) else rules.end_of_day(due_at, business_queries.zone())
    if moment == case.versions[-1].due_at:
        return promise
    version = PromiseVersion(
        promise=promise,
        number=promise.version_number + 1,
        due_at=moment,
        statement=promise.statement if statement is None else statement,
        reason=reason,
        note=note,
        actor_id=actor.user_id,
        at=given_at or now,
        known_at=now,
    )
    bulk.insert([version])
    case.versions = [*case.versions, version]
    promise.version_number, promise.statement, promise.by_day = version.number, version.statement, by_day
    bulk.update([promise], ("version_number", "statement", "by_day"))
    payload = PromiseChanged(promise.pk, Code(promise.kind), version.number, moment, Code(reason))
    settle([case], now, before=[Happening(payload, promise.customer_id, version.at, False, actor.user_id)])
    return promise


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
