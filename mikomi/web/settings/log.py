"""Settings › Access log."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mikomi.core.access import queries
from mikomi.core.paging import keyset
from mikomi.customers import queries as customers
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


@require_safe
@staff_page
def access_log(request: StaffRequest) -> HttpResponse:
    """Who did what, and who looked at whom, the newest first."""
    page = keyset(queries.access_log(actor=request.actor), ["-id"], request.GET.get("cursor"), 50)
    seen = queries.looks(actor=request.actor, subject_type="customer", size=50)
    people = customers.display_ids([one.subject_id for one in seen])
    context = {"page": page, "looks": [(one, people.get(one.subject_id)) for one in seen]}
    return section_page(request, "settings/log.jinja", "settings_log", context)
