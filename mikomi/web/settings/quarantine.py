"""Settings › Quarantine: what arrived and could not be filed, and whether everything is accounted for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mikomi.channels import operations, queries
from mikomi.web.settings.sections import section_page
from mikomi.web.staff import StaffRequest, staff_page


@require_safe
@staff_page
def quarantine(request: StaffRequest) -> HttpResponse:
    """The arrivals that wait, the heartbeats and the count of each folder: for everybody who answers."""
    context = {
        "page": queries.arrivals(actor=request.actor, cursor=request.GET.get("cursor", "")),
        "reason_words": queries.reason_words,
        "beats": queries.heartbeats(actor=request.actor),
        "balances": queries.reconciliation(actor=request.actor),
    }
    return section_page(request, "settings/quarantine.jinja", "settings_quarantine", context)


@require_safe
@staff_page
def notice(request: StaffRequest) -> HttpResponse:
    """For the inbox: what waits in quarantine and which mailbox is not read; nothing when all is well."""
    beats = queries.heartbeats(actor=request.actor)
    context = {
        "caught": queries.caught_count(actor=request.actor),
        "silent": [one for one in beats if one.is_silent],
    }
    return render(request, "settings/arrivals_notice.jinja", context)


@require_safe
@staff_page
def raw(request: StaffRequest, intake_id: int) -> HttpResponse:
    """The bytes as they arrived, as a download."""
    data = queries.raw_bytes(actor=request.actor, intake_id=intake_id)
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="arrival-{intake_id}.eml"'
    return response


@require_POST
@staff_page
def reprocess(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Read one again."""
    intake = operations.reprocess(actor=request.actor, intake_id=intake_id)
    if intake.conversation_id is None:
        messages.warning(request, _("It could not be filed this time either."))
        return redirect("settings_quarantine")
    messages.success(request, _("It is in a conversation now."))
    if not queries.seen(request.actor).filter(pk=intake_id).exists():  # another team's
        return redirect("settings_quarantine")
    return redirect("conversation", conversation_id=intake.conversation_id)


@require_POST
@staff_page
def reprocess_all(request: StaffRequest) -> HttpResponse:
    """Read all of them again."""
    count = operations.reprocess_all(actor=request.actor)
    messages.success(request, _("%(count)s are read again in a moment.") % {"count": count})
    return redirect("settings_quarantine")


@require_POST
@staff_page
def dismiss(request: StaffRequest, intake_id: int) -> HttpResponse:
    """Put one aside."""
    operations.dismiss(actor=request.actor, intake_id=intake_id)
    messages.success(request, _("Ignored; its bytes are kept."))
    return redirect("settings_quarantine")
