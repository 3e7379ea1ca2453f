"""Files beside an answer that is not sent yet: put there, taken away, forgotten when nobody sends them."""

from __future__ import annotations

from datetime import timedelta
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from mikomi.conversations import rules
from mikomi.conversations.models import Attachment, Conversation, DraftFile, Message
from mikomi.conversations.queries.drafts import draft_files
from mikomi.conversations.queries.visibility import locked, visible
from mikomi.core import clock
from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.core.files import operations as files
from mikomi.core.files.scanning import Finding, scan
from mikomi.core.text import clean_single_line

KEPT = timedelta(days=2)
"""So long a file waits beside an answer that nobody sends."""
_AT_ONCE = 200


class FileRefusedError(ValueError):
    """A file can't go with the answer; the text says why. Nothing was kept."""


def add_draft_file(
    *, actor: Actor, conversation_id: int, name: str, content_type: str, stream: BinaryIO, size: int
) -> DraftFile:
    """Put a file beside the answer that this person is writing in a conversation.

    Call it outside transactions: the bytes are scanned and on the disk before the row. Raises `FileRefusedError`,
    `StorageError`, `Conversation.DoesNotExist`.
    """
    actor.require(Permission.CONVERSATIONS_ANSWER)
    visible(actor).only("id").get(pk=conversation_id)
    _refuse(actor, conversation_id, size)
    finding = scan(stream)
    if finding.is_refused:
        raise FileRefusedError(_sentence(finding))
    stream.seek(0)
    stored = files.store(stream, content_type)
    with transaction.atomic():
        conversation = locked(actor, conversation_id)
        _refuse(actor, conversation_id, stored.size)
        return DraftFile.objects.create(
            conversation=conversation,
            file=stored,
            name=clean_single_line(name, 255) or _("file"),
            author_id=actor.user_id or 0,
            added_at=clock.now(),
        )


def _refuse(actor: Actor, conversation_id: int, size: int) -> None:
    sizes = [row.file.size for row in draft_files(actor=actor, conversation_id=conversation_id)]
    problem = rules.file_problem(sizes, size)
    if problem == "empty":
        raise FileRefusedError(_("The file is empty."))
    if problem == "too_many":
        raise FileRefusedError(
            _("At most %(most)s files can go with an answer.") % {"most": rules.MOST_FILES}
        )
    if problem == "too_large":
        raise FileRefusedError(
            _("All files of an answer together may have %(most)s MB; more is refused by most mail servers.")
            % {"most": rules.LARGEST_FILES // 1_000_000}
        )


def _sentence(finding: Finding) -> str:
    if finding.virus:
        return _("The virus scanner found %(virus)s in it.") % {"virus": finding.virus}
    return _("The virus scanner does not answer, so the file was not taken. Try again in a moment.")


@transaction.atomic
def remove_draft_file(*, actor: Actor, draft_file_id: int) -> None:
    """Take a file of one's own away again. Raises `DraftFile.DoesNotExist`, also for another's."""
    actor.require(Permission.CONVERSATIONS_ANSWER)
    row = DraftFile.objects.get(pk=draft_file_id, author_id=actor.user_id or 0)
    row.delete()
    files.delete_unused([row.file_id])


def taken(actor: Actor, conversation: Conversation, ids: list[int]) -> list[DraftFile]:
    """These files of the person's draft, in the order they were added, for the answer that takes them along.

    Raises `FileRefusedError` when one is no longer there. Inside the caller's transaction.
    """
    rows = list(
        DraftFile.objects.filter(
            pk__in=ids, conversation=conversation, author_id=actor.user_id or 0
        ).select_related("file")
    )
    if len(rows) != len(set(ids)):
        raise FileRefusedError(_("A file of this answer is not there any more. Add it again."))
    return sorted(rows, key=lambda row: row.pk)


def lay_out_again(actor: Actor, message: Message) -> None:
    """The files of an answer that was taken back lie beside the draft again."""
    parts = Attachment.objects.filter(message=message)
    DraftFile.objects.bulk_create(
        DraftFile(
            conversation_id=message.conversation_id,
            file=part.file,
            name=part.name[:255],
            author_id=actor.user_id or 0,
            added_at=clock.now(),
        )
        for part in parts.select_related("file").order_by("id")
        if part.file is not None
    )


@transaction.atomic
def forget_old_drafts(worker: str = "") -> int:
    """The sweep: files that lay beside unsent answers for two days go. How many."""
    old = DraftFile.objects.filter(added_at__lte=clock.now() - KEPT).order_by("added_at")
    rows = list(old[:_AT_ONCE])
    DraftFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
    files.delete_unused([row.file_id for row in rows])
    return len(rows)
