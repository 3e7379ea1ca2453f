"""An outbox row as the bytes of a mail: sender, threading, reply token, signatures, attachments."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from django.conf import settings

from mikomi.channels.email import senders, signing, unsubscribing
from mikomi.channels.email.reading.addresses import Address
from mikomi.channels.email.reading.composing import Attachment, Draft, compose, make_message_id
from mikomi.channels.email.threads import conversation_of_outgoing, token_for
from mikomi.channels.models import Mailbox
from mikomi.conversations.models import Attachment as MessageAttachment
from mikomi.core import clock
from mikomi.core.business.queries import business, zone
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


def message_id_of(row: OutgoingMessage, address: str) -> str:
    """The Message-ID of a row from this address: one for ever, and nobody can guess it."""
    if row.message_id:
        return row.message_id
    key = hmac.new(settings.SECRET_KEY.encode(), f"outgoing:{row.pk}".encode(), hashlib.sha256)
    return make_message_id(key.hexdigest(), address.rpartition("@")[2])


def compose_outgoing(row: OutgoingMessage, mailbox: Mailbox) -> ComposedMail:
    """The mail of a row, from the identity that it names if that is one of this mailbox's, signed where its domain has
    a key. Raises `ValueError` where an address or header can't be written."""
    identity = senders.identity_for(row.sender_key)
    if identity is None or identity.mailbox.pk != mailbox.pk:
        identity = senders.of_mailbox(mailbox)
    draft = _draft(row, identity)
    data = compose(draft).as_bytes()
    key = signing.key_of(identity.address)
    return ComposedMail(draft.message_id, signing.signed(data, key) if key else data)


def _draft(row: OutgoingMessage, identity: senders.Identity) -> Draft:
    mailbox = identity.mailbox
    conversation_id = conversation_of_outgoing(row)
    is_answer = row.purpose == OutgoingMessage.Purpose.ANSWER
    signature = identity.signature if is_answer else ""
    name = clean_single_line(identity.display_name, 200)
    logo = None if is_answer else _logo(row)
    token = token_for(conversation_id) if conversation_id and mailbox.uses_plus_addresses else ""
    return Draft(
        sender=Address(name, identity.address),
        to=[Address(clean_single_line(row.to_name, 300), row.to_address)],
        subject=clean_single_line(row.subject, 500),
        text=f"{row.text.rstrip()}\n\n{signature}" if signature else row.text,
        html=(logo.head if logo else "") + _signed(row, signature),
        message_id=message_id_of(row, identity.address),
        date=clock.now().astimezone(zone()),
        # The token goes where the mailbox's server delivers plus addresses, which an alias need not do.
        reply_to=Address(name, mailbox.address) if token else None,
        in_reply_to=next(_ids(row.headers.get("in_reply_to", "")), ""),
        references=list(_ids(row.headers.get("references", ""))),
        reply_token=token,
        automatic=not is_answer,
        list_unsubscribe=row.headers.get("list_unsubscribe", "") or unsubscribing.link_for(row),
        attachments=[*_attachments(row), *([logo.picture] if logo else [])],
    )


@dataclass(frozen=True, slots=True)
class _Logo:
    """The business's logo as a part of the mail, and the HTML that shows it: nothing is fetched from outside."""

    picture: Attachment
    head: str


def _logo(row: OutgoingMessage) -> _Logo | None:
    """At the top of what the business itself tells customers; what a person answers stays a letter of theirs."""
    shop = business()
    if not row.html or row.customer_id is None or shop.logo_file_id is None:
        return None
    file = StoredFile.objects.get(pk=shop.logo_file_id)
    picture = Attachment("logo", file.content_type, files.read(file.pk), content_id=f"logo-{file.pk}@mikomi")
    style = "max-height:48px;max-width:240px"
    return _Logo(
        picture, f'<p><img src="cid:{picture.content_id}" alt="{escape(shop.name)}" style="{style}"></p>'
    )


def _signed(row: OutgoingMessage, signature: str) -> str:
    return row.html + html_twin(signature, row.language) if row.html and signature else row.html


def _ids(text: str) -> Iterator[str]:
    """The Message-IDs that can stand in a header; a broken one from outside is left out."""
    return (word.strip("<>") for word in text.split() if _ID.fullmatch(word.strip("<>")))


def _attachments(row: OutgoingMessage) -> Iterator[Attachment]:
    """The files of a row under the names they have in the conversation; one content may go under two names."""
    if not row.file_ids:
        return
    parts = MessageAttachment.objects.filter(message__outgoing=row, file_id__in=row.file_ids).select_related(
        "file"
    )
    found = [(part.name, part.file) for part in parts.order_by("id")]
    if not found:
        known = StoredFile.objects.in_bulk(row.file_ids)
        found = [(f"file-{number}", known[file_id]) for number, file_id in enumerate(row.file_ids, 1)]
    for name, file in found:
        assert file is not None
        yield Attachment(name, file.content_type, files.read(file.pk))
