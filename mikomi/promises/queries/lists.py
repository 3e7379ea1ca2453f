"""Promises by state, by month, by customer; and those to save today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import mean
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from mikomi.core import clock, lookups
from mikomi.core.access.actor import Actor
from mikomi.core.business import queries as business_queries
from mikomi.core.kept import kept, totals
from mikomi.core.literals import literals
from mikomi.core.paging import Page, keyset
from mikomi.customers.models import Standing
from mikomi.promises.bench import OPEN, Bench
from mikomi.promises.judged import Judged
from mikomi.promises.models import Promise
from mikomi.promises.queries.visible import visible
from mikomi.promises.rules.circumstances import USUAL, Circumstances
from mikomi.promises.rules.kinds import STANDING
from mikomi.promises.subjects import SubjectView, views

PAGE = 50
_SOONEST_FIRST = ("due_at", "id")
_NEWEST_FIRST = ("-due_at", "-id")
_MADE_LAST = ("-made_at", "-id")
_CANDIDATES = 300
"""So many of the most threatened promises are weighed for Today."""

STATES = ("at_risk", "open", "broken", "kept", "exceeded", "renegotiated", "withdrawn")


class UnknownStateError(ValueError):
    """There is no list of this name; the names are in STATES."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A promise in a list: with what it is about, its chance of breach now and what stands around it."""

    promise: Promise
    subject: SubjectView | None
    risk: float
    around: Circumstances = USUAL


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which promises of a list; what is empty doesn't narrow it.

    `internal`: answers owed by our own standards, never mixed with what customers were promised. `standing`: those
    without a due time, and only those; so does a `kind` without one. `expired`: those whose last day has passed.
    """

    kind: str = ""
    expectation: str = ""
    origin: str = ""
    audience: str = ""
    segment_id: int | None = None
    keeper_id: int | None = None
    due_from: datetime | None = None
    due_until: datetime | None = None
    internal: bool = False
    standing: bool = False
    expired: bool = False

    @property
    def is_standing(self) -> bool:
        """Whether it asks for promises without a due time."""
        return self.standing or self.expired or self.kind in STANDING


def promises(
    *, actor: Actor, state: str, wanted: Wanted | None = None, cursor: str | None = None, size: int = PAGE
) -> Page[Listed]:
    """A page of the promises in a state: open ones by due time, the settled ones the newest first; those without a
    due time by when they were made. `state` empty: every state, for standing ones.

    `broken` are those not made good yet, imported history aside. Raises UnknownStateError, InvalidCursorError.
    """
    wanted = wanted or Wanted()
    if state not in STATES and not (state == "" and wanted.is_standing):
        raise UnknownStateError(f"There is no list {state!r}; there are {', '.join(STATES)}.")
    found = _narrowed(_in_state(visible(actor), state), wanted)
    keys = _SOONEST_FIRST if state in ("open", "at_risk") else _NEWEST_FIRST
    keys = _MADE_LAST if wanted.is_standing else keys
    page = keyset(found.select_related("customer", "segment"), keys, cursor, size)
    return page.with_items(listed(page.items))


def _narrowed(found: QuerySet[Promise], wanted: Wanted) -> QuerySet[Promise]:
    found = found.filter(is_internal=wanted.internal, due_at__isnull=wanted.is_standing)
    for name in ("kind", "expectation", "origin", "audience", "segment_id", "keeper_id"):
        if value := getattr(wanted, name):
            found = found.filter(**{name: value})
    found = found.filter(due_at__gte=wanted.due_from) if wanted.due_from else found
    found = found.filter(due_at__lt=wanted.due_until) if wanted.due_until else found
    if wanted.expired:
        today = clock.now().astimezone(business_queries.zone()).date()
        found = found.filter(valid_until__lt=today)
    return found


def counts(*, actor: Actor) -> dict[str, int]:
    """How many are at risk, open, and broken without having been made good; internal ones aside."""
    found = visible(actor).filter(is_internal=False, due_at__isnull=False)
    return {state: _in_state(found, state).count() for state in ("at_risk", "open", "broken")}


def broken_count(*, actor: Actor) -> int:
    """How many are broken without having been made good; internal ones aside."""
    ((count,),) = _broken_count(actor=actor)
    return int(count)


@kept()
def _broken_count(*, actor: Actor) -> QuerySet[Promise, Any]:
    rows = visible(actor).filter(is_internal=False, due_at__isnull=False)
    return totals(_in_state(rows, "broken"), count=Count("*"))


def _in_state(found: QuerySet[Promise], state: str) -> QuerySet[Promise]:
    if state == "broken":
        return found.filter(state=Promise.State.BROKEN, recovered_at=None, backfill=False)
    if state == "exceeded":
        return found.filter(state=Promise.State.KEPT, is_exceeded=True)
    if state == "renegotiated":
        return found.filter(renegotiated_at__isnull=False)
    return found.filter(state=state) if state else found


def listed(rows: Sequence[Promise], bench: Bench | None = None) -> list[Listed]:
    """The rows with their subjects and their chance of breach now: a constant number of queries.

    `bench`: one that was made for these rows already."""
    subjects = views(rows)
    bench = bench or Bench(clock.now(), rows)
    return [
        Listed(
            row,
            subjects.get((row.subject_type, row.subject_id or 0)),
            bench.risk_now(row),
            bench.around(row) if row.state in OPEN else USUAL,
        )
        for row in rows
    ]


def about(subject_type: str, subject_ids: Collection[int], *, sources: Collection[str] = ()) -> list[Promise]:
    """The promises about these subjects, of these sources if any are named. For apps above: no actor."""
    if not subject_ids:
        return []
    found = Promise.objects.filter(subject_type=subject_type, subject_id__in=list(subject_ids))
    return list((found.filter(source__in=list(sources)) if sources else found).order_by("pk"))


def of_customer(
    *, actor: Actor, customer_ids: Collection[int], open_only: bool = False, limit: int = PAGE
) -> list[Listed]:
    """What we owe a person (all ids of a merged customer), the newest first; internal ones aside."""
    return listed(_of_customer(actor=actor, ids=list(customer_ids), open_only=open_only, limit=limit))


@kept("ids")
def _of_customer(*, actor: Actor, ids: list[int], open_only: bool, limit: int) -> QuerySet[Promise]:
    found = visible(actor).filter(customer__id__in=ids, is_internal=False)
    if open_only:
        found = found.filter(state__in=(Promise.State.OPEN, Promise.State.AT_RISK))
    return found.order_by("-made_at", "-id")[:limit]


# The calendar


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many promises are due on a day, by how they stand."""

    open: int = 0
    at_risk: int = 0
    kept: int = 0
    broken: int = 0


def month(*, actor: Actor, year: int, number: int) -> dict[date, DayCount]:
    """The days of a month (1…12) on which something is due, in the business's zone; internal ones aside."""
    zone = business_queries.zone()
    start = datetime.combine(date(year, number, 1), time(), zone)
    end = datetime.combine(date(year + number // 12, number % 12 + 1, 1), time(), zone)
    states = ("open", "at_risk", "kept", "broken")
    rows = (
        visible(actor)
        .filter(state__in=states, is_internal=False, due_at__gte=start, due_at__lt=end)
        .order_by()
        .annotate(day=TruncDate("due_at", tzinfo=zone))
        .values_list("day", "state")
        .annotate(count=Count("id"))
    )
    days: defaultdict[date, dict[str, int]] = defaultdict(dict)
    for day, state, count in rows:
        days[day][state] = count
    return {day: DayCount(**found) for day, found in sorted(days.items())}


# Today


@dataclass(frozen=True, slots=True)
class ToSave:
    """A promise that may still be saved: `value_minor` is what the customer is worth to the business as far as
    known, `weight` the chance of breach times that value."""

    listed: Listed
    value_minor: int | None
    weight: float


def to_save(*, actor: Actor, limit: int = 20) -> list[ToSave]:
    """The promises to save today, by chance of breach × customer value; internal ones aside.

    The value is the expected lifetime value, where nobody has computed it what was spent so far; somebody of whom
    nothing is known counts as the average of the others.
    """
    rows = [Judged(*row) for row in _candidates(actor=actor)]
    bench = Bench(clock.now(), rows)
    risks = {row.pk: bench.risk_now(row) for row in rows}
    values = _values(rows)
    average = mean(values.values()) if values else 1.0
    weights = {row.pk: risks[row.pk] * values.get(row.customer_id, average) for row in rows}
    saving = [row for row in rows if risks[row.pk] >= bench.threshold]
    saving.sort(key=lambda row: (-weights[row.pk], row.due_at))
    whole = {row.pk: row for row in _by_ids(ids=[row.pk for row in saving[:limit]])}
    chosen = [whole[row.pk] for row in saving[:limit]]
    return [
        ToSave(item, values.get(item.promise.customer_id), weights[item.promise.pk])
        for item in listed(chosen, bench)
    ]


@kept("ids")
def _by_ids(*, ids: list[int]) -> QuerySet[Promise]:
    return Promise.objects.filter(pk__in=ids).select_related("segment")


@kept()
def _candidates(*, actor: Actor) -> QuerySet[Promise, Any]:
    """The most threatened by their last look, with no more than the bench reads."""
    rows = visible(actor).filter(
        state__in=literals(Promise.State.OPEN, Promise.State.AT_RISK),
        is_internal=False,
        paused_since=None,
        due_at__isnull=False,
        audience=Promise.Audience.ONE,
    )
    return rows.order_by("-risk", "due_at", "id").values_list(*Judged._fields)[:_CANDIDATES]


def _values(rows: Sequence[Judged]) -> dict[int | None, int]:
    """What each customer is worth, as far as it is known."""
    ids = {row.customer_id for row in rows}
    columns = ("customer_id", "lifetime_value_minor", "spend_minor")
    found = lookups.rows(Standing, columns, customer_id=ids)
    return {customer: lifetime or spend for customer, lifetime, spend in found if lifetime or spend}
