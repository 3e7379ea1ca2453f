"""Orders: the list by state, one order, and the steps that a person reports."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mikomi.commerce import operations
from mikomi.commerce.queries import VIEWS
from mikomi.core import clock
from mikomi.core.access.rules import Permission
from mikomi.core.business import queries as business
from mikomi.core.text import whole_number
from mikomi.screens import orders as screens
from mikomi.web.forms import add_errors
from mikomi.web.orders import signs
from mikomi.web.orders.forms import StepForm
from mikomi.web.staff import StaffRequest, staff_page


@require_safe
@staff_page
def orders(request: StaffRequest) -> HttpResponse:
    """One view of the orders; view, store and words stay in the address from page to page."""
    view, store = request.GET.get("view", "all"), request.GET.get("store", "")
    if view not in VIEWS:
        raise Http404
    text = request.GET.get("q", "")[:200]
    page = screens.orders(
        actor=request.actor,
        view=view,
        cursor=request.GET.get("cursor"),
        store_id=whole_number(store),
        text=text,
    )
    stores = [(str(one.pk), one.name) for one in business.stores()]
    kept = {name: value for name, value in (("store", store), ("q", text)) if value}
    context = {"page": page, "view": view, "views": signs.VIEWS, "stores": stores, "kept": kept}
    return render(request, "orders/list.jinja", context | {"store": store, "text": text, "signs": signs})


@require_safe
@staff_page
def order(request: StaffRequest, order_id: int) -> HttpResponse:
    """One order."""
    return _show(request, order_id, StepForm())


def _show(request: StaffRequest, order_id: int, form: StepForm) -> HttpResponse:
    screen = screens.order(actor=request.actor, order_id=order_id)
    may_report = request.actor.may(Permission.ORDERS_EDIT) and screen.row.state != "cancelled"
    context: dict[str, Any] = {"screen": screen, "form": form, "may_report": may_report, "signs": signs}
    return render(request, "orders/order.jinja", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def report(request: StaffRequest, order_id: int) -> HttpResponse:
    """A step that somebody saw or knows."""
    form = StepForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.report_milestone(
                actor=request.actor, order_id=order_id, **(data | {"at": data["at"] or clock.now()})
            )
        except operations.MilestoneError as error:
            add_errors(form, {error.field: str(error)})
    if form.errors:
        return _show(request, order_id, form)
    messages.success(request, _("Recorded."))
    return redirect("order", order_id=order_id)
