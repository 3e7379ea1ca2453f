"""Files beside the answer that is being written: added, taken away. Each act answers with the list anew."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mikomi.conversations import operations as desk
from mikomi.conversations import queries
from mikomi.core.files.operations import StorageError
from mikomi.web.staff import StaffRequest, staff_page

MOST_AT_ONCE = 40


@require_POST
@staff_page
def add(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Put files beside the answer; what is refused is listed with the reason."""
    queries.conversation(actor=request.actor, conversation_id=conversation_id)
    given = request.FILES.getlist("files")[:MOST_AT_ONCE]
    problems = [(upload, _added(request, conversation_id, upload)) for upload in given]
    refused = [(upload.name or _("file"), problem) for upload, problem in problems if problem]
    return _list(request, conversation_id, refused)


def _added(request: StaffRequest, conversation_id: int, upload: UploadedFile[Any]) -> str:
    """Keep one file; why not, or nothing."""
    try:
        desk.add_draft_file(
            actor=request.actor,
            conversation_id=conversation_id,
            name=upload.name or "",
            content_type=upload.content_type or "application/octet-stream",
            stream=cast(BinaryIO, upload.file),
            size=upload.size or 0,
        )
    except desk.FileRefusedError as error:
        return str(error)
    except StorageError:
        return _("The file could not be kept: the disk is full or can't be written to.")
    return ""


@require_POST
@staff_page
def remove(request: StaffRequest, conversation_id: int, draft_file_id: int) -> HttpResponse:
    """Take one away again."""
    queries.conversation(actor=request.actor, conversation_id=conversation_id)
    desk.remove_draft_file(actor=request.actor, draft_file_id=draft_file_id)
    return _list(request, conversation_id, [])


def _list(request: StaffRequest, conversation_id: int, refused: list[tuple[str, str]]) -> HttpResponse:
    context = {
        "drafts": queries.draft_files(actor=request.actor, conversation_id=conversation_id),
        "refused_files": refused,
        "conversation_id": conversation_id,
    }
    return render(request, "inbox/draft_files.jinja", context)
