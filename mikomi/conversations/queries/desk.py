"""The inbox and one conversation, as a surface shows them. A constant number of queries each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from mikomi.conversations.models import Attachment, Conversation, Message
from mikomi.conversations.queries.visibility import seen_through, visible
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.kept import kept, totals
from mikomi.core.paging import Page, keyset
from mikomi.customers.queries.display import columns as display_columns

State = Conversation.State
VIEWS = ("mine", "unassigned", "all", "snoozed", "closed")
NEWEST_FIRST = ("-last_message_at", "-id")
URGENT_FIRST = ("answer_due_at", "id")


_LISTED = (
    "customer_id", "subject", "excerpt", "language", "channel", "severity", "state", "last_message_at",
    "waiting_since", "assignee_id", "answer_due_at", "created_at",
)  # fmt: skip


class UnknownViewError(ValueError):
    """There is no such view of the inbox."""


def inbox(
    *,
    actor: Actor,
    view: str = "all",
    cursor: str | None = None,
    team: int | None = None,
    channel: str = "",
    size: int = 50,
) -> Page[Conversation]:
    """A page of a view, the newest first, with customers; one query. Raises `UnknownViewError`."""
    rows = _view(actor, view)
    if team is not None:
        rows = rows.filter(team_id=team)
    if channel:
        rows = rows.filter(channel=channel)
    return keyset(rows.select_related("customer"), NEWEST_FIRST, cursor, size)


def _view(actor: Actor, view: str) -> QuerySet[Conversation]:
    rows = visible(actor)
    if view == "mine":
        return rows.filter(assignee_id=actor.user_id, state=State.OPEN)
    if view == "unassigned":
        return rows.filter(assignee_id=None, state=State.OPEN)
    if view == "all":
        return rows.filter(state=State.OPEN)
    if view in ("snoozed", "closed"):
        return rows.filter(state=view)
    raise UnknownViewError(view)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many conversations each view holds; closed ones are not counted, they only grow."""

    mine: int
    unassigned: int
    all: int
    snoozed: int
    owed: int
    """Open ones in which the customer waits for an answer."""
    overdue: int
    """Open ones whose answer was due before now."""


def counts(*, actor: Actor) -> Counts:
    """The numbers beside the views; one query, of an index that holds what is not closed."""
    return Counts(*_counts(actor=actor, now=clock.now())[0])


@kept("now")
def _counts(*, actor: Actor, now: datetime) -> QuerySet[Conversation, Any]:
    """The fields of `Counts`, in their order."""
    opened = Q(state=State.OPEN)
    return totals(
        visible(actor).filter(closed_at=None),
        mine=Count("id", filter=opened & Q(assignee_id=actor.user_id)),
        unassigned=Count("id", filter=opened & Q(assignee_id=None)),
        all=Count("id", filter=opened),
        snoozed=Count("id", filter=Q(state=State.SNOOZED)),
        owed=Count("id", filter=opened & Q(answer_due_at__isnull=False)),
        overdue=Count("id", filter=opened & Q(answer_due_at__lt=now)),
    )


@kept()
def by_time_left(*, actor: Actor, size: int = 20) -> QuerySet[Conversation]:
    """Open conversations in which an answer is owed, the soonest due first: for Today."""
    rows = visible(actor).filter(state=State.OPEN, answer_due_at__isnull=False)
    rows = rows.select_related("customer").only(*_LISTED, *display_columns("customer__"))
    return rows.order_by(*URGENT_FIRST)[:size]


def conversation(*, actor: Actor, conversation_id: int) -> Conversation:
    """One conversation with its customer. Raises `Conversation.DoesNotExist`, also for another team's."""
    return visible(actor).select_related("customer", "team").get(pk=conversation_id)


def conversations_of(
    *, actor: Actor, customer_ids: Iterable[int], cursor: str | None = None, size: int = 20
) -> Page[Conversation]:
    """A customer's conversations (give all ids of a merged customer), the newest first."""
    rows = visible(actor).filter(customer_id__in=list(customer_ids))
    return keyset(rows, NEWEST_FIRST, cursor, size)


def messages(
    *, actor: Actor, conversation_id: int, cursor: str | None = None, size: int = 50
) -> Page[Message]:
    """The messages of a conversation, the newest page first but each page in order of time.

    With attachments and what became of what we sent. Three queries. Raises `Conversation.DoesNotExist`.
    """
    visible(actor).only("id").get(pk=conversation_id)
    rows = Message.objects.filter(conversation_id=conversation_id).select_related("outgoing")
    page = keyset(_with_attachments(rows), ("-sent_at", "-id"), cursor, size)
    return Page(page.items[::-1], page.next_cursor, page.previous_cursor)


def _with_attachments(rows: QuerySet[Message]) -> QuerySet[Message]:
    parts = Attachment.objects.select_related("file").order_by("id")
    return rows.prefetch_related(Prefetch("attachments", queryset=parts))


def message(*, actor: Actor, message_id: int) -> Message:
    """One message with its conversation and attachments. Raises `Message.DoesNotExist`, also for another team's."""
    rows = Message.objects.filter(seen_through(actor, "conversation__")).select_related(
        "conversation", "outgoing"
    )
    return _with_attachments(rows).get(pk=message_id)


def attachment(*, actor: Actor, attachment_id: int) -> Attachment:
    """One attachment with its file. Raises `Attachment.DoesNotExist`, also for another team's."""
    rows = Attachment.objects.filter(seen_through(actor, "message__conversation__"))
    return rows.select_related("file", "message").get(pk=attachment_id)


@dataclass(frozen=True, slots=True)
class MessageLine:
    """What the timeline and the search show of a message."""

    message_id: int
    conversation_id: int
    direction: str
    channel: str
    subject: str
    excerpt: str
    sent_at: datetime
    author_id: int | None
    is_automatic: bool


def message_lines(*, actor: Actor, ids: Iterable[int]) -> dict[int, MessageLine]:
    """Messages by id, only those that the actor may see; one query. Texts are cut to their first 400 characters."""
    rows = (
        Message.objects.filter(seen_through(actor, "conversation__"), pk__in=list(ids))
        .annotate(conversation_subject=F("conversation__subject"))
        .only(
            "conversation_id",
            "direction",
            "channel",
            "subject",
            "text",
            "sent_at",
            "author_id",
            "is_automatic",
        )
    )
    return {row.pk: _line(row) for row in rows}


def _line(row: Message) -> MessageLine:
    return MessageLine(
        row.pk,
        row.conversation_id,
        row.direction,
        row.channel,
        row.subject or getattr(row, "conversation_subject", ""),
        row.text[:400],
        row.sent_at,
        row.author_id,
        row.is_automatic,
    )


def conversation_of_message_id(*, message_ids: Iterable[str]) -> dict[str, Message]:
    """Messages by Message-ID, with their conversations: how a channel threads replies. Deleted ones are left out."""
    wanted = [value for value in message_ids if value]
    rows = Message.objects.filter(conversation__deleted_at=None).select_related("conversation", "outgoing")
    received = {row.message_id: row for row in rows.filter(message_id__in=wanted)}
    sent = {
        row.outgoing.message_id: row for row in rows.filter(outgoing__message_id__in=wanted) if row.outgoing
    }
    return received | sent


def takes_part(*, conversation_id: int, address: str) -> bool:
    """Whether this address belongs to the conversation: its customer's, or one that wrote in it before."""
    rows = Conversation.objects.filter(pk=conversation_id, deleted_at=None)
    same = Q(customer__identities__value__iexact=address) | Q(messages__from_address__iexact=address)
    return rows.filter(same).exists()
