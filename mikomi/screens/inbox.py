"""The inbox: a view's conversations as its list shows them, and the numbers beside the views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mikomi.conversations import queries as desk
from mikomi.conversations.models import Conversation
from mikomi.core.access.actor import Actor
from mikomi.core.paging import Page
from mikomi.customers import queries as customers
from mikomi.customers.queries.display import Display

SHORTEST_TOTAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Thread:
    """One conversation in the list. `due_total`: the span that the time left is a part of."""

    id: int
    customer: Display
    subject: str
    excerpt: str
    language: str
    channel: str
    severity: str
    state: str
    at: datetime
    is_waiting: bool
    assignee_id: int | None
    due_at: datetime | None
    due_total: timedelta


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of one view."""

    view: str
    counts: desk.Counts
    threads: Page[Thread]


def inbox(
    *, actor: Actor, view: str = "all", cursor: str | None = None, team: int | None = None, channel: str = ""
) -> Inbox:
    """A page of the inbox; a constant number of queries. Raises `UnknownViewError`, `InvalidCursorError`."""
    page = desk.inbox(actor=actor, view=view, cursor=cursor, team=team, channel=channel)
    return Inbox(view, desk.counts(actor=actor), threads(page))


def threads(page: Page[Conversation]) -> Page[Thread]:
    """Conversations as a list shows them, with their customers' names in one query."""
    return page.with_items(thread_list(page.items))


def thread_list(rows: Sequence[Conversation]) -> list[Thread]:
    """The same for some conversations."""
    shown = customers.display(row.customer for row in rows)
    return [_thread(row, shown[row.customer_id]) for row in rows]


def _thread(row: Conversation, customer: Display) -> Thread:
    due = row.answer_due_at
    total = max(due - (row.waiting_since or row.created_at), SHORTEST_TOTAL) if due else SHORTEST_TOTAL
    return Thread(
        id=row.pk,
        customer=customer,
        subject=row.subject,
        excerpt=row.excerpt,
        language=row.language,
        channel=row.channel,
        severity=row.severity,
        state=row.state,
        at=row.last_message_at,
        is_waiting=row.waiting_since is not None,
        assignee_id=row.assignee_id,
        due_at=due if row.state != Conversation.State.CLOSED else None,
        due_total=total,
    )
