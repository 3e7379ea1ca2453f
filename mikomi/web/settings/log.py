"""Settings › Access log."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mikomi.core.access import queries
from mikomi.core.paging import keyset
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


@require_safe
@staff_page
def access_log(request: StaffRequest) -> HttpResponse:
    """Who did what, the newest first."""
    page = keyset(queries.access_log(actor=request.actor), ["-id"], request.GET.get("cursor"), 50)
    return section_page(request, "settings/log.jinja", "settings_log", {"page": page})
