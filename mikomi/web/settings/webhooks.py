"""Settings › Webhooks: other programs that hear of events, and the log of every call."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.core import clock
from mikomi.core.access.rules import Permission
from mikomi.core.events.kinds import all_kinds
from mikomi.integrations.webhooks import operations, queries
from mikomi.web.forms import MomentField
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


class EndpointForm(forms.Form):
    """Where to call and what for."""

    url = forms.URLField(label=gettext_lazy("Address to call"), max_length=500, assume_scheme="https")
    description = forms.CharField(label=gettext_lazy("What for"), max_length=200, required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Events"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["kinds"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind.name, f"{kind.label} ({kind.name})") for kind in all_kinds()]


class ReplayForm(forms.Form):
    """From when on events are sent again."""

    since = MomentField(label=gettext_lazy("Send again what was recorded since"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def endpoints(request: StaffRequest) -> HttpResponse:
    """All endpoints; a new one's secret is shown this once."""
    request.actor.require(Permission.WEBHOOKS_MANAGE)
    form = EndpointForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            _endpoint, secret = operations.create_endpoint(
                actor=request.actor,
                url=data["url"],
                kinds=data["kinds"] or ["*"],
                description=data["description"],
            )
        except operations.WebhookError as error:
            form.add_error("url", str(error))
        else:
            form = EndpointForm()
    context = {"form": form, "endpoints": list(queries.endpoints(actor=request.actor)), "secret": secret}
    return section_page(
        request, "settings/webhooks.jinja", "settings_webhooks", context, 422 if form.errors else 200
    )


@require_safe
@staff_page
def endpoint(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """One endpoint with the log of its calls."""
    return _page(request, endpoint_id)


def _page(
    request: StaffRequest, endpoint_id: int, secret: str = "", form: ReplayForm | None = None
) -> HttpResponse:
    cursor = request.GET.get("cursor")
    context = {
        "endpoint": queries.endpoint(actor=request.actor, endpoint_id=endpoint_id),
        "page": queries.attempts(actor=request.actor, endpoint_id=endpoint_id, cursor=cursor),
        "failed": queries.deliveries(
            actor=request.actor, endpoint_id=endpoint_id, states=["failed"], size=20
        ),
        "replay": form or ReplayForm(),
        "secret": secret,
    }
    return section_page(request, "settings/webhook.jinja", "settings_webhooks", context, 422 if form else 200)


@require_POST
@staff_page
def act(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Test, replay, retry, switch, renew the secret, delete: by the button that was pressed."""
    actor, verb = request.actor, request.POST.get("do", "")
    try:
        if verb == "test":
            attempt = operations.send_test(actor=actor, endpoint_id=endpoint_id)
            _say(request, attempt.status)
        elif verb == "rotate":
            return _page(request, endpoint_id, operations.rotate_secret(actor=actor, endpoint_id=endpoint_id))
        elif verb == "delete":
            operations.delete_endpoint(actor=actor, endpoint_id=endpoint_id)
            return redirect("settings_webhooks")
        elif verb == "switch":
            _switch(request, endpoint_id)
        elif verb == "replay":
            return _replay(request, endpoint_id)
        elif verb.startswith("retry:"):
            operations.retry(actor=actor, delivery_id=int(verb.removeprefix("retry:")))
    except (operations.WebhookError, ValueError) as error:
        messages.error(request, str(error))
    return redirect("settings_webhook", endpoint_id=endpoint_id)


def _say(request: StaffRequest, status: int | None) -> None:
    if status is not None and 200 <= status < 300:
        messages.success(request, _("The endpoint answered with %(status)s.") % {"status": status})
    else:
        messages.error(request, _("The endpoint did not take the test: see the log below."))


def _switch(request: StaffRequest, endpoint_id: int) -> None:
    row = queries.endpoint(actor=request.actor, endpoint_id=endpoint_id)
    operations.change_endpoint(
        actor=request.actor, endpoint_id=endpoint_id, url=row.url, kinds=row.kinds, description=row.description,
        is_active=not row.is_active,
    )  # fmt: skip


def _replay(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    form = ReplayForm(request.POST)
    if not form.is_valid() or form.cleaned_data["since"] > clock.now():
        return _page(request, endpoint_id, form=form)
    count = operations.replay(actor=request.actor, endpoint_id=endpoint_id, since=form.cleaned_data["since"])
    messages.success(request, _("%(count)s events are sent again.") % {"count": count})
    return redirect("settings_webhook", endpoint_id=endpoint_id)
