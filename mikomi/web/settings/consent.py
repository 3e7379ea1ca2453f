"""Settings › Mailboxes › Consent: the providers we are registered with, and connecting a mailbox with one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.channels import operations, queries
from mikomi.channels.email.problems import MailProblem
from mikomi.channels.models import MailProvider
from mikomi.core.access.rules import Permission
from mikomi.core.text import whole_number
from mikomi.web.forms import add_errors
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


class ProviderForm(forms.Form):
    """A registration with a provider. A secret left empty stays as it is."""

    kind = forms.ChoiceField(label=gettext_lazy("Provider"), choices=MailProvider.Kind.choices)
    client_id = forms.CharField(label=gettext_lazy("Client id"), max_length=255)
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"), required=False, max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    tenant = forms.CharField(
        label=gettext_lazy("Tenant"), required=False, max_length=100,
        help_text=gettext_lazy("Microsoft 365 only. Empty: any organisation."),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name in our lists"), required=False, max_length=100)
    authorize_url = forms.CharField(
        label=gettext_lazy("Address for consent"), required=False, max_length=500,
        help_text=gettext_lazy("Only of another provider."),
    )  # fmt: skip
    token_url = forms.CharField(
        label=gettext_lazy("Address for tokens"), required=False, max_length=500,
        help_text=gettext_lazy("Only of another provider."),
    )  # fmt: skip
    scopes = forms.CharField(
        label=gettext_lazy("Rights that are asked for"), required=False, max_length=500,
        help_text=gettext_lazy("Only of another provider."),
    )  # fmt: skip

    def settings(self) -> operations.ProviderSettings:
        """What was entered, as the operation takes it."""
        data = dict(self.cleaned_data)
        secret = data.pop("client_secret") or None
        return operations.ProviderSettings(**data, client_secret=secret)


def back(request: StaffRequest) -> str:
    """The address to which a provider sends people back; it is part of the registration."""
    base: str = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return f"{base}{reverse('settings_consent_taken')}"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def provider(request: StaffRequest, provider_id: int | None = None) -> HttpResponse:
    """A registration, new or known."""
    known = get_object_or_404(queries.providers(actor=request.actor), pk=provider_id) if provider_id else None
    request.actor.require(Permission.SETTINGS_MANAGE)
    form = ProviderForm(request.POST or None, initial=_first(known))
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_provider(actor=request.actor, settings=form.settings(), provider_id=provider_id)
        except operations.SettingsRefusedError as error:
            add_errors(form, error.errors)
        else:
            messages.success(request, _("Saved. Mailboxes can be connected with it now."))
            return redirect("settings_mailboxes")
    context = {"form": form, "provider": known, "back": back(request)}
    status = 422 if form.errors else 200
    return section_page(request, "settings/provider.jinja", "settings_mailboxes", context, status)


def _first(known: MailProvider | None) -> dict[str, Any]:
    if known is None:
        return {}
    names = ("kind", "client_id", "tenant", "name", "authorize_url", "token_url", "scopes")
    return {name: getattr(known, name) for name in names}


@require_POST
@staff_page
def ask(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Begin to connect a mailbox: a page with the one link to the provider."""
    box = get_object_or_404(queries.mailboxes(actor=request.actor), pk=mailbox_id)
    chosen = whole_number(request.POST.get("provider", ""))
    found = get_object_or_404(queries.providers(actor=request.actor), pk=chosen)
    url = operations.ask_for_consent(
        actor=request.actor, mailbox_id=box.pk, provider_id=found.pk, redirect=back(request)
    )
    context = {"box": box, "provider": found, "consent_url": url}
    return section_page(request, "settings/consent.jinja", "settings_mailboxes", context)


@require_safe
@staff_page
def taken(request: StaffRequest) -> HttpResponse:
    """The person comes back from the provider."""
    try:
        box = operations.take_consent(
            actor=request.actor, state=request.GET.get("state", ""), code=request.GET.get("code", ""),
            error=request.GET.get("error", ""), redirect=back(request),
        )  # fmt: skip
    except operations.ConsentRefusedError as error:
        messages.error(request, str(error))
    except MailProblem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, _("%(address)s is connected.") % {"address": box.address})
        _try(request, box.pk)
    return redirect("settings_mailboxes")


def _try(request: StaffRequest, mailbox_id: int) -> None:
    report = operations.test_connection(actor=request.actor, mailbox_id=mailbox_id)
    for problem in (report.reading, report.sending):
        if problem is not None:
            messages.error(request, problem.sentence)


@require_POST
@staff_page
def end(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Forget the provider's tokens."""
    operations.end_consent(actor=request.actor, mailbox_id=mailbox_id)
    messages.success(request, _("The tokens are forgotten. At the provider the consent is taken back there."))
    return redirect("settings_mailbox", mailbox_id=mailbox_id)
