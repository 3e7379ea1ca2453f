"""Mailboxes, the further addresses that answers come from, and imports of old mail."""

from __future__ import annotations

from typing import Any, cast

from ninja import File, Form, Query, Status, UploadedFile

from mikomi.api.auth import Call
from mikomi.api.family import Family
from mikomi.api.shapes import mail as shapes
from mikomi.api.shapes.common import CountOut, Id, PageOf, Paging, page
from mikomi.channels import operations, queries
from mikomi.channels.operations import MailboxSettings, senders
from mikomi.core.access.rules import Permission

router = Family("mail")
MANAGE, IMPORT, VIEW = Permission.SETTINGS_MANAGE, Permission.IMPORTS_RUN, Permission.CONVERSATIONS_VIEW


@router.get("/mailboxes", may=MANAGE, gives=PageOf[shapes.MailboxOut])
def list_mailboxes(request: Call, wanted: Query[Paging]) -> Any:
    """Every mailbox, by address."""
    found = queries.mailbox_page(actor=request.actor, cursor=wanted.cursor, size=wanted.size)
    return page(found.map(shapes.MailboxOut.of))


@router.post("/mailboxes", may=MANAGE, gives=shapes.MailboxOut, status=201)
def create_mailbox(request: Call, given: shapes.MailboxIn) -> Any:
    """Enter a mailbox; it is visited at once. What arrived before is history."""
    row = operations.save_mailbox(actor=request.actor, settings=MailboxSettings(**given.given()))
    return Status(201, shapes.MailboxOut.of(row))


@router.get("/mailboxes/{mailbox_id}", may=MANAGE, gives=shapes.MailboxOut)
def get_mailbox(request: Call, mailbox_id: Id) -> Any:
    """A mailbox."""
    return shapes.MailboxOut.of(queries.mailboxes(actor=request.actor).get(pk=mailbox_id))


@router.patch("/mailboxes/{mailbox_id}", may=MANAGE, gives=shapes.MailboxOut)
def change_mailbox(request: Call, mailbox_id: Id, given: shapes.MailboxChangeIn) -> Any:
    """Change a mailbox. A password that isn't given stays, but goes to no other server: one is wanted with it."""
    row = operations.change_mailbox(actor=request.actor, mailbox_id=mailbox_id, changes=given.given())
    return shapes.MailboxOut.of(row)


@router.post("/mailboxes/{mailbox_id}/pause", may=MANAGE, gives=shapes.MailboxOut)
def pause_mailbox(request: Call, mailbox_id: Id) -> Any:
    """Stop reading a mailbox and sending from it. What it has received stays."""
    return _switched(request, mailbox_id, active=False)


@router.post("/mailboxes/{mailbox_id}/resume", may=MANAGE, gives=shapes.MailboxOut)
def resume_mailbox(request: Call, mailbox_id: Id) -> Any:
    """Read a mailbox again, from where it was left."""
    return _switched(request, mailbox_id, active=True)


def _switched(request: Call, mailbox_id: int, *, active: bool) -> shapes.MailboxOut:
    row = operations.switch_mailbox(actor=request.actor, mailbox_id=mailbox_id, active=active)
    return shapes.MailboxOut.of(row)


@router.post("/mailboxes/{mailbox_id}/test", may=MANAGE, gives=shapes.ConnectionOut)
def try_connection(request: Call, mailbox_id: Id) -> Any:
    """Try to sign in for reading and for sending; nothing is read or sent. Takes up to half a minute."""
    return shapes.ConnectionOut.of(operations.test_connection(actor=request.actor, mailbox_id=mailbox_id))


@router.post("/mailboxes/{mailbox_id}/fetch", may=VIEW, gives=CountOut)
def fetch_now(request: Call, mailbox_id: Id) -> Any:
    """Have the worker visit a mailbox at once; says how many mailboxes that are (none: it is paused)."""
    return {"count": operations.fetch_now(actor=request.actor, mailbox_id=mailbox_id)}


# Further senders; those that an answer can choose from are listed under /senders.


@router.get("/further-senders", may=MANAGE, gives=PageOf[shapes.FurtherSenderOut])
def list_further_senders(request: Call, wanted: Query[Paging]) -> Any:
    """The further addresses that answers come from, by address."""
    found = queries.sender_page(actor=request.actor, cursor=wanted.cursor, size=wanted.size)
    return page(found.map(shapes.FurtherSenderOut.of))


@router.post("/further-senders", may=MANAGE, gives=shapes.FurtherSenderOut, status=201)
def create_further_sender(request: Call, given: shapes.FurtherSenderIn) -> Any:
    """Enter a further address."""
    row = senders.save_sender(actor=request.actor, **given.model_dump())
    return Status(201, shapes.FurtherSenderOut.of(row))


@router.put("/further-senders/{sender_id}", may=MANAGE, gives=shapes.FurtherSenderOut)
def change_further_sender(request: Call, sender_id: Id, given: shapes.FurtherSenderIn) -> Any:
    """Change a further address."""
    row = senders.save_sender(actor=request.actor, sender_id=sender_id, **given.model_dump())
    return shapes.FurtherSenderOut.of(row)


@router.delete("/further-senders/{sender_id}", may=MANAGE)
def delete_further_sender(request: Call, sender_id: Id) -> Any:
    """Take a further address away; its conversations are answered from their mailbox then."""
    row = queries.senders(actor=request.actor).get(pk=sender_id)
    senders.delete_sender(actor=request.actor, sender_id=row.pk)
    return Status(204, None)


# Old mail


@router.get("/mail-imports", may=IMPORT, gives=PageOf[shapes.MailImportOut])
def list_mail_imports(request: Call, wanted: Query[Paging]) -> Any:
    """Imports of old mail, the newest first."""
    found = queries.mail_imports(actor=request.actor, cursor=wanted.cursor, size=wanted.size)
    return page(found.map(shapes.MailImportOut.of))


@router.post("/mail-imports", may=IMPORT, gives=shapes.MailImportOut, status=201)
def start_mail_import(request: Call, file: File[UploadedFile], mailbox_id: Form[Id]) -> Any:
    """Upload one message (.eml), an mbox, or a ZIP of these or of a Maildir; the worker takes it in as history."""
    job = operations.start_mail_import(
        actor=request.actor,
        mailbox_id=mailbox_id,
        stream=cast(Any, file.file),
        file_name=file.name or "",
        size=file.size or 0,
    )
    return Status(201, _import(request, job.pk))


@router.get("/mail-imports/{import_id}", may=IMPORT, gives=shapes.MailImportOut)
def get_mail_import(request: Call, import_id: Id) -> Any:
    """An import of old mail, how far it is, and what became of its messages."""
    return _import(request, import_id)


@router.post("/mail-imports/{import_id}/stop", may=IMPORT, gives=shapes.MailImportOut)
def stop_mail_import(request: Call, import_id: Id) -> Any:
    """Stop after the messages that are being written. What was taken in stays."""
    operations.stop_mail_import(actor=request.actor, import_id=import_id)
    return _import(request, import_id)


@router.post("/mail-imports/{import_id}/continue", may=IMPORT, gives=shapes.MailImportOut)
def continue_mail_import(request: Call, import_id: Id) -> Any:
    """Go on where it was stopped or failed."""
    operations.continue_mail_import(actor=request.actor, import_id=import_id)
    return _import(request, import_id)


@router.delete("/mail-imports/{import_id}/file", may=IMPORT)
def forget_mail_import(request: Call, import_id: Id) -> Any:
    """Delete the file of an import that was stopped or failed; what was taken in stays."""
    operations.forget_mail_import(actor=request.actor, import_id=import_id)
    return Status(204, None)


def _import(request: Call, import_id: int) -> shapes.MailImportOut:
    job = queries.mail_import(actor=request.actor, import_id=import_id)
    states = queries.states_of_import(actor=request.actor, import_id=import_id)
    return shapes.MailImportOut.of(job, states)
