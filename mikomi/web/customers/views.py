"""Customers: the list, the page of one, and lists taken out of the house."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mikomi.core import clock
from mikomi.core.access import operations as access
from mikomi.core.access.queries import looks
from mikomi.core.access.rules import Permission
from mikomi.core.tables.writing import CsvWriter
from mikomi.core.text import whole_number
from mikomi.customers import operations, queries
from mikomi.customers.operations.listing import COLUMNS
from mikomi.screens import customer as screens
from mikomi.screens import timeline
from mikomi.screens.timeline_kinds import FAMILIES
from mikomi.web.customers.forms import LANGUAGES, NoteForm, TagForm
from mikomi.web.staff import StaffRequest, staff_page


def _filters(request: StaffRequest) -> dict[str, Any]:
    """Words, tag and segment, as the address or the form names them."""
    given = request.POST if request.method == "POST" else request.GET
    return {
        "text": given.get("q", "")[:200],
        "tag": given.get("tag", "")[:100],
        "segment_id": whole_number(given.get("segment", "")),
    }


@require_safe
@staff_page
def customers(request: StaffRequest) -> HttpResponse:
    """The list."""
    chosen = _filters(request)
    page = screens.customer_list(actor=request.actor, cursor=request.GET.get("cursor"), **chosen)
    kept = {"q": chosen["text"], "tag": chosen["tag"], "segment": chosen["segment_id"]}
    context = {
        "page": page,
        "kept": {name: value for name, value in kept.items() if value},
        "text": chosen["text"],
        "tag": chosen["tag"],
        "segment": str(chosen["segment_id"] or ""),
        "tags": [(tag.name, tag.name) for tag in queries.tags(actor=request.actor)],
        "segments": [(str(one.pk), one.name) for one in queries.segments(actor=request.actor)],
        "may_export": request.actor.may(Permission.CUSTOMERS_EXPORT),
        "may_edit": request.actor.may(Permission.CUSTOMERS_EDIT),
    }
    return render(request, "customers/list.jinja", context)


@require_POST
@staff_page
def export_list(request: StaffRequest) -> HttpResponse:
    """The list as a table for spreadsheet programs."""
    rows = operations.export_list(actor=request.actor, **_filters(request))
    response = StreamingHttpResponse(
        CsvWriter().chunks(COLUMNS, rows), content_type="text/csv; charset=utf-8"
    )
    day = timezone.localdate(clock.now())
    response["Content-Disposition"] = f'attachment; filename="customers-{day:%Y%m%d}.csv"'
    return cast(HttpResponse, response)  # what a decorated view returns; nobody reads its content as a whole


@require_safe
@staff_page
def customer(request: StaffRequest, customer_id: int) -> HttpResponse:
    """One customer; for htmx only the timeline."""
    return show(request, customer_id)


def show(
    request: StaffRequest, customer_id: int, *, note: NoteForm | None = None, tag: TagForm | None = None
) -> HttpResponse:
    """The page of a customer; with a form as it was sent when something in it is wrong."""
    family = request.GET.get("show", "")
    family = family if family in FAMILIES else ""
    screen = screens.customer(actor=request.actor, customer_id=customer_id)
    page = timeline.of_ids(
        actor=request.actor,
        customer_ids=screen.brief.profile.ids,
        kinds=[family] if family else [],
        cursor=request.GET.get("cursor"),
    )
    ids = screen.brief.profile.ids
    access.note_look(actor=request.actor, subject_type="customer", subject_id=ids[0])
    context = {
        "screen": screen,
        "looks": looks(actor=request.actor, subject_type="customer", subject_ids=ids)
        if request.actor.may(Permission.AUDIT_VIEW)
        else [],
        "page": page,
        "family": family,
        "families": timeline.families(request.actor),
        "note": note or NoteForm(),
        "tag_form": tag or TagForm(auto_id="tag_%s"),
        "languages": dict(LANGUAGES),
        "may": _may(request, erased=screen.brief.profile.customer.erased_at is not None),
    }
    return render(request, "customers/customer.jinja", context, status=422 if _wrong(note, tag) else 200)


def _wrong(*given: forms.Form | None) -> bool:
    return any(form is not None and form.errors for form in given)


def _may(request: StaffRequest, *, erased: bool) -> dict[str, bool]:
    rights = {"edit": Permission.CUSTOMERS_EDIT, "merge": Permission.CUSTOMERS_MERGE,
              "erase": Permission.CUSTOMERS_ERASE, "export": Permission.CUSTOMERS_EXPORT}  # fmt: skip
    return {name: request.actor.may(right) and not erased for name, right in rights.items()}
