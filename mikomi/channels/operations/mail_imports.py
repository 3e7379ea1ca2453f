"""Imports of old mail: start, stop, go on."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.channels.email import archives
from mikomi.channels.models import Mailbox, MailImport
from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.files import operations as files
from mikomi.core.text import clean_single_line

State = MailImport.State


class MailImportRefusedError(ValueError):
    """What was asked can't be done; a sentence for the reader."""


def start_mail_import(
    *, actor: Actor, mailbox_id: int, stream: BinaryIO, file_name: str, size: int
) -> MailImport:
    """Keep a file of old mail and have the worker take it in as history of a mailbox.

    Raises `Mailbox.DoesNotExist`, `MailImportRefusedError`, `StorageError`.
    """
    actor.require(Permission.IMPORTS_RUN)
    mailbox = Mailbox.objects.get(pk=mailbox_id)
    if not size:
        raise MailImportRefusedError(_("The file is empty."))
    file = files.store(stream, "application/octet-stream")
    from mikomi.channels.tasks import import_mail

    with transaction.atomic():
        job = _made(actor, mailbox, file_name, file.size)
        job.file = file
        job.save(update_fields=["file"])
        import_mail.enqueue(job.pk)
    return job


def begin_mail_import(*, actor: Actor, mailbox_id: int, path: Path) -> MailImport:
    """The same for a file or folder of this machine, for whoever runs it at once (`importing.run`)."""
    actor.require(Permission.IMPORTS_RUN)
    return _made(actor, Mailbox.objects.get(pk=mailbox_id), path.name, archives.size_of(path))


def _made(actor: Actor, mailbox: Mailbox, file_name: str, size: int) -> MailImport:
    job = MailImport.objects.create(
        mailbox=mailbox,
        file_name=clean_single_line(file_name, 255) or "mail",
        bytes_total=size,
        actor_id=actor.user_id,
        created_at=clock.now(),
    )
    access.log("mail_import.started", actor=actor, subject_type="mail_import", subject_id=job.pk)
    return job


@transaction.atomic
def stop_mail_import(*, actor: Actor, import_id: int) -> MailImport:
    """Stop after the messages that are being written. What was taken in stays."""
    actor.require(Permission.IMPORTS_RUN)
    running = MailImport.objects.filter(pk=import_id, state=State.RUNNING)
    running.update(state=State.STOPPED, finished_at=clock.now())
    return MailImport.objects.get(pk=import_id)


@transaction.atomic
def continue_mail_import(*, actor: Actor, import_id: int) -> MailImport:
    """Go on where it was stopped or failed. Raises `MailImportRefusedError` once the file is gone."""
    actor.require(Permission.IMPORTS_RUN)
    job = MailImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    if job.state not in (State.STOPPED, State.FAILED):
        return job
    if job.file_id is None:
        raise MailImportRefusedError(
            _("The file is not kept here any more. Import it again: nothing comes twice.")
        )
    from mikomi.channels.tasks import import_mail

    job.state, job.error, job.finished_at = State.RUNNING, "", None
    job.save()
    import_mail.enqueue(job.pk)
    return job


@transaction.atomic
def forget_mail_import(*, actor: Actor, import_id: int) -> None:
    """Delete the file of an import that did not come to its end; what was taken in stays.

    Raises `MailImportRefusedError` while it runs.
    """
    actor.require(Permission.IMPORTS_RUN)
    job = MailImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    if job.state == State.RUNNING:
        raise MailImportRefusedError(_("Stop the import first."))
    MailImport.objects.filter(pk=job.pk).update(file=None)
    if job.file_id is not None:
        files.delete_unused([job.file_id])
