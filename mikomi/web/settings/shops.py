"""Settings › Shops: who calls us with orders, and calls that could not be applied."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mikomi.core.business import queries as business
from mikomi.integrations.models import ShopConnection
from mikomi.integrations.shopify import operations, queries
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


class ShopForm(forms.Form):
    """A connection, new or known. An empty secret keeps the present one."""

    name = forms.CharField(label=gettext_lazy("Name of the shop"), max_length=200)
    store_id = forms.TypedChoiceField(
        label=gettext_lazy("Store of its orders"), required=False, coerce=int, empty_value=None
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret of the webhooks"), max_length=200, required=False,
        help_text=gettext_lazy("Shopify shows it under Settings › Notifications › Webhooks."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("Take its calls"), required=False, initial=True)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        stores = [(store.pk, store.name) for store in business.stores()]
        cast(forms.TypedChoiceField, self.fields["store_id"]).choices = [("", _("none")), *stores]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def shops(request: StaffRequest) -> HttpResponse:
    """All shops, what failed, and the form for a new one."""
    known = list(queries.connections(actor=request.actor))
    form = ShopForm(request.POST or None)
    if request.method == "POST" and _save(request, form, None):
        return redirect("settings_shops")
    failed = queries.failed_calls(actor=request.actor, cursor=request.GET.get("cursor"))
    context = {"shops": known, "failed": failed, "form": form, "reasons": REASONS}
    return section_page(
        request, "settings/shops.jinja", "settings_shops", context, 422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def shop(request: StaffRequest, connection_id: int) -> HttpResponse:
    """One shop."""
    row: ShopConnection = queries.connections(actor=request.actor).get(pk=connection_id)
    first = {"name": row.name, "store_id": row.store_id, "is_active": row.is_active}
    form = ShopForm(request.POST or None, initial=first)
    if request.method == "POST" and _save(request, form, connection_id):
        return redirect("settings_shops")
    context = {"shop": row, "form": form}
    return section_page(
        request, "settings/shop.jinja", "settings_shops", context, 422 if form.errors else 200
    )


def _save(request: StaffRequest, form: ShopForm, connection_id: int | None) -> bool:
    if not form.is_valid():
        return False
    try:
        operations.save_connection(actor=request.actor, connection_id=connection_id, **form.cleaned_data)
    except operations.ShopRefusedError as error:
        form.add_error(error.field or None, str(error))
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
@staff_page
def retry(request: StaffRequest, call_id: int) -> HttpResponse:
    """Apply a failed call again."""
    operations.retry_call(actor=request.actor, call_id=call_id)
    messages.success(request, _("It is tried again now."))
    return redirect("settings_shops")


REASONS = {
    "bad_payload": gettext_lazy("What the shop sent can't be read."),
    "order_unknown": gettext_lazy("A refund came, but its order never did."),
    "error": gettext_lazy("Something went wrong on our side."),
    "crashed": gettext_lazy("Our program ended each time it read this; nothing came of it."),
}
