"""Promises as pages show them: lists by state, the calendar, one promise's story, and the figure of keeping them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from mikomi.conversations import queries as desk
from mikomi.conversations.models import RecoveryCase
from mikomi.core import clock
from mikomi.core.access import queries as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.paging import Page
from mikomi.customers import queries as customers
from mikomi.customers.queries.display import Display
from mikomi.promises import queries as ledger
from mikomi.promises.models import Promise
from mikomi.promises.queries.figures import Figure
from mikomi.promises.queries.lists import Listed, Wanted
from mikomi.promises.queries.story import Story

FIGURE_DAYS = 90


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise in a list."""

    id: int
    kind: str
    state: str
    verdict: str
    title: str
    customer: Display | None
    """None for a promise to many; `audience` says to whom."""
    audience: str
    made_at: datetime
    due_at: datetime | None
    by_day: bool
    expected_at: datetime | None
    risk: float
    path: str


@dataclass(frozen=True, slots=True)
class PromiseList:
    """A page of one state, the numbers beside the states, and how well promises are kept."""

    state: str
    counts: dict[str, int]
    rows: Page[PromiseRow]
    figure: Figure | None


def rows_of(found: list[Listed]) -> list[PromiseRow]:
    """Promises as lists show them, with their customers' names in one query."""
    shown = customers.display_ids([one.promise.customer_id for one in found if one.promise.customer_id])
    return [_row(one, shown.get(one.promise.customer_id or 0)) for one in found]


def audience_of(promise: Promise, customer: Display | None) -> str:
    """To whom it was promised, in words: the customer's name, the segment's, or everyone."""
    if customer is not None:
        return str(customer.name)
    if promise.audience == Promise.Audience.SEGMENT:
        return promise.segment.name if promise.segment else _("a segment that no longer exists")
    return capfirst(str(Promise.Audience.EVERYONE.label))


def _row(one: Listed, customer: Display | None) -> PromiseRow:
    promise = one.promise
    return PromiseRow(
        id=promise.pk,
        kind=promise.kind,
        state=promise.state,
        verdict=promise.verdict,
        title=title_of(promise, one.subject.label if one.subject else ""),
        customer=customer,
        audience=audience_of(promise, customer),
        made_at=promise.made_at,
        due_at=promise.due_at,
        by_day=promise.by_day,
        expected_at=promise.expected_at,
        risk=one.risk,
        path=one.subject.path if one.subject else "",
    )


_NAMED_BY_SUBJECT = frozenset({Promise.Kind.DELIVERY, Promise.Kind.SHIPPING, Promise.Kind.ANSWER})
"""What is promised of an order or a message is said by its kind; the others by the words used."""


def title_of(promise: Promise, subject: str) -> str:
    """What is promised, in a few words: the kind and what it is about, or what was said."""
    if promise.statement and promise.kind not in _NAMED_BY_SUBJECT:
        return promise.statement
    kind = capfirst(str(Promise.Kind(promise.kind).label))
    return f"{kind} · {subject}" if subject else kind


def promises(
    *, actor: Actor, state: str = "at_risk", wanted: Wanted | None = None, cursor: str | None = None
) -> PromiseList:
    """A page of the promises of a state. Raises `UnknownStateError`, `InvalidCursorError`."""
    page = ledger.promises(actor=actor, state=state, wanted=wanted, cursor=cursor)
    return PromiseList(
        state=state,
        counts=ledger.counts(actor=actor),
        rows=page.with_items(rows_of(page.items)),
        figure=keeping(actor=actor),
    )


def keeping(*, actor: Actor) -> Figure | None:
    """How many of the last 90 days' promises were kept as first given; none without the right to see figures."""
    if not actor.may(Permission.FIGURES_VIEW):
        return None
    now = clock.now()
    return ledger.keeping_figure(actor=actor, since=now - timedelta(days=FIGURE_DAYS), until=now)


@dataclass(frozen=True, slots=True)
class PromiseScreen:
    """One promise with its customer, its recovery and the names of who acted."""

    story: Story
    title: str
    customer: Display | None
    audience: str
    is_erased: bool
    recovery: RecoveryCase | None
    names: dict[int, str]


def promise(*, actor: Actor, promise_id: int) -> PromiseScreen:
    """The page of one promise; a constant number of queries. Raises `Promise.DoesNotExist`."""
    story = ledger.promise(actor=actor, promise_id=promise_id)
    row = story.promise
    customer = customers.display_ids([row.customer_id]).get(row.customer_id) if row.customer_id else None
    return PromiseScreen(
        story=story,
        title=title_of(row, story.subject.label if story.subject else ""),
        customer=customer,
        audience=audience_of(row, customer),
        is_erased=row.customer is not None and row.customer.erased_at is not None,
        recovery=desk.recovery_of_promise(actor=actor, promise_id=row.pk),
        names={user.pk: str(user) for user in access.users(actor=actor)},
    )


def keepers(*, actor: Actor, promise: Promise) -> list[tuple[int, str]]:
    """The colleagues who may keep this promise, by name."""
    able = access.keepers_of_promises(team_id=promise.team_id)
    return [(user.pk, str(user)) for user in access.users(actor=actor) if user.pk in able]
