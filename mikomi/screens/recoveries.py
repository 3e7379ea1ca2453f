"""Recoveries as a whole: the cases, what is being changed, and what became of those who were let down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mikomi.commerce.queries import purchases_of
from mikomi.conversations import queries as desk
from mikomi.conversations.models import RecoveryCase
from mikomi.conversations.queries import Prevention
from mikomi.conversations.queries.visibility import team_filter
from mikomi.conversations.recovery_rules import Effect, Recovered, effects
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.queries import users
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import business
from mikomi.core.paging import Page
from mikomi.customers import queries as customers
from mikomi.customers.queries import Display
from mikomi.customers.queries.merged import ids_of_many
from mikomi.feedback.models import Answer

WINDOW = timedelta(days=90)
"""How long after a recovery was closed we look whether the customer came back."""
_CUSTOMERS_AT_ONCE = 500

Moments = list[tuple[datetime, int]]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the list."""

    case: RecoveryCase
    customer: Display


@dataclass(frozen=True, slots=True)
class PreventionRow:
    """A change in the list."""

    case: RecoveryCase
    customer: Display
    owner: str
    came_back: int | None
    is_overdue: bool


def cases(*, actor: Actor, state: str = "", cursor: str | None = None) -> Page[CaseRow]:
    """Cases of a state (empty: open and asked), with their customers."""
    page = desk.recoveries(actor=actor, state=state, cursor=cursor)
    names = customers.display([row.customer for row in page.items])
    return page.map(lambda row: CaseRow(row, names[row.customer_id]))


def preventions(*, actor: Actor, state: str = "open", cursor: str | None = None) -> Page[PreventionRow]:
    """What is being changed, with who changes it and whether it came back."""
    today = clock.now().astimezone(business().zone).date()
    page = desk.preventions(actor=actor, today=today, state=state, cursor=cursor)
    names = customers.display([one.case.customer for one in page.items])
    people = {user.pk: str(user) for user in users(actor=actor)}

    def row(one: Prevention) -> PreventionRow:
        due, done = one.case.prevention_due, one.case.prevention_done_at
        owner = people.get(one.case.prevention_owner_id or 0, "")
        overdue = due is not None and done is None and due < today
        return PreventionRow(one.case, names[one.case.customer_id], owner, one.came_back, overdue)

    return page.map(row)


def effects_by_cause(*, actor: Actor, days: int = 365) -> list[Effect]:
    """What became of the recoveries opened in the last `days`, by cause; of the teams whose cases the actor sees.

    Two queries for every 500 customers. Raises `NotAllowedError`.
    """
    actor.require(Permission.FIGURES_VIEW)
    now = clock.now()
    names = ("customer_id", "cause", "cost_minor", "opened_at", "closed_at", "outcome")
    rows = list(
        RecoveryCase.objects.filter(
            team_filter(actor, "conversation__"),
            conversation__deleted_at=None,
            opened_at__gte=now - timedelta(days=days),
        ).values_list(*names)
    )
    bought, scored = _around({row[0] for row in rows}, now - timedelta(days=days) - WINDOW)
    found = [
        Recovered(cause, cost, opened, closed, outcome, bought[customer], scored[customer])
        for customer, cause, cost, opened, closed, outcome in rows
    ]
    return effects(found, now=now, window=WINDOW)


def _around(customer_ids: set[int], since: datetime) -> tuple[dict[int, Moments], dict[int, Moments]]:
    """What each of these customers bought and how they scored, over all their merged records."""
    bought: defaultdict[int, Moments] = defaultdict(list)
    scored: defaultdict[int, Moments] = defaultdict(list)
    ids = sorted(customer_ids)
    for start in range(0, len(ids), _CUSTOMERS_AT_ONCE):
        given_as = _records(ids[start : start + _CUSTOMERS_AT_ONCE])
        for record, at, worth in purchases_of(given_as.keys(), since):
            for given in given_as[record]:
                bought[given].append((at, worth))
        answers = Answer.objects.filter(invitation__customer_id__in=list(given_as), answered_at__gte=since)
        for record, at, score in answers.values_list("invitation__customer_id", "answered_at", "score"):
            for given in given_as[record]:
                scored[given].append((at, score))
    return bought, scored


def _records(customer_ids: Sequence[int]) -> dict[int, list[int]]:
    """For each record of these persons, by which of the given ids they are known."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for given, records in ids_of_many(customer_ids).items():
        for record in records:
            found[record].append(given)
    return found
