"""What a raw mail is: a message of a customer, a machine's, our own coming back, a bounce, or unreadable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from mikomi.channels.email import bounced, complained, senders, threads
from mikomi.channels.email.marks import marks_of
from mikomi.channels.email.reader import Reader, UnreadableError
from mikomi.channels.email.reading.addresses import Address
from mikomi.channels.email.reading.message import PARSER_VERSION
from mikomi.channels.email.reading.parsed import ParsedMessage, Part
from mikomi.channels.models import Intake, Mailbox
from mikomi.channels.registry import Read
from mikomi.channels.rules import language_of, plausible_moment
from mikomi.channels.verdicts import Effect, File, Ignore, Quarantine, Verdict
from mikomi.conversations.records import IncomingAttachment, IncomingMessage
from mikomi.core import lookups
from mikomi.core.files import operations as files
from mikomi.core.files import queries as stored
from mikomi.core.files.scanning import scan
from mikomi.core.steady import read_steadily
from mikomi.customers.records import PersonRecord
from mikomi.customers.rules.identities import email_value
from mikomi.outbox.models import OutgoingMessage

LARGEST_READ_BYTES = 64_000_000
"""A larger message is stored like every other, but not read: it waits in quarantine with its sender and subject."""
_HEAD_BYTES = 64_000
_KEPT_IN_DETAIL = 200


@contextmanager
def reading() -> Iterator[Read]:
    """The reader of mails, with its process."""
    with Reader() as reader:
        yield lambda intake: verdict_of(intake, reader)


def verdict_of(intake: Intake, reader: Reader) -> Verdict:
    """What the mail is. Stores the bytes of attachments; writes nothing else."""
    if intake.raw_id is None:
        return Ignore("erased", parser_version=PARSER_VERSION)
    try:
        if intake.raw_size > LARGEST_READ_BYTES:
            return _too_large(intake, reader)
        parsed = reader.read(stored.read_content(intake.raw_sha256))
    except UnreadableError as error:
        return Quarantine(error.reason, detail=_bare_detail(intake), parser_version=PARSER_VERSION)
    return _verdict(intake, parsed)


def _verdict(intake: Intake, parsed: ParsedMessage) -> Verdict:
    detail = _detail(parsed)
    if "unreadable" in parsed.auto.reasons:
        return Quarantine("unreadable", "; ".join(parsed.defects), detail, parser_version=PARSER_VERSION)
    author = author_of(parsed)
    if not email_value(author.address):
        return Quarantine("no_sender", "", detail, parser_version=PARSER_VERSION)
    if parsed.is_bounce:
        return _bounce(intake, parsed, detail)
    if parsed.complaint:
        return _complaint(intake, parsed, detail)
    if reason := _own(parsed, author):
        return _ours(intake, parsed, reason, detail)
    message = _message(intake, parsed, author, threads.conversation_of(parsed, author.address))
    follows = () if message.is_automatic else (bounced.arrives_again(author.address),)
    return File(message, detail, follows, parser_version=PARSER_VERSION)


def _too_large(intake: Intake, reader: Reader) -> Verdict:
    assert intake.raw_id is not None
    with stored.open_file(intake.raw_id) as stream:
        head = stream.read(_HEAD_BYTES).replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    error = f"{intake.raw_size} bytes; at most {LARGEST_READ_BYTES} are read"
    return Quarantine("too_large", error, _detail(reader.read(head + b"\n\n")), parser_version=PARSER_VERSION)


@read_steadily
def own_addresses() -> frozenset[str]:
    """The addresses of our own mailboxes and senders, in lower case."""
    return frozenset(address.lower() for address in Mailbox.objects.values_list("address", flat=True)) | set(
        senders.further_addresses()
    )


def author_of(parsed: ParsedMessage) -> Address:
    """Who wrote it. Forms of web shops send from our own address and name the customer in Reply-To."""
    own = own_addresses()
    if _bare(parsed.sender) not in own:
        return parsed.sender
    others = [item for item in parsed.reply_to if email_value(item.address) and _bare(item) not in own]
    return others[0] if others else parsed.sender


def _bare(address: Address) -> str:
    """The address without what follows a plus: the plus address of a mailbox is the mailbox."""
    local, at, domain = address.address.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _own(parsed: ParsedMessage, author: Address) -> str:
    """Why a mail is one of our own, or nothing."""
    if parsed.message_id and lookups.exists(OutgoingMessage, message_id=parsed.message_id):
        return "own_message"
    return "own_address" if _bare(author) in own_addresses() else ""


def _ours(intake: Intake, parsed: ParsedMessage, reason: str, detail: dict[str, Any]) -> Verdict:
    """A mail of our own. What came back is ignored; an old one is our side of a conversation with its reader."""
    own = own_addresses()
    readers = (one for one in (*parsed.to, *parsed.cc, *parsed.bcc) if email_value(one.address))
    reader = next((one for one in readers if _bare(one) not in own), None)
    if reason != "own_address" or reader is None or not _is_past(intake, parsed):
        return Ignore(reason, detail | _whose(parsed), parser_version=PARSER_VERSION)
    place = threads.conversation_of(parsed, reader.address)
    message = replace(
        _message(intake, parsed, reader, place),
        is_ours=True,
        from_name=parsed.sender.name or parsed.sender.address,
        from_address=parsed.sender.address,
        sender_key=senders.key_for(_mailbox_of(intake), [parsed.sender.address]),
    )
    return File(message, detail, parser_version=PARSER_VERSION)


def _whose(parsed: ParsedMessage) -> dict[str, Any]:
    """Whom a mail of our own concerns, so that it is found when they are erased: its row in the outbox, its readers."""
    row = lookups.rows(OutgoingMessage, ["id"], message_id=parsed.message_id) if parsed.message_id else []
    to = [email_value(one.address) for one in (*parsed.to, *parsed.cc, *parsed.bcc)]
    return {"to": f" {' '.join(filter(None, to))} "} | ({"outgoing_id": row[0][0]} if row else {})


def _mailbox_of(intake: Intake) -> Mailbox:
    assert intake.mailbox is not None
    return intake.mailbox


def _arrived(intake: Intake, parsed: ParsedMessage) -> datetime:
    return intake.arrived_at or parsed.delivered_at or intake.received_at


def _is_past(intake: Intake, parsed: ParsedMessage) -> bool:
    """Whether nothing follows from the mail: it came from a file, or before the business began to work here."""
    return intake.mail_import_id is not None or is_history(_mailbox_of(intake), _arrived(intake, parsed))


def _bounce(intake: Intake, parsed: ParsedMessage, detail: dict[str, Any]) -> Verdict:
    """A report on a message of ours: filed with it where it stands in a conversation, else noted at the message."""
    outgoing = bounced.bounced_message(parsed)
    if outgoing is None:
        return Ignore("bounce_unknown", detail, parser_version=PARSER_VERSION)
    follows = bounced.effects(parsed, outgoing)
    return _report(intake, parsed, outgoing, detail, reason="bounce", follows=follows)


def _complaint(intake: Intake, parsed: ParsedMessage, detail: dict[str, Any]) -> Verdict:
    """A reader's complaint about a message of ours: filed with it where it stands in a conversation."""
    outgoing = bounced.bounced_message(parsed)
    if outgoing is None:
        return Ignore("complaint_unknown", detail, parser_version=PARSER_VERSION)
    return _report(intake, parsed, outgoing, detail, reason="complaint", follows=complained.effects(outgoing))


def _report(
    intake: Intake,
    parsed: ParsedMessage,
    outgoing: OutgoingMessage,
    detail: dict[str, Any],
    *,
    reason: str,
    follows: Iterator[Effect],
) -> Verdict:
    """A machine's word on a message of ours, filed beside it; ignored with the reason where it has no conversation."""
    effects = tuple(follows)
    detail |= {"outgoing_id": outgoing.pk}
    conversation_id = threads.conversation_of_outgoing(outgoing)
    if conversation_id is None:
        return Ignore(reason, detail, effects, parser_version=PARSER_VERSION)
    message = _message(intake, parsed, _recipient(outgoing), conversation_id)
    return File(message, detail, effects, parser_version=PARSER_VERSION)


def _recipient(outgoing: OutgoingMessage) -> Address:
    """The person whom a report concerns: a mail daemon is nobody's customer."""
    return Address(outgoing.to_name, outgoing.to_address)


def _message(
    intake: Intake, parsed: ParsedMessage, author: Address, conversation_id: int | None
) -> IncomingMessage:
    mailbox = _mailbox_of(intake)
    by_machine = parsed.is_bounce or bool(parsed.complaint)
    return IncomingMessage(
        channel=intake.channel,
        intake_id=intake.pk,
        person=PersonRecord(source="email", name=author.name, emails=(author.address,)),
        from_name=parsed.sender.name if by_machine else author.name,
        from_address=parsed.sender.address if by_machine else author.address,
        subject=parsed.subject,
        text=parsed.text,
        html=parsed.html,
        sent_at=plausible_moment(parsed.date, _arrived(intake, parsed)),
        message_id=intake.message_id,
        conversation_id=conversation_id,
        attachments=tuple(_attachment(part) for part in parsed.parts),
        is_automatic=not parsed.auto.may_auto_reply or by_machine,
        sender_key=senders.key_for(mailbox, [item.address for item in (*parsed.to, *parsed.cc)]),
        team_id=mailbox.team_id,
        backfill=_is_past(intake, parsed),
        language=language_of(f"{parsed.subject}\n{parsed.text}"),
        marks=marks_of(parsed, mailbox),
    )


def is_history(mailbox: Mailbox, arrived_at: datetime) -> bool:
    """Whether the mail arrived before the business began to work here: nothing follows from it."""
    return mailbox.backfill_until is not None and arrived_at < mailbox.backfill_until


def _attachment(part: Part) -> IncomingAttachment:
    """A part, shown to the virus scanner and kept; a refused one is listed with the reason, its bytes lie in the raw
    message only."""
    refused, file_id = part.refused[:64], None
    if not refused:
        content = part.content()
        refused = scan(content).reason
        file_id = None if refused else files.store(content, part.content_type).pk
    return IncomingAttachment(
        name=part.name,
        content_type=part.content_type,
        size=part.size,
        file_id=file_id,
        content_id=part.content_id,
        refused=refused,
    )


def _detail(parsed: ParsedMessage) -> dict[str, Any]:
    """What the list of arrivals shows."""
    return {
        "from": parsed.sender.address[:_KEPT_IN_DETAIL],
        "subject": parsed.subject[:_KEPT_IN_DETAIL],
        "defects": [defect[:_KEPT_IN_DETAIL] for defect in parsed.defects[:10]],
    }


def _bare_detail(intake: Intake) -> dict[str, Any]:
    return {"from": "", "subject": intake.message_id[:_KEPT_IN_DETAIL], "defects": []}
