"""Conversations that lie in the past, loaded in bulk: imports, the sample business, benchmarks.

Nothing follows from them: their events are marked as history, no message goes out. An answer that is still owed
is owed from now on like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from mikomi.conversations import events, rules
from mikomi.conversations.models import Conversation, Message
from mikomi.conversations.operations.indexing import entry_of
from mikomi.conversations.operations.owing import SUBJECT
from mikomi.conversations.queries.standards import AnswerClock
from mikomi.conversations.records import HistoricConversation, HistoricMessage
from mikomi.core import bulk, clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record_many
from mikomi.core.rows import build
from mikomi.core.search import operations as search
from mikomi.promises import operations as promises
from mikomi.promises.models import Promise
from mikomi.promises.records import NewPromise, Observation

AT_ONCE = 500
"""Conversations per transaction."""


def load_history(
    *,
    actor: Actor,
    records: Iterable[HistoricConversation],
    with_promises: bool = True,
    with_index: bool = True,
    at_once: int = AT_ONCE,
) -> int:
    """Load conversations of known customers; how many there were. One transaction for each `at_once` of them.

    `with_promises`: post the promise of an answer for each time a customer waited, with the answer as evidence.
    `with_index`: let search find the messages.
    """
    actor.require(Permission.IMPORTS_RUN)
    answers, done, source = AnswerClock(), 0, iter(records)
    while part := list(islice(source, at_once)):
        _load(actor, part, answers, with_promises, with_index)
        done += len(part)
    return done


@dataclass(slots=True)
class _Loaded:
    """A conversation with its rows, and the times at which its customer waited."""

    record: HistoricConversation
    row: Conversation
    messages: list[Message]


@dataclass(frozen=True, slots=True)
class _Wait:
    """A customer waited from `since`; `answer` none: still."""

    since: datetime
    answer: Message | None


@transaction.atomic
def _load(
    actor: Actor,
    records: Sequence[HistoricConversation],
    answers: AnswerClock,
    with_promises: bool,
    with_index: bool,
) -> None:
    loaded = [_Loaded(record, _conversation(record, answers), []) for record in records]
    bulk.insert([item.row for item in loaded])
    for item in loaded:
        item.messages = [_message(part, item) for part in item.record.messages]
    bulk.insert([message for item in loaded for message in item.messages])
    record_many([happening for item in loaded for happening in _happenings(item)])
    if with_promises:
        new = [promise for item in loaded for promise in _promises(item, answers)]
        promises.make_many(actor=actor, promises=new)
    if with_index:
        search.index([entry_of(message, item.row) for item in loaded for message in item.messages])


def _conversation(record: HistoricConversation, answers: AnswerClock) -> Conversation:
    first, last = record.messages[0], record.messages[-1]
    since = _waiting_since(record)
    answered = next((part.sent_at for part in record.messages if part.direction == "out"), None)
    due = answers.due(record.channel, record.severity, since) if since else None
    return build(
        Conversation,
        customer_id=record.customer_id,
        subject=record.subject[:500],
        channel=record.channel,
        state=record.state,
        severity=record.severity,
        language=record.language,
        team_id=record.team_id,
        assignee_id=record.assignee_id,
        created_at=first.sent_at,
        last_message_at=last.sent_at,
        excerpt=rules.excerpt(last.text),
        waiting_since=since,
        answer_due_at=record.answer_due_at or due,
        first_answered_at=answered,
        snoozed_until=record.snoozed_until,
        closed_at=record.closed_at,
        message_count=len(record.messages),
        changed_at=clock.now(),
    )


def _waiting_since(record: HistoricConversation) -> datetime | None:
    """Since when the customer waits in a conversation that is not closed."""
    if record.state == Conversation.State.CLOSED:
        return None
    since: datetime | None = None
    for part in record.messages:
        if part.direction == "in":
            since = since or part.sent_at
        elif part.direction == "out":
            since = None
    return since


def _message(part: HistoricMessage, item: _Loaded) -> Message:
    is_customer = part.direction == Message.Direction.IN
    return build(
        Message,
        conversation_id=item.row.pk,
        direction=part.direction,
        channel="note" if part.direction == Message.Direction.NOTE else item.record.channel,
        author_id=part.author_id,
        from_name=item.record.from_name if is_customer else "",
        from_address=item.record.from_address if is_customer else "",
        subject=item.row.subject if part is item.record.messages[0] else "",
        text=part.text,
        sent_at=part.sent_at,
        received_at=part.sent_at,
    )


def _happenings(item: _Loaded) -> Iterator[Happening]:
    """What the timeline shows of it; that a conversation began is told by its first message."""
    row, channel = item.row, Code(item.record.channel)
    is_first = True
    for message in item.messages:
        payload: object
        if message.direction == Message.Direction.IN:
            payload = events.MessageReceived(message.pk, row.pk, channel)
        elif message.direction == Message.Direction.NOTE:
            payload = events.ConversationNoted(message.pk, row.pk)
        else:
            payload = events.MessageAnswered(message.pk, row.pk, channel, is_first)
            is_first = False
        yield _past(item, payload, message.sent_at, message.author_id)
    if row.closed_at is not None:
        yield _past(item, events.ConversationClosed(row.pk, channel), row.closed_at, row.assignee_id)


def _past(item: _Loaded, payload: object, at: datetime, actor_id: int | None = None) -> Happening:
    return Happening(payload, item.row.customer_id, at, backfill=True, actor_id=actor_id)


def _promises(item: _Loaded, answers: AnswerClock) -> Iterator[NewPromise]:
    """The answers that were owed. What the customer wrote last before the end was not waited for any more."""
    for wait in _waits(item):
        if wait.answer is None and item.row.state == Conversation.State.CLOSED:
            continue
        seen: tuple[Observation, ...] = ()
        if wait.answer is not None:
            seen = (Observation("answered", wait.answer.sent_at, f"message:{wait.answer.pk}", "desk"),)
        standard = answers.standard(item.record.channel, item.row.severity)
        yield NewPromise(
            kind=Promise.Kind.ANSWER,
            customer_id=item.row.customer_id,
            due_at=answers.due(item.record.channel, item.row.severity, wait.since),
            source="standard",
            made_at=wait.since,
            subject_type=SUBJECT,
            subject_id=item.row.pk,
            group_key=item.record.channel,
            is_internal=True,
            in_working_time=standard.unit != rules.MINUTES,
            keeper_id=item.row.assignee_id,
            team_id=item.row.team_id,
            backfill=True,
            evidence=seen,
        )


def _waits(item: _Loaded) -> Iterator[_Wait]:
    since: datetime | None = None
    for message in item.messages:
        if message.direction == Message.Direction.IN:
            since = since or message.sent_at
        elif message.direction == Message.Direction.OUT and since is not None:
            yield _Wait(since, message)
            since = None
    if since is not None:
        yield _Wait(since, None)
