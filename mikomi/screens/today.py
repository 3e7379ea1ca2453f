"""Today: what to do next. Promises to save, answers owed, what waits for a person, what broke, bad answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mikomi.conversations import queries as desk
from mikomi.conversations.models import RecoveryCase
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.business.queries import business
from mikomi.customers import queries as customers
from mikomi.customers.queries.display import Display
from mikomi.facts import queries as facts
from mikomi.facts.models import Contradiction
from mikomi.feedback import queries as feedback
from mikomi.feedback.models import Answer, Surprise
from mikomi.feedback.queries import Csat, surprises
from mikomi.outbox import queries as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.promises import queries as ledger
from mikomi.promises.queries.figures import Figure
from mikomi.screens import promises as promise_screens
from mikomi.screens.inbox import Thread, thread_list
from mikomi.screens.saving import ToSave, to_save
from mikomi.screens.untold import Untold, untold

ROWS = 12
FOLLOW_UPS_AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for a person."""

    id: int
    state: str
    subject: str
    customer: Display | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """An open recovery case."""

    id: int
    conversation_id: int
    state: str
    customer: Display
    opened_at: datetime
    follow_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class Prevention:
    """A change that the reader promised so that something doesn't break again."""

    id: int
    conversation_id: int
    prevention: str
    prevention_due: date | None


@dataclass(frozen=True, slots=True)
class PoorAnswer:
    """A bad answer that nobody has taken care of yet."""

    conversation_id: int | None
    score: int
    comment: str
    customer: Display
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer said to a promise: a dispute, a no or a question about new terms. Waits for a person.

    `conversation_id`: where their words came in, if they wrote any.
    """

    kind: str
    id: int
    promise_id: int
    conversation_id: int | None
    title: str
    audience: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ToCarryOut:
    """A small surprise that was approved. `outgoing_id`: the message that it is, while it waits in the outbox."""

    id: int
    kind: str
    reason: str
    word: str
    why: str
    customer: Display
    approved_at: datetime
    outgoing_id: int | None


@dataclass(frozen=True, slots=True)
class Today:
    """The whole page. Parts that the actor may not see are empty."""

    to_save: list[ToSave] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)
    answers_owed: list[Thread] = field(default_factory=list)
    answers_owed_count: int = 0
    overdue_count: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    waiting_count: int = 0
    said: list[Said] = field(default_factory=list)
    surprises: list[ToCarryOut] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    follow_ups: list[Case] = field(default_factory=list)
    poor: list[PoorAnswer] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    keeping: Figure | None = None
    csat: Csat | None = None
    broken_count: int = 0
    preventions: list[Prevention] = field(default_factory=list)


def today(*, actor: Actor) -> Today:
    """What the actor has to look at now; a constant number of queries."""
    now = clock.now()
    may_talk = actor.may(Permission.CONVERSATIONS_VIEW)
    messages = outbox.oldest_needing_person(actor=actor, size=ROWS) if may_talk else []
    owed = desk.by_time_left(actor=actor, size=ROWS) if may_talk else []
    counts = desk.counts(actor=actor) if may_talk else None
    poor = feedback.poor_open(actor=actor, size=ROWS) if actor.may(Permission.FEEDBACK_VIEW) else []
    cases = desk.open_cases(actor=actor, size=ROWS) if may_talk else []
    follow_ups = desk.follow_ups(actor=actor, until=now + FOLLOW_UPS_AHEAD, size=ROWS) if may_talk else []
    gifts = surprises.to_carry_out(actor=actor, limit=ROWS)
    names = _names(messages, cases, follow_ups, poor, gifts)
    promises = actor.may(Permission.PROMISES_VIEW)
    figures = actor.may(Permission.FIGURES_VIEW)
    since = now - timedelta(days=promise_screens.FIGURE_DAYS)
    return Today(
        to_save=to_save(actor=actor, limit=ROWS) if promises else [],
        untold=untold(actor=actor, size=ROWS) if promises and may_talk else [],
        answers_owed=thread_list(owed),
        answers_owed_count=counts.owed if counts else 0,
        overdue_count=counts.overdue if counts else 0,
        waiting=[_waiting(row, names) for row in messages],
        waiting_count=sum(outbox.counts_needing_person(actor=actor).values()) if may_talk else 0,
        said=_said(actor) if promises else [],
        surprises=[_surprise(row, names) for row in gifts],
        cases=[_case(row, names) for row in cases],
        follow_ups=[_case(row, names) for row in follow_ups],
        poor=[_poor(row, names) for row in poor],
        preventions=_preventions(actor, now) if may_talk else [],
        keeping=promise_screens.keeping(actor=actor),
        csat=feedback.csat_figure(actor=actor, since=since, until=now) if figures else None,
        contradictions=facts.for_today(actor=actor, size=ROWS),
        broken_count=ledger.broken_count(actor=actor) if promises else 0,
    )


def _preventions(actor: Actor, now: datetime) -> list[Prevention]:
    until = (now + FOLLOW_UPS_AHEAD).astimezone(business().zone).date()
    rows = desk.due_preventions(actor=actor, until=until, size=ROWS)
    return [Prevention(row.pk, row.conversation_id, row.prevention, row.prevention_due) for row in rows]


def _names(
    messages: list[OutgoingMessage],
    cases: list[RecoveryCase],
    follow_ups: list[RecoveryCase],
    poor: list[Answer],
    gifts: list[Surprise],
) -> dict[int, Display]:
    """Everybody on the page in one query."""
    ids = [row.customer_id for row in messages]
    ids += [row.customer_id for row in (*cases, *follow_ups)]
    ids += [row.customer_id for row in gifts]
    ids += [row.invitation.customer_id for row in poor]
    return customers.display_ids(ids)


def _said(actor: Actor) -> list[Said]:
    found = ledger.said_by_customers(actor=actor, limit=ROWS)
    names = customers.display_ids([one.promise.customer_id for one in found])
    places = desk.written_about(actor=actor, promise_ids=[one.promise.pk for one in found])
    return [
        Said(
            one.kind,
            one.id,
            one.promise.pk,
            places.get(one.promise.pk) if one.kind != "dispute" else None,
            promise_screens.title_of(one.promise, ""),
            promise_screens.audience_of(one.promise, names.get(one.promise.customer_id or 0)),
            one.words,
            one.at,
        )
        for one in found
    ]


def _surprise(row: Surprise, names: dict[int, Display]) -> ToCarryOut:
    words = str(row.get_kind_display()), str(row.get_reason_display())
    return ToCarryOut(
        row.pk, row.kind, row.reason, *words, names[row.customer_id], row.decided_at or row.proposed_at,
        row.outgoing_id if row.outgoing and row.outgoing.state in surprises.WAITS else None,
    )  # fmt: skip


def _waiting(row: OutgoingMessage, names: dict[int, Display]) -> Waiting:
    return Waiting(row.pk, row.state, row.subject, names.get(row.customer_id or 0), row.created_at)


def _case(row: RecoveryCase, names: dict[int, Display]) -> Case:
    return Case(
        row.pk, row.conversation_id, row.state, names[row.customer_id], row.opened_at, row.follow_up_at
    )


def _poor(row: Answer, names: dict[int, Display]) -> PoorAnswer:
    invitation = row.invitation
    return PoorAnswer(
        invitation.conversation_id, row.score, row.comment, names[invitation.customer_id], row.answered_at
    )
