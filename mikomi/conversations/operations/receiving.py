"""Messages come in: they find or open their conversation, and an answer is owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from mikomi.conversations import events, rules
from mikomi.conversations.models import Attachment, Conversation, Message
from mikomi.conversations.operations.indexing import index_messages
from mikomi.conversations.operations.owing import Owed, owe_answers
from mikomi.conversations.records import IncomingMessage
from mikomi.core import bulk, clock, lookups
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import Happening, record_many
from mikomi.core.live.operations import publish
from mikomi.customers.models import Customer
from mikomi.customers.operations import identify_many

State = Conversation.State


@transaction.atomic
def receive_messages(*, actor: Actor, messages: Sequence[IncomingMessage]) -> list[Message]:
    """Take messages in, in the order given; answers the row of each. The same `intake_id` arrives once.

    A message joins the conversation that its channel names, else the customer's conversation about the same
    subject that is not closed, else it opens one. It reopens what was closed or snoozed, and an answer is owed,
    unless a machine wrote it or it is history (`backfill`). History joins only what was under way then, also when
    closed, and never changes since when a living conversation is there or was answered.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    known = _known(messages)
    fresh = list(
        {_identity(message): message for message in messages if _identity(message) not in known}.values()
    )
    intake = _Intake(clock.now(), fresh, _customers(fresh))
    intake.write()
    rows = known | intake.rows
    return [rows[_identity(message)] for message in messages]


def _identity(message: IncomingMessage) -> int | str:
    """The arrival that a message came from; without one, every object is a message of its own."""
    return message.intake_id if message.intake_id is not None else f"object {id(message)}"


def _known(messages: Iterable[IncomingMessage]) -> dict[int | str, Message]:
    ids = [message.intake_id for message in messages if message.intake_id is not None]
    if not lookups.exists(Message, intake_id=ids):
        return {}
    there = Message.objects.filter(intake_id__in=ids)
    return {row.intake_id: row for row in there if row.intake_id is not None}


def _records_of(customer_ids: set[int]) -> dict[int, int]:
    """The records of these people, with those that were merged into them; by record, whose it is."""
    merged = lookups.rows(Customer, ("id", "merged_into_id"), merged_into_id=customer_ids)
    return {pk: pk for pk in customer_ids} | dict(merged)


def _in_reach(messages: Sequence[IncomingMessage]) -> Q:
    """The conversations that one of these messages could join: what is not closed, and for history what was under way
    then."""
    reach = Q()
    if not all(message.backfill for message in messages):
        reach |= ~Q(state=State.CLOSED)
    if old := [message.sent_at for message in messages if message.backfill]:
        began, ended = max(old) + rules.APART, min(old) - rules.APART
        reach |= Q(created_at__lte=began, last_message_at__gte=ended)
    return reach


def _customers(messages: Sequence[IncomingMessage]) -> list[Customer]:
    """The customer of each message; one look-up per channel, not per message."""
    groups: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for place, message in enumerate(messages):
        groups[message.channel, message.backfill].append(place)
    found: dict[int, Customer] = {}
    for (channel, backfill), places in groups.items():
        people = [messages[place].person for place in places]
        now = clock.now()
        seen_at = [messages[place].sent_at if backfill else now for place in places]
        customers = identify_many(
            actor=SYSTEM, people=people, seen_at=seen_at, source=channel, backfill=backfill
        )
        found.update(zip(places, customers, strict=True))
    return [found[place] for place in range(len(messages))]


class _Intake:
    """A batch of messages on its way in: what is decided in memory is then written in bulk."""

    def __init__(
        self, now: datetime, messages: Sequence[IncomingMessage], customers: Sequence[Customer]
    ) -> None:
        self.now = now
        self.rows: dict[int | str, Message] = {}
        self.opened: list[Conversation] = []
        self.changed: dict[int, Conversation] = {}
        self.owed: dict[int, Owed] = {}
        self.happenings: list[tuple[object, Conversation, IncomingMessage]] = []
        self._load(messages, customers)
        self.placed = [
            (message, self._place(message, customer))
            for message, customer in zip(messages, customers, strict=True)
        ]

    def _load(self, messages: Sequence[IncomingMessage], customers: Sequence[Customer]) -> None:
        named = {message.conversation_id for message in messages if message.conversation_id is not None}
        living = Conversation.objects.filter(deleted_at=None).select_for_update(of=("self",))
        self.named = living.in_bulk(named) if named else {}
        self.of_customer: dict[int, list[Conversation]] = defaultdict(list)
        self.joined: dict[int, list[str]] = defaultdict(list)
        people = {
            customer.pk
            for message, customer in zip(messages, customers, strict=True)
            if message.conversation_id not in self.named
        }
        whose = _records_of(people)
        if lookups.exists(Conversation, customer_id=whose.keys()):  # most who write do it for the first time
            theirs = living.filter(_in_reach(messages), customer_id__in=whose)
            for row in theirs.order_by("-last_message_at", "-id"):
                self.of_customer[whose[row.customer_id]].append(self.named.get(row.pk, row))
            self._load_joined(whose.keys())

    def _load_joined(self, customer_ids: Collection[int]) -> None:
        """Subjects of conversations that a person has joined into others: what is about them goes there."""
        rows = Conversation.objects.filter(customer_id__in=customer_ids).exclude(joined_into=None)
        for into, subject in rows.order_by("-id").values_list("joined_into_id", "subject"):
            if into is not None:
                self.joined[into].append(subject)

    def _place(self, message: IncomingMessage, customer: Customer) -> Conversation:
        """The conversation of a message, opened if there is none."""
        if message.conversation_id in self.named:
            return self.named[message.conversation_id]
        own = self.of_customer[customer.pk]
        about = [
            (place, row, subject)
            for place, row in enumerate(own)
            for subject in (row.subject, *self.joined[row.pk])
        ]
        if message.backfill:
            past = (
                rules.Past(place, text, row.created_at, row.last_message_at) for place, row, text in about
            )
            wanted = rules.belongs(past, message.subject, message.sent_at)
        else:
            now = (rules.Candidate(place, text, row.state == State.CLOSED) for place, row, text in about)
            wanted = rules.joins(now, message.subject)
        if wanted is not None:
            return own[wanted]
        conversation = _new_conversation(message, customer, self.now)
        own.insert(0, conversation)
        self.opened.append(conversation)
        return conversation

    def write(self) -> None:
        """Write everything that was decided, its promises, events and index entries."""
        if not self.placed:
            return
        for conversation in self.opened:
            conversation.changed_at = self.now
        bulk.insert(self.opened)
        for conversation in self.opened:
            message = next(message for message, place in self.placed if place is conversation)
            self._tell(
                events.ConversationOpened(conversation.pk, Code(message.channel)), conversation, message
            )
        self._write_messages()
        for message, conversation in self.placed:
            self._touch(conversation, message)
        for (message, conversation), row in zip(self.placed, self.rows.values(), strict=True):
            self._tell(_arrived(row, conversation, message), conversation, message)
        owe_answers(list(self.owed.values()))
        bulk.update(list(self.changed.values()), _CHANGED)
        self._publish()

    def _write_messages(self) -> None:
        rows = [_message(message, conversation, self.now) for message, conversation in self.placed]
        bulk.insert(rows)
        self.rows = {_identity(message): row for (message, _c), row in zip(self.placed, rows, strict=True)}
        parts = [
            Attachment(
                message=row,
                file_id=part.file_id,
                name=part.name[:500],
                content_type=part.content_type[:100],
                size=part.size,
                content_id=part.content_id[:250],
                refused=part.refused,
            )
            for (message, _conversation), row in zip(self.placed, rows, strict=True)
            for part in message.attachments
        ]
        bulk.insert(parts)

    def _touch(self, conversation: Conversation, message: IncomingMessage) -> None:
        """What the arrival of a message does to its conversation."""
        self.changed[conversation.pk] = conversation
        conversation.changed_at = self.now
        conversation.message_count += 1
        if min(message.sent_at, self.now) >= conversation.last_message_at or conversation.message_count == 1:
            conversation.last_message_at = min(message.sent_at, self.now)
            conversation.excerpt = rules.excerpt(message.text)
        if message.backfill and conversation.state == State.CLOSED:
            _lengthen(conversation, message)
        if message.is_automatic or message.backfill:
            return
        conversation.last_message_at = self.now
        if conversation.state != State.OPEN:
            conversation.state, conversation.snoozed_until, conversation.closed_at = State.OPEN, None, None
            self._tell(
                events.ConversationReopened(conversation.pk, Code("customer_wrote")), conversation, message
            )
        if conversation.waiting_since is None:
            since = rules.waiting_since(message.sent_at, self.now)
            conversation.waiting_since = since
            self.owed[conversation.pk] = Owed(conversation, message.channel, since)

    def _tell(self, payload: object, conversation: Conversation, message: IncomingMessage) -> None:
        self.happenings.append((payload, conversation, message))

    def _publish(self) -> None:
        record_many(
            [
                Happening(
                    payload,
                    customer_id=conversation.customer_id,
                    occurred_at=min(message.sent_at, self.now),
                    backfill=message.backfill,
                )
                for payload, conversation, message in self.happenings
            ]
        )
        places = [conversation for _message, conversation in self.placed]
        index_messages(list(zip(self.rows.values(), places, strict=True)), are_new=True)
        publish(["inbox", *sorted({f"conversation:{conversation.pk}" for conversation in places})])


def _arrived(row: Message, conversation: Conversation, message: IncomingMessage) -> object:
    """What the timeline and others are told of a message."""
    channel = Code(message.channel)
    if message.is_ours:
        return events.MessageAnswered(row.pk, conversation.pk, channel, is_first=False)
    return events.MessageReceived(row.pk, conversation.pk, channel)


def _lengthen(conversation: Conversation, message: IncomingMessage) -> None:
    """An old message may lie before what a closed conversation began with or after what it ended with, or be our
    answer."""
    conversation.created_at = min(conversation.created_at, message.sent_at)
    if conversation.closed_at is not None:
        conversation.closed_at = max(conversation.closed_at, message.sent_at)
    answered = conversation.first_answered_at
    if message.is_ours and (answered is None or message.sent_at < answered):
        conversation.first_answered_at = message.sent_at


_CHANGED = (
    "created_at",
    "first_answered_at",
    "changed_at",
    "message_count",
    "last_message_at",
    "excerpt",
    "state",
    "snoozed_until",
    "closed_at",
    "waiting_since",
    "answer_due_at",
)


def _new_conversation(message: IncomingMessage, customer: Customer, now: datetime) -> Conversation:
    """History opens closed: it is not work."""
    at = min(message.sent_at, now) if message.backfill else now
    return Conversation(
        customer=customer,
        subject=message.subject[:500],
        channel=message.channel,
        state=State.CLOSED if message.backfill else State.OPEN,
        closed_at=at if message.backfill else None,
        language=message.language or customer.language,
        team_id=message.team_id,
        sender_key=message.sender_key,
        created_at=at,
        last_message_at=at,
    )


def _message(message: IncomingMessage, conversation: Conversation, now: datetime) -> Message:
    return Message(
        conversation=conversation,
        direction=Message.Direction.OUT if message.is_ours else Message.Direction.IN,
        channel=message.channel,
        from_name=(message.from_name or message.person.name)[:300],
        from_address=(message.from_address or next(iter(message.person.emails), ""))[:320],
        subject=message.subject[:500],
        text=message.text,
        html=message.html,
        sent_at=min(message.sent_at, now),
        received_at=now,
        intake_id=message.intake_id,
        message_id=message.message_id[:250],
        is_automatic=message.is_automatic,
        marks=dict(message.marks),
    )


def append_from_customer(
    conversation: Conversation, *, text: str, channel: str, promise_id: int | None = None
) -> Message:
    """Words that a customer left on one of our own pages: a message in the conversation, and an answer is owed.

    `promise_id`: on the page of that promise. The caller holds the conversation, inside a transaction.
    """
    now = clock.now()
    message = Message.objects.create(
        conversation=conversation,
        direction=Message.Direction.IN,
        channel=channel,
        text=text,
        sent_at=now,
        received_at=now,
        promise_id=promise_id,
    )
    conversation.message_count += 1
    conversation.last_message_at = now
    conversation.excerpt = rules.excerpt(text)
    if conversation.waiting_since is None:
        conversation.waiting_since = now
        owe_answers([Owed(conversation, channel, now)])
    happenings: list[object] = [events.MessageReceived(message.pk, conversation.pk, Code(channel))]
    if conversation.state != State.OPEN:
        conversation.state, conversation.closed_at, conversation.snoozed_until = State.OPEN, None, None
        happenings.insert(0, events.ConversationReopened(conversation.pk, Code("customer_wrote")))
    conversation.save()
    record_many([Happening(payload, conversation.customer_id) for payload in happenings])
    index_messages([(message, conversation)])
    return message
