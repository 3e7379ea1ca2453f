"""Conversations: the inbox, messages that come in, answers and what else people do with them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.http import FileResponse, Http404
from ninja import Query, Status

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import conversations as shapes
from mikomi.api.shapes import messages
from mikomi.api.shapes.common import Code, Id, ListOf, PageOf, Paging, page
from mikomi.channels import api as channel
from mikomi.channels.email.senders import identities
from mikomi.channels.letters import LetterFile
from mikomi.conversations import operations, queries
from mikomi.core.access.rules import Permission
from mikomi.core.files import operations as files
from mikomi.core.files import queries as stored
from mikomi.customers import queries as customers

router = Family("conversations", sees=Permission.CONVERSATIONS_VIEW)
VIEW, ANSWER, ASSIGN = (
    Permission.CONVERSATIONS_VIEW,
    Permission.CONVERSATIONS_ANSWER,
    Permission.CONVERSATIONS_ASSIGN,
)


@router.get("/conversations", may=VIEW, gives=PageOf[shapes.ConversationOut])
def list_conversations(request: Call, wanted: Query[shapes.InboxFilter]) -> Any:
    """A view of the inbox, the newest first."""
    found = queries.inbox(
        actor=request.actor,
        view=wanted.view.value,
        team=wanted.team_id,
        channel=wanted.channel,
        cursor=wanted.cursor,
        size=wanted.size,
    )
    names = customers.display([row.customer for row in found.items])
    return page(found.map(lambda row: shapes.ConversationOut.of(row, names)))


@router.get("/conversation-counts", may=VIEW, gives=shapes.CountsOut)
def count_conversations(request: Call) -> Any:
    """How many conversations each view holds."""
    return queries.counts(actor=request.actor)


@router.post("/messages", may=ANSWER, gives=messages.ReceiptOut)
def receive_message(request: Call, message: messages.ArrivalIn) -> Any:
    """Hand in a message of a customer. It is stored before anything is made of it, and taken once."""
    kept = [
        LetterFile(
            files.store(one.content, one.content_type).pk, one.name, one.content_type, len(one.content)
        )
        for one in message.files
    ]
    given = message.model_dump(exclude={"files"})
    try:
        return messages.ReceiptOut.of(channel.receive(actor=request.actor, files=kept, **given))
    except (channel.MessageRefusedError, channel.SameIdOtherContentError):
        files.delete_unused([one.file_id for one in kept])
        raise


@router.get("/conversations/{conversation_id}", may=VIEW, gives=shapes.ConversationOut)
def get_conversation(request: Call, conversation_id: Id) -> Any:
    """A conversation."""
    return _one(request, conversation_id)


@router.get("/conversations/{conversation_id}/messages", may=VIEW, gives=PageOf[messages.MessageOut])
def list_messages(request: Call, conversation_id: Id, wanted: Query[Paging]) -> Any:
    """The messages of a conversation: the newest page first, each page in order of time."""
    found = queries.messages(
        actor=request.actor, conversation_id=conversation_id, cursor=wanted.cursor, size=wanted.size
    )
    return page(found.map(messages.MessageOut.of))


@router.post("/conversations/{conversation_id}/answers", may=ANSWER, gives=messages.MessageOut, status=201)
def answer(request: Call, conversation_id: Id, given: messages.AnswerIn) -> Any:
    """Answer the customer."""
    promise = None
    if given.promise:
        promise = operations.PromiseInAnswer(**given.promise.model_dump())
    drafts = [_draft(request, conversation_id, one) for one in given.files]
    row = operations.answer(
        actor=request.actor,
        conversation_id=conversation_id,
        text=given.text,
        subject=given.subject,
        template_key=given.template_key,
        promise=promise,
        close_after=given.close_after,
        send_after=given.send_after,
        sender_key=given.sender,
        draft_file_ids=drafts,
        seen_message_id=given.seen_message_id,
    )
    return Status(201, messages.MessageOut.of(row))


def _draft(request: Call, conversation_id: int, file: messages.FileIn) -> int:
    """A file beside the answer; one whose answer is refused is forgotten by itself."""
    row = operations.add_draft_file(
        actor=request.actor,
        conversation_id=conversation_id,
        name=file.name,
        content_type=file.content_type,
        stream=BytesIO(file.content),
        size=len(file.content),
    )
    return row.pk


@router.get("/senders", may=ANSWER, gives=ListOf[messages.SenderOut])
def list_senders(request: Call) -> Any:
    """The addresses that answers can come from."""
    return {"items": [messages.SenderOut.from_orm(one) for one in identities(actor=request.actor)]}


@router.post("/messages/{message_id}/split", may=ANSWER, gives=shapes.RegroupingOut)
def split(request: Call, message_id: Id, given: shapes.SplitIn) -> Any:
    """Put a message, with those after it or alone, into a conversation of its own."""
    row = operations.split(
        actor=request.actor, message_id=message_id, with_later=given.with_later, subject=given.subject
    )
    return shapes.RegroupingOut.of(row)


@router.post("/conversations/{conversation_id}/join", may=ANSWER, gives=shapes.RegroupingOut)
def join(request: Call, conversation_id: Id, given: shapes.JoinIn) -> Any:
    """Join a conversation into another one of the same customer."""
    row = operations.join(actor=request.actor, conversation_id=conversation_id, into_id=given.into_id)
    return shapes.RegroupingOut.of(row)


@router.post("/regroupings/{regrouping_id}/undo", may=ANSWER, gives=shapes.RegroupingOut)
def undo_regrouping(request: Call, regrouping_id: Id) -> Any:
    """Undo a split or joining."""
    return shapes.RegroupingOut.of(operations.undo(actor=request.actor, regrouping_id=regrouping_id))


@router.post("/messages/{message_id}/take-back", may=ANSWER, gives=shapes.TextIn)
def take_back(request: Call, message_id: Id) -> Any:
    """Take back an answer that has not begun to leave; gives its text."""
    return {"text": operations.take_back(actor=request.actor, message_id=message_id)}


@router.post("/conversations/{conversation_id}/notes", may=ANSWER, gives=messages.MessageOut, status=201)
def add_note(request: Call, conversation_id: Id, note: shapes.TextIn) -> Any:
    """Write an internal note; the customer never sees it."""
    row = operations.add_note(actor=request.actor, conversation_id=conversation_id, text=note.text)
    return Status(201, messages.MessageOut.of(row))


@router.post("/conversations/{conversation_id}/assign", may=ASSIGN, gives=shapes.ConversationOut)
def assign(request: Call, conversation_id: Id, to: shapes.AssignIn) -> Any:
    """Give a conversation to a colleague or a team. It may be out of your sight then."""
    row = operations.assign(
        actor=request.actor,
        conversation_id=conversation_id,
        assignee_id=to.assignee_id,
        team_id=to.team_id,
    )
    return shapes.ConversationOut.of(row, customers.display([row.customer]))


@router.post("/conversations/{conversation_id}/close", may=ANSWER, gives=shapes.ConversationOut)
def close(request: Call, conversation_id: Id) -> Any:
    """Close a conversation."""
    operations.close(actor=request.actor, conversation_id=conversation_id)
    return _one(request, conversation_id)


@router.post("/conversations/{conversation_id}/reopen", may=ANSWER, gives=shapes.ConversationOut)
def reopen(request: Call, conversation_id: Id) -> Any:
    """Open a closed or snoozed conversation again."""
    operations.reopen(actor=request.actor, conversation_id=conversation_id)
    return _one(request, conversation_id)


@router.post("/conversations/{conversation_id}/snooze", may=ANSWER, gives=shapes.ConversationOut)
def snooze(request: Call, conversation_id: Id, given: shapes.SnoozeIn) -> Any:
    """Put a conversation aside until a moment."""
    operations.snooze(actor=request.actor, conversation_id=conversation_id, until=given.until)
    return _one(request, conversation_id)


@router.post("/conversations/{conversation_id}/severity", may=ANSWER, gives=shapes.ConversationOut)
def set_severity(request: Call, conversation_id: Id, given: shapes.SeverityIn) -> Any:
    """Say how grave it is; when the answer is owed follows from it."""
    operations.set_severity(
        actor=request.actor, conversation_id=conversation_id, severity=given.severity.value
    )
    return _one(request, conversation_id)


@router.get("/templates", may=VIEW, gives=ListOf[messages.TemplateOut])
def list_templates(request: Call, language: Code = "") -> Any:
    """The templates in use, by title; of one language if it is given."""
    rows = queries.templates(actor=request.actor, language=language)
    return {"items": [messages.TemplateOut.of(row) for row in rows]}


@router.post("/conversations/{conversation_id}/render", may=VIEW, gives=messages.RenderedOut)
def render(request: Call, conversation_id: Id, wanted: messages.RenderIn) -> Any:
    """Fill in a template for a conversation. Nothing is sent."""
    return queries.render_template(
        actor=request.actor, key=wanted.key, conversation_id=conversation_id, values=wanted.values
    )


@router.get("/attachments/{attachment_id}", may=VIEW, gives=bytes)
def download(request: Call, attachment_id: Id) -> Any:
    """The bytes of an attachment."""
    part = queries.attachment(actor=request.actor, attachment_id=attachment_id)
    if part.file is None:
        raise Http404
    name = "".join(sign for sign in part.name if sign.isprintable()) or "file"
    opened = stored.open_file(part.file.pk)
    response = FileResponse(
        opened, as_attachment=True, filename=name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _one(request: Call, conversation_id: int) -> shapes.ConversationOut:
    row = queries.conversation(actor=request.actor, conversation_id=conversation_id)
    return shapes.ConversationOut.of(row, customers.display([row.customer]))
