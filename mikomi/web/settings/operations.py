"""Settings › Operations: background work that failed, with its error and a button to try again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mikomi.core.events import operations as events
from mikomi.core.events import queries
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


@require_safe
@staff_page
def deliveries(request: StaffRequest) -> HttpResponse:
    """What failed or was stopped, and how much waits."""
    context = {
        "page": queries.deliveries(actor=request.actor, cursor=request.GET.get("cursor")),
        "backlogs": queries.backlogs(actor=request.actor),
    }
    return section_page(request, "settings/operations.jinja", "settings_operations", context)


@require_POST
@staff_page
def retry(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Try one again."""
    return _done(request, lambda: events.retry_delivery(actor=request.actor, delivery_id=delivery_id))


@require_POST
@staff_page
def skip(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Decide that it need not run."""
    return _done(request, lambda: events.skip_delivery(actor=request.actor, delivery_id=delivery_id))


def _done(request: StaffRequest, do: Callable[[], object]) -> HttpResponse:
    try:
        do()
    except events.DeliveryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return redirect("settings_operations")
