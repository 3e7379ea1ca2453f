"""An outbox row as the bytes of a mail: sender, threading, reply token, signature, attachments."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from mikomi.channels.email.reading.addresses import Address
from mikomi.channels.email.reading.composing import Attachment, Draft, compose, make_message_id
from mikomi.channels.email.threads import conversation_of_outgoing, token_for
from mikomi.channels.models import Mailbox
from mikomi.conversations.models import Attachment as MessageAttachment
from mikomi.core import clock
from mikomi.core.business.queries import zone
from mikomi.core.files import queries as files
from mikomi.core.files.models import StoredFile
from mikomi.core.text import clean_single_line
from mikomi.outbox.letters import html_twin
from mikomi.outbox.models import OutgoingMessage

_ID = re.compile(r"[!-;=?-~]{1,125}@[!-;=?-~]{1,124}")


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """The bytes to send and the Message-ID in them, which is the same at each attempt."""

    message_id: str
    data: bytes


def sender_of(row: OutgoingMessage) -> Mailbox | None:
    """The mailbox that a row names if that can send, else the first one that can."""
    able = Mailbox.objects.filter(is_active=True).exclude(smtp_host="").order_by("id")
    named = able.filter(pk=int(row.sender_key)).first() if row.sender_key.isdecimal() else None
    return named or able.first()


def message_id_of(row: OutgoingMessage, mailbox: Mailbox) -> str:
    """The Message-ID of a row: one for ever, and nobody can guess it."""
    if row.message_id:
        return row.message_id
    key = hmac.new(settings.SECRET_KEY.encode(), f"outgoing:{row.pk}".encode(), hashlib.sha256)
    return make_message_id(key.hexdigest(), mailbox.address.rpartition("@")[2])


def compose_outgoing(row: OutgoingMessage, mailbox: Mailbox) -> ComposedMail:
    """The mail of a row. Raises `ValueError` where an address or header can't be written."""
    message_id = message_id_of(row, mailbox)
    conversation_id = conversation_of_outgoing(row)
    is_answer = row.purpose == OutgoingMessage.Purpose.ANSWER
    signature = mailbox.signature if is_answer else ""
    draft = Draft(
        sender=Address(clean_single_line(mailbox.display_name, 200), mailbox.address),
        to=[Address(clean_single_line(row.to_name, 300), row.to_address)],
        subject=clean_single_line(row.subject, 500),
        text=f"{row.text.rstrip()}\n\n{signature}" if signature else row.text,
        html=row.html + html_twin(signature, row.language) if row.html and signature else row.html,
        message_id=message_id,
        date=clock.now().astimezone(zone()),
        in_reply_to=next(_ids(row.headers.get("in_reply_to", "")), ""),
        references=list(_ids(row.headers.get("references", ""))),
        reply_token=token_for(conversation_id) if conversation_id and mailbox.uses_plus_addresses else "",
        automatic=not is_answer,
        list_unsubscribe=row.headers.get("list_unsubscribe", ""),
        attachments=list(_attachments(row)),
    )
    return ComposedMail(message_id, compose(draft).as_bytes())


def _ids(text: str) -> Iterator[str]:
    """The Message-IDs that can stand in a header; a broken one from outside is left out."""
    return (word.strip("<>") for word in text.split() if _ID.fullmatch(word.strip("<>")))


def _attachments(row: OutgoingMessage) -> Iterator[Attachment]:
    """The files of a row under the names they have in the conversation."""
    names = dict(MessageAttachment.objects.filter(message__outgoing=row).values_list("file_id", "name"))
    known = StoredFile.objects.in_bulk(row.file_ids)
    for number, file_id in enumerate(row.file_ids, 1):
        file = known[file_id]
        yield Attachment(names.get(file_id) or f"file-{number}", file.content_type, files.read(file_id))
