"""Settings › Sending: further addresses with their signatures, DKIM keys, whom we believe about senders, the undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mikomi.channels import queries
from mikomi.channels.models import DkimKey, Mailbox, Sender
from mikomi.channels.operations import SettingsRefusedError, senders
from mikomi.conversations import operations as desk
from mikomi.conversations import queries as desk_queries
from mikomi.conversations.operations.settling import MOST_UNDO_SECONDS
from mikomi.core.access.rules import Permission
from mikomi.web.forms import add_errors
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page

HERE = "settings_senders"


class SenderForm(forms.Form):
    """A further address that answers come from."""

    mailbox = forms.TypedChoiceField(label=gettext_lazy("Sent by the server of"), coerce=int)
    address = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    display_name = forms.CharField(
        label=gettext_lazy("Name that customers see"), max_length=200, required=False
    )
    signature = forms.CharField(
        label=gettext_lazy("Signature"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *args: Any, boxes: list[Mailbox], **options: Any) -> None:
        super().__init__(*args, **options)
        mailbox = self.fields["mailbox"]
        assert isinstance(mailbox, forms.TypedChoiceField)
        mailbox.choices = [(box.pk, box.address) for box in boxes if box.smtp_host]


class KeyForm(forms.Form):
    """A key for a domain, made here or brought along."""

    domain = forms.CharField(label=gettext_lazy("Domain"), max_length=253)
    selector = forms.CharField(
        label=gettext_lazy("Selector"), max_length=63, required=False,
        help_text=gettext_lazy("A name for the key in the DNS; empty: one with today's date."),
    )  # fmt: skip
    pem = forms.CharField(
        label=gettext_lazy("Private key (PEM)"), max_length=20_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Empty: a new key is made. It is kept sealed and never shown."),
    )  # fmt: skip


class UndoForm(forms.Form):
    """How long an answer can be taken back."""

    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds in which an answer can be taken back"), min_value=0,
        max_value=MOST_UNDO_SECONDS, help_text=gettext_lazy("0: answers leave at once."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD"])
@staff_page
def overview(request: StaffRequest) -> HttpResponse:
    """Senders, keys, trust and undo."""
    return _page(request)


def _page(
    request: StaffRequest, *, key: KeyForm | None = None, undo: UndoForm | None = None, status: int = 200
) -> HttpResponse:
    request.actor.require(Permission.SETTINGS_MANAGE)
    first = {"seconds": desk_queries.policy().undo_seconds}
    context = {
        "senders": list(queries.senders(actor=request.actor)),
        "boxes": list(queries.mailboxes(actor=request.actor)),
        "keys": list(queries.dkim_keys(actor=request.actor)),
        "key_form": key or KeyForm(),
        "undo_form": undo or UndoForm(initial=first),
    }
    return section_page(request, "settings/senders.jinja", HERE, context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def sender(request: StaffRequest, sender_id: int | None = None) -> HttpResponse:
    """A further address, new or known."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    row = get_object_or_404(Sender, pk=sender_id) if sender_id else None
    first = (
        {name: getattr(row, name) for name in ("address", "display_name", "signature", "is_active")}
        if row
        else {}
    )
    boxes = list(queries.mailboxes(actor=request.actor))
    form = SenderForm(
        request.POST or None, boxes=boxes, initial=first | ({"mailbox": row.mailbox_id} if row else {})
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            senders.save_sender(
                actor=request.actor, mailbox_id=data.pop("mailbox"), sender_id=sender_id, **data
            )
        except SettingsRefusedError as error:
            add_errors(form, error.errors)
        else:
            messages.success(request, _("Saved."))
            return redirect(HERE)
    context = {"form": form, "row": row}
    return section_page(request, "settings/sender.jinja", HERE, context, 422 if form.errors else 200)


def _done(request: StaffRequest, do: Callable[[], object], said: str) -> HttpResponse:
    try:
        do()
    except SettingsRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect(HERE)


@require_POST
@staff_page
def delete(request: StaffRequest, sender_id: int) -> HttpResponse:
    """Take an address away."""
    return _done(
        request, lambda: senders.delete_sender(actor=request.actor, sender_id=sender_id), _("Taken away.")
    )


@require_POST
@staff_page
def make_key(request: StaffRequest) -> HttpResponse:
    """Make a key, or take one."""
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            senders.make_dkim_key(actor=request.actor, **form.cleaned_data)
        except SettingsRefusedError as error:
            add_errors(form, error.errors)
    if form.errors:
        return _page(request, key=form, status=422)
    messages.success(request, _("The key is there. Publish its record, then begin to sign."))
    return redirect(HERE)


@require_POST
@staff_page
def key(request: StaffRequest, key_id: int) -> HttpResponse:
    """Begin or stop signing, ask the DNS, or forget a key."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    get_object_or_404(DkimKey, pk=key_id)
    act = request.POST.get("act", "")
    if act == "check":
        return _checked(request, key_id)
    if act == "delete":
        senders.delete_dkim_key(actor=request.actor, key_id=key_id)
    elif act in ("start", "stop"):
        senders.switch_dkim_key(actor=request.actor, key_id=key_id, active=act == "start")
    return redirect(HERE)


def _checked(request: StaffRequest, key_id: int) -> HttpResponse:
    published = senders.dkim_record_is_published(actor=request.actor, key_id=key_id)
    if published:
        messages.success(request, _("The DNS holds the record."))
    elif published is None:
        messages.error(request, _("The DNS can't be asked from here."))
    else:
        messages.warning(
            request, _("The DNS does not hold the record yet, or another one. It may take hours to appear.")
        )
    return redirect(HERE)


@require_POST
@staff_page
def trust(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Whose word on senders is believed."""
    name = request.POST.get("name", "")
    get_object_or_404(Mailbox, pk=mailbox_id)
    return _done(
        request,
        lambda: senders.trust_server(actor=request.actor, mailbox_id=mailbox_id, name=name),
        _("Saved."),
    )


@require_POST
@staff_page
def undo(request: StaffRequest) -> HttpResponse:
    """How long an answer can be taken back."""
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _page(request, undo=form, status=422)
    desk.set_undo_seconds(actor=request.actor, seconds=form.cleaned_data["seconds"])
    messages.success(request, _("Saved."))
    return redirect(HERE)
