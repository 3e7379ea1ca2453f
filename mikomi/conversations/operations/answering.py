"""The staff answers: one row to send, one message in the conversation, one piece of evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mikomi.conversations import events, fields, routes, rules, templating
from mikomi.conversations.models import Attachment, Conversation, DraftFile, Message
from mikomi.conversations.operations.drafting import lay_out_again, taken
from mikomi.conversations.operations.handling import close_locked, has_open_recovery, reopen_locked
from mikomi.conversations.operations.indexing import index_messages
from mikomi.conversations.operations.owing import (
    SUBJECT,
    answer_promise,
    meet_answer,
    unmeet_answer,
)
from mikomi.conversations.operations.presence import give_back_handling_time, take_handling_time
from mikomi.conversations.queries.presence import answered_since
from mikomi.conversations.queries.visibility import locked
from mikomi.conversations.records import PromiseInAnswer
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM, Actor
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import Code
from mikomi.core.events.operations import record
from mikomi.core.files.models import StoredFile
from mikomi.core.live.operations import publish
from mikomi.customers import queries as customers
from mikomi.facts.queries import FactUnavailableError, quote
from mikomi.outbox import operations as outbox
from mikomi.outbox.models import OutgoingMessage
from mikomi.outbox.records import NewMessage
from mikomi.promises import operations as promises
from mikomi.promises.records import NewPromise

MOST_REFERENCES = 10


class CannotAnswerError(ValueError):
    """The answer can't go out: empty, a field not filled in, no address that works. Nothing was written."""


class AnsweredMeanwhileError(CannotAnswerError):
    """Somebody else answered after the writer had looked last. Sent again with what they have seen now, it goes."""


@transaction.atomic
def answer(
    *,
    actor: Actor,
    conversation_id: int,
    text: str,
    html: str = "",
    subject: str = "",
    channel: str | None = None,
    template_key: str = "",
    promise: PromiseInAnswer | None = None,
    close_after: bool = False,
    file_ids: Sequence[int] = (),
    file_names: Mapping[int, str] | None = None,
    draft_file_ids: Sequence[int] = (),
    sender_key: str = "",
    send_after: datetime | None = None,
    once_key: str | None = None,
    seen_message_id: int | None = None,
) -> Message:
    """Answer the customer. The message returned has its `outgoing` row.

    `send_after`: not before then, so that it can be taken back until then; minutes or more later it is *scheduled*,
    and what is owed stays owed until it has left (`answer_left`). `once_key`: the same key answers once.
    `file_names`: what attached files are called, by file id. `draft_file_ids`: files of this person's draft.
    `sender_key`: which of the channel's senders it comes from; the conversation goes on with it.
    `seen_message_id`: the newest message that the writer has seen; an answer of somebody else after it is an error.
    Raises `CannotAnswerError`, `AnsweredMeanwhileError`, `FileRefusedError`, `Conversation.DoesNotExist`,
    `promises.PromiseError`.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    conversation = locked(actor, conversation_id)
    if once_key and (known := Message.objects.filter(outgoing__once_key=once_key).first()):
        return known
    if seen_message_id is not None:
        _refuse_unseen(actor, conversation, seen_message_id)
    text = _with_facts(text, conversation.language)
    _refuse_unready(text, conversation.language)
    drafts = taken(actor, conversation, list(draft_file_ids))
    names = file_names or {}
    attached = [(file_id, names.get(file_id, f"file-{place}")) for place, file_id in enumerate(file_ids, 1)]
    attached += [(draft.file_id, draft.name) for draft in drafts]
    if sender_key:
        conversation.sender_key = sender_key
    outgoing = _post(
        actor,
        conversation,
        NewMessage(
            customer_id=conversation.customer_id,
            purpose=OutgoingMessage.Purpose.ANSWER,
            channel=channel or _channel(conversation),
            language=conversation.language,
            subject=subject or rules.reply_subject(conversation.subject),
            text=text,
            html=html,
            file_ids=tuple(file_id for file_id, _name in attached),
            sender_key=conversation.sender_key,
            team_id=conversation.team_id,
            not_before=send_after,
            once_key=once_key,
        ),
    )
    scheduled = rules.is_scheduled(send_after, clock.now())
    message = _write(actor, conversation, outgoing, template_key, scheduled=scheduled)
    _attach(message, attached)
    DraftFile.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    if promise is not None:
        _make_promise(actor, conversation, promise)
    if scheduled:
        message.marks = {"scheduled": True, "close_after": close_after}
        message.save(update_fields=["marks"])
    elif close_after:
        close_locked(actor, conversation)
    publish(["inbox", f"conversation:{conversation.pk}"])
    return message


def _with_facts(text: str, language: str) -> str:
    """Facts quoted by hand, in the customer's language. Raises `CannotAnswerError` for one that can't be said."""
    try:
        return quote(text, language=language)
    except FactUnavailableError as error:
        raise CannotAnswerError(str(error)) from error


def _refuse_unseen(actor: Actor, conversation: Conversation, seen_message_id: int) -> None:
    found = answered_since(actor=actor, conversation_id=conversation.pk, seen_message_id=seen_message_id)
    if found is not None:
        raise AnsweredMeanwhileError(
            _("%(name)s has answered meanwhile. Read it; send again if yours is still needed.")
            % {"name": found.from_name or _("A colleague")}
        )


def _refuse_unready(text: str, language: str) -> None:
    if not text.strip():
        raise CannotAnswerError(_("Write something first."))
    places = templating.unfilled(text, fields.labels(language))
    if places:
        raise CannotAnswerError(
            ngettext("Fill in first: %(places)s", "Fill in first: %(places)s", len(places))
            % {"places": " ".join(places)}
        )


def _channel(conversation: Conversation) -> str:
    return routes.route(conversation.channel, conversation.customer.preferred_channel)


def _post(actor: Actor, conversation: Conversation, message: NewMessage) -> OutgoingMessage:
    """Put the answer into the outbox, addressed and threaded. Raises `CannotAnswerError` when it is refused."""
    last = conversation.messages.filter(direction=Message.Direction.IN).order_by("-sent_at", "-id").first()
    person = customers.display([conversation.customer])[conversation.customer_id]
    own = last.from_address if last and message.channel == "email" else ""
    addressed = replace(
        message,
        to_address=own,
        to_name=person.name,
        headers=_threading(conversation, last),
        subject_type=SUBJECT,
        subject_id=conversation.pk,
    )
    outgoing = outbox.post(actor=actor, message=addressed)
    if outgoing.state == OutgoingMessage.State.REFUSED:
        raise CannotAnswerError(_("There is no address of this customer that works on this channel."))
    return outgoing


def _threading(conversation: Conversation, last: Message | None) -> dict[str, str]:
    """The headers by which mail programs put the answer under the question."""
    if last is None or not last.message_id:
        return {}
    recent = conversation.messages.exclude(message_id="").order_by("-sent_at", "-id")
    chain = list(recent.values_list("message_id", flat=True)[:MOST_REFERENCES])
    return {"in_reply_to": last.message_id, "references": " ".join(reversed(chain))}


def _write(
    actor: Actor,
    conversation: Conversation,
    outgoing: OutgoingMessage,
    template_key: str,
    *,
    scheduled: bool,
) -> Message:
    now = clock.now()
    message = Message.objects.create(
        conversation=conversation,
        direction=Message.Direction.OUT,
        channel=outgoing.channel,
        author_id=actor.user_id,
        from_name=actor.name[:300],
        subject=outgoing.subject,
        text=outgoing.text,
        html=outgoing.html,
        sent_at=now,
        received_at=now,
        outgoing=outgoing,
        template_key=template_key,
        handling_seconds=take_handling_time(actor=actor, conversation_id=conversation.pk),
    )
    conversation.excerpt = rules.excerpt(message.text)
    conversation.message_count += 1
    if conversation.assignee_id is None:
        conversation.assignee_id = actor.user_id
    if scheduled:
        conversation.save()
    else:
        _count_as_answer(actor, conversation, message)
    index_messages([(message, conversation)])
    return message


def _count_as_answer(actor: Actor, conversation: Conversation, message: Message) -> None:
    """The answer meets what was owed, and nobody waits any more."""
    meet_answer(actor, conversation, message)
    is_first = conversation.first_answered_at is None
    _answered(actor, conversation, message)
    payload = events.MessageAnswered(message.pk, conversation.pk, Code(message.channel), is_first)
    record(payload, customer_id=conversation.customer_id, actor_id=actor.user_id)


@transaction.atomic
def answer_left(*, outgoing_id: int) -> None:
    """A scheduled answer has left: from now on it is one. Others count since they were written.

    What the customer has asked after it was written stays owed: it can't be an answer to that.
    """
    rows = Message.objects.filter(outgoing_id=outgoing_id, marks__scheduled=True)
    message = rows.filter(conversation__deleted_at=None).select_related("outgoing").first()
    if message is None or message.outgoing is None:
        return
    conversation = locked(SYSTEM, message.conversation_id)
    close_after = bool(message.marks.get("close_after"))
    message.marks, message.sent_at = {}, message.outgoing.sent_at or clock.now()
    message.save(update_fields=["marks", "sent_at"])
    asked = conversation.messages.filter(direction=Message.Direction.IN, is_automatic=False)
    if asked.filter(received_at__gt=message.received_at).exists():
        return
    _count_as_answer(SYSTEM, conversation, message)
    if close_after and not has_open_recovery(conversation):
        close_locked(SYSTEM, conversation)
    publish(["inbox", f"conversation:{conversation.pk}"])


def _attach(message: Message, attached: Sequence[tuple[int, str]]) -> None:
    ids = [file_id for file_id, _name in attached]
    known = StoredFile.objects.in_bulk(ids)
    if missing := set(ids) - known.keys():
        raise CannotAnswerError(_("File %(number)s is not there any more.") % {"number": min(missing)})
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            file=known[file_id],
            name=name[:500],
            content_type=known[file_id].content_type,
            size=known[file_id].size,
        )
        for file_id, name in attached
    )


def _answered(actor: Actor, conversation: Conversation, message: Message) -> None:
    """What an answer does to its conversation: nobody waits, and who answered has it if nobody had."""
    if conversation.state == Conversation.State.CLOSED:
        reopen_locked(actor, conversation, "answered")
    conversation.state = Conversation.State.OPEN
    conversation.snoozed_until = None
    conversation.waiting_since = conversation.answer_due_at = None
    conversation.first_answered_at = conversation.first_answered_at or message.sent_at
    conversation.last_message_at = message.sent_at
    conversation.save()


def _make_promise(actor: Actor, conversation: Conversation, promise: PromiseInAnswer) -> None:
    promises.make(
        actor=actor,
        promise=NewPromise(
            kind=promise.kind,
            customer_id=conversation.customer_id,
            due_at=promise.due_at,
            source="composer",
            statement=promise.statement,
            subject_type=SUBJECT,
            subject_id=conversation.pk,
            keeper_id=conversation.assignee_id,
            team_id=conversation.team_id,
        ),
    )


@transaction.atomic
def take_back(*, actor: Actor, message_id: int) -> str:
    """Take back an answer that has not begun to leave; answers its text, for the composer. Its files lie there again.

    Raises `outbox.OutboxError` when it is too late, `Message.DoesNotExist`.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    message = Message.objects.select_related("outgoing").get(pk=message_id, outgoing__isnull=False)
    conversation = locked(actor, message.conversation_id)
    assert message.outgoing is not None
    outbox.cancel(actor=actor, outgoing_id=message.outgoing.pk)
    if conversation.state != Conversation.State.OPEN:
        reopen_locked(actor, conversation, "taken_back")
    _owe_again(actor, conversation, message)
    lay_out_again(actor, message)
    text = message.text
    give_back_handling_time(message)
    message.outgoing, message.marks = None, {}
    message.save(update_fields=["outgoing", "marks", "handling_seconds"])
    _become_note(message, _("Taken back before it was sent:"))
    publish(["inbox", f"conversation:{conversation.pk}"])
    return text


@transaction.atomic
def answer_came_back(*, outgoing_id: int) -> None:
    """An answer could not be delivered: its conversation is open again, and what it met is owed again."""
    message = Message.objects.filter(outgoing_id=outgoing_id).first()
    if message is None:
        return
    conversation = locked(SYSTEM, message.conversation_id)
    if conversation.state != Conversation.State.OPEN:
        reopen_locked(SYSTEM, conversation, "answer_failed")
    _owe_again(SYSTEM, conversation, message)
    publish(["inbox", f"conversation:{conversation.pk}"])


def _owe_again(actor: Actor, conversation: Conversation, message: Message) -> None:
    """If nobody else has answered: the customer waits again, since the first message that this one answered."""
    unmeet_answer(actor, message)
    answers = conversation.messages.filter(direction=Message.Direction.OUT).exclude(pk=message.pk)
    if answers.filter(pk__gt=message.pk).exists():
        return
    before = answers.order_by("-pk").values_list("pk", flat=True).first() or 0
    asked = conversation.messages.filter(direction=Message.Direction.IN, is_automatic=False, pk__gt=before)
    question = asked.filter(pk__lt=message.pk).order_by("pk").first()
    if question is None:
        return
    promise = answer_promise(conversation.pk)
    conversation.waiting_since = question.sent_at
    conversation.answer_due_at = promise.due_at if promise else None
    conversation.save(update_fields=["waiting_since", "answer_due_at"])


def _become_note(message: Message, words: str) -> None:
    message.direction = Message.Direction.NOTE
    message.text = f"{words}\n\n{message.text}"
    message.html = ""
    message.save(update_fields=["direction", "text", "html"])
