"""Settings › Mailboxes › Old mail: files of .eml, mbox and Maildir, taken in as history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.channels import operations, queries
from mikomi.channels.models import MailImport
from mikomi.channels.operations import MailImportRefusedError
from mikomi.core.access.actor import Actor
from mikomi.core.files.operations import StorageError
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


class MailFileForm(forms.Form):
    """A file of old mail and the mailbox it belongs to."""

    file = forms.FileField(
        label=gettext_lazy("File"), max_length=255,
        help_text=gettext_lazy("One message (.eml), an mbox, or a ZIP of these or of a Maildir."),
        widget=forms.ClearableFileInput(attrs={"accept": ".eml,.mbox,.mbx,.zip,message/rfc822,application/mbox"}),
    )  # fmt: skip
    mailbox = forms.TypedChoiceField(label=gettext_lazy("Mailbox it belongs to"), coerce=int)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = queries.mailbox_choices(actor=actor)
        cast(forms.TypedChoiceField, self.fields["mailbox"]).choices = choices
        self.fields["file"].error_messages["empty"] = _("The file is empty.")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def mail_imports(request: StaffRequest) -> HttpResponse:
    """All imports of old mail, and the form for a new one."""
    page = queries.mail_imports(actor=request.actor, cursor=request.GET.get("cursor", ""))
    form = MailFileForm(request.actor, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload: UploadedFile[Any] = form.cleaned_data["file"]
        try:
            job = operations.start_mail_import(
                actor=request.actor, mailbox_id=form.cleaned_data["mailbox"], stream=cast(BinaryIO, upload.file),
                file_name=upload.name or "", size=upload.size or 0,
            )  # fmt: skip
        except (MailImportRefusedError, StorageError) as error:
            form.add_error("file", str(error))
        else:
            return redirect("settings_mail_import", import_id=job.pk)
    context = {"form": form, "page": page}
    status = 422 if form.errors else 200
    return section_page(request, "settings/mail_imports.jinja", "settings_mailboxes", context, status)


@require_safe
@staff_page
def mail_import(request: StaffRequest, import_id: int) -> HttpResponse:
    """One import where it stands; for htmx only the part that changes."""
    job = queries.mail_import(actor=request.actor, import_id=import_id)
    context = {
        "job": job,
        "states": queries.states_of_import(actor=request.actor, import_id=import_id),
        "refusals": [(item["name"], queries.refusal_words(item["reason"])) for item in job.refused],
    }
    if getattr(request, "htmx", False):
        return render(request, "settings/mail_import_state.jinja", context)
    return section_page(request, "settings/mail_import.jinja", "settings_mailboxes", context)


@require_POST
@staff_page
def stop(request: StaffRequest, import_id: int) -> HttpResponse:
    """Stop after the messages that are being written."""
    return _act(request, import_id, operations.stop_mail_import)


@require_POST
@staff_page
def go_on(request: StaffRequest, import_id: int) -> HttpResponse:
    """Go on where it was stopped."""
    return _act(request, import_id, operations.continue_mail_import)


@require_POST
@staff_page
def forget(request: StaffRequest, import_id: int) -> HttpResponse:
    """Delete the file."""
    return _act(request, import_id, operations.forget_mail_import)


def _act(request: StaffRequest, import_id: int, do: Callable[..., MailImport | None]) -> HttpResponse:
    try:
        do(actor=request.actor, import_id=import_id)
    except MailImportRefusedError as error:
        messages.warning(request, str(error))
    return redirect("settings_mail_import", import_id=import_id)
