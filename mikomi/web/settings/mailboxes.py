"""Settings › Mailboxes and forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mikomi.channels import operations, queries
from mikomi.channels.models import Mailbox, WebForm
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business
from mikomi.web.forms import add_errors
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page

PLAIN = (
    "address", "display_name", "signature", "sign_in", "protocol", "imap_host", "imap_port", "imap_security",
    "imap_user",
    "smtp_host", "smtp_port", "smtp_security", "smtp_user", "uses_plus_addresses", "after_reading",
)  # fmt: skip


class MailboxForm(forms.Form):
    """An e-mail account. A password left empty stays as it is."""

    address = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    display_name = forms.CharField(
        label=gettext_lazy("Name that customers see"), max_length=200, required=False
    )
    signature = forms.CharField(
        label=gettext_lazy("Signature"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    team = forms.TypedChoiceField(label=gettext_lazy("Team"), coerce=int, empty_value=None, required=False)
    sign_in = forms.ChoiceField(label=gettext_lazy("Signs in with"), choices=Mailbox.SignIn.choices)
    protocol = forms.ChoiceField(label=gettext_lazy("Read by"), choices=Mailbox.Protocol.choices)
    imap_host = forms.CharField(label=gettext_lazy("Server for reading"), max_length=255, required=False)
    imap_port = forms.IntegerField(label=gettext_lazy("Port"), initial=993)
    imap_security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=Mailbox.Security.choices[:3])
    imap_user = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Empty: the address."),
    )
    imap_password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    folders = forms.CharField(
        label=gettext_lazy("Folders"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One a line; empty: INBOX. POP3 has none."),
    )  # fmt: skip
    after_reading = forms.ChoiceField(
        label=gettext_lazy("The server's copy, once it is stored here"), choices=Mailbox.AfterReading.choices
    )
    smtp_host = forms.CharField(
        label=gettext_lazy("Server for sending (SMTP)"), max_length=255, required=False
    )
    smtp_port = forms.IntegerField(label=gettext_lazy("Port"), initial=587)
    smtp_security = forms.ChoiceField(
        label=gettext_lazy("Encryption"), choices=Mailbox.Security.choices, initial=Mailbox.Security.STARTTLS
    )
    smtp_user = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Empty: the address."),
    )
    smtp_password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    uses_plus_addresses = forms.BooleanField(
        label=gettext_lazy("The server delivers name+anything@… to this address"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        team = self.fields["team"]
        assert isinstance(team, forms.TypedChoiceField)
        team.choices = [("", gettext_lazy("No team")), *((one.pk, one.name) for one in business.teams())]

    def settings(self) -> operations.MailboxSettings:
        """What was entered, as the operation takes it."""
        data = self.cleaned_data
        return operations.MailboxSettings(
            **{name: data[name] for name in PLAIN},
            team_id=data["team"],
            folders=tuple(line.strip() for line in data["folders"].splitlines() if line.strip()),
            imap_password=data["imap_password"] or None,
            smtp_password=data["smtp_password"] or None,
        )


class ContactForm(forms.Form):
    """A public contact form."""

    form_name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    intro = forms.CharField(
        label=gettext_lazy("Words above the form"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def mailboxes(request: StaffRequest) -> HttpResponse:
    """All mailboxes with their heartbeats, and the contact forms."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            operations.save_form(actor=request.actor, name=data["form_name"], intro=data["intro"])
        except operations.SettingsRefusedError as error:
            add_errors(form, error.errors)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings_mailboxes")
    beats = {beat.mailbox_id: beat for beat in queries.heartbeats(actor=request.actor)}
    context = {
        "boxes": [(box, beats.get(box.pk)) for box in queries.mailboxes(actor=request.actor)],
        "forms": list(queries.forms(actor=request.actor)),
        "providers": list(queries.providers(actor=request.actor)),
        "form": form,
    }
    status = 422 if form.errors else 200
    return section_page(request, "settings/mailboxes.jinja", "settings_mailboxes", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def mailbox(request: StaffRequest, mailbox_id: int | None = None) -> HttpResponse:
    """A mailbox, new or known. Saving tries the connection and says what it found."""
    request.actor.require(Permission.SETTINGS_MANAGE)
    box = get_object_or_404(queries.mailboxes(actor=request.actor), pk=mailbox_id) if mailbox_id else None
    form = MailboxForm(request.POST or None, initial=_first(box))
    if request.method == "POST" and form.is_valid():
        try:
            saved = operations.save_mailbox(
                actor=request.actor, settings=form.settings(), mailbox_id=mailbox_id
            )
        except operations.SettingsRefusedError as error:
            add_errors(form, error.errors)
        else:
            return _tried(request, saved)
    providers = list(queries.providers(actor=request.actor))
    context = {
        "form": form,
        "box": box,
        "consent": queries.consent_of(actor=request.actor, mailbox_id=mailbox_id) if mailbox_id else None,
        "providers": providers,
        "provider_options": [(one.pk, one.name) for one in providers],
    }
    status = 422 if form.errors else 200
    return section_page(request, "settings/mailbox.jinja", "settings_mailboxes", context, status)


def _first(box: Mailbox | None) -> dict[str, Any]:
    if box is None:
        return {}
    return {name: getattr(box, name) for name in PLAIN} | {
        "team": box.team_id,
        "folders": "\n".join(box.folders),
    }


def _tried(request: StaffRequest, box: Mailbox) -> HttpResponse:
    consent = queries.consent_of(actor=request.actor, mailbox_id=box.pk)
    if box.sign_in == Mailbox.SignIn.CONSENT and (consent is None or consent.connected_at is None):
        messages.info(request, _("Saved. Connect it with its provider now."))
        return redirect("settings_mailbox", mailbox_id=box.pk)
    report = operations.test_connection(actor=request.actor, mailbox_id=box.pk)
    for problem in (report.reading, report.sending):
        if problem is not None:
            messages.error(request, problem.sentence)
    if report.works:
        messages.success(request, _("Saved, and the connection works."))
        return redirect("settings_mailboxes")
    return redirect("settings_mailbox", mailbox_id=box.pk)


@require_POST
@staff_page
def fetch(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Look for new messages now."""
    operations.fetch_now(actor=request.actor, mailbox_id=mailbox_id)
    messages.success(request, _("The mailbox is visited in a moment."))
    manages = request.actor.may(Permission.SETTINGS_MANAGE)
    return redirect(
        "settings_mailboxes" if manages and "arrivals" not in request.POST else "settings_quarantine"
    )


@require_POST
@staff_page
def switch(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Stop or start reading a mailbox."""
    active = request.POST.get("active") == "1"
    operations.switch_mailbox(actor=request.actor, mailbox_id=mailbox_id, active=active)
    return redirect("settings_mailboxes")


@require_POST
@staff_page
def switch_form(request: StaffRequest, form_id: int) -> HttpResponse:
    """Close or open a contact form; its address stays."""
    form = get_object_or_404(WebForm, pk=form_id)
    operations.save_form(
        actor=request.actor, name=form.name, intro=form.intro, mailbox_id=form.mailbox_id, team_id=form.team_id,
        is_active=request.POST.get("active") == "1", form_id=form_id,
    )  # fmt: skip
    return redirect("settings_mailboxes")
