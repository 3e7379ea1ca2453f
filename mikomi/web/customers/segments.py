"""Segments: customers that fulfil conditions, put together from fields."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.core.access.rules import Permission
from mikomi.core.text import whole_number
from mikomi.customers import operations, queries
from mikomi.customers.segments.fields import all_fields
from mikomi.web.customers.conditions import Row, conditions_of, read_row, read_rows, rows_of
from mikomi.web.staff import StaffRequest, staff_page


@require_safe
@staff_page
def segments(request: StaffRequest) -> HttpResponse:
    """Every segment with how many stand in it."""
    rows = queries.segments_counted(actor=request.actor)
    may_edit = request.actor.may(Permission.SEGMENTS_EDIT)
    return render(request, "customers/segments.jinja", {"rows": rows, "may_edit": may_edit})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def new(request: StaffRequest) -> HttpResponse:
    """A new segment."""
    request.actor.require(Permission.SEGMENTS_EDIT)
    if request.method == "POST":
        return _posted(request, None)
    return _show(request, None, name="", match="all", rows=[Row()])


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def edit(request: StaffRequest, segment_id: int) -> HttpResponse:
    """One segment's conditions."""
    request.actor.require(Permission.SEGMENTS_EDIT)
    segment = queries.segment(actor=request.actor, segment_id=segment_id)
    if request.method == "POST":
        return _posted(request, segment_id)
    shown = rows_of(segment.conditions, request.business.currency)
    match, rows = shown or ("all", [])
    return _show(
        request, segment_id, name=segment.name, match=match, rows=rows or [Row()], too_deep=shown is None
    )


def _posted(request: StaffRequest, segment_id: int | None) -> HttpResponse:
    name, match, rows = (
        request.POST.get("name", ""),
        request.POST.get("match", "all"),
        read_rows(request.POST),
    )
    if "more" in request.POST:
        return _show(request, segment_id, name=name, match=match, rows=[*rows, Row()])
    try:
        conditions = conditions_of(match, rows, request.business.currency)
        row = operations.save_segment(
            actor=request.actor, name=name, conditions=conditions, segment_id=segment_id
        )
        found = operations.refresh_segment(actor=request.actor, segment_id=row.pk).size
    except operations.InvalidSegmentError as error:
        return _show(request, segment_id, name=name, match=match, rows=rows or [Row()], errors=error.errors)
    except ValueError as error:
        return _show(request, segment_id, name=name, match=match, rows=rows or [Row()], errors=[str(error)])
    _tell(request, found)
    return redirect("segments")


def _tell(request: StaffRequest, found: int) -> None:
    text = ngettext("%(number)s customer stands in it now.", "%(number)s customers stand in it now.", found)
    messages.success(request, text % {"number": found})


def _show(request: StaffRequest, segment_id: int | None, **given: Any) -> HttpResponse:
    known = sorted(((one.name, str(one.label)) for one in all_fields()), key=lambda pair: pair[1])
    context = {"segment_id": segment_id, "errors": [], "too_deep": False, "fields": known, **given}
    return render(request, "customers/segment.jinja", context, status=422 if context["errors"] else 200)


@require_safe
@staff_page
def condition(request: StaffRequest) -> HttpResponse:
    """One row of the form, as it looks with the field and operator chosen: for htmx."""
    request.actor.require(Permission.SEGMENTS_EDIT)
    number = whole_number(request.GET.get("number", ""), digits=3) or 0
    known = sorted(((one.name, str(one.label)) for one in all_fields()), key=lambda pair: pair[1])
    context = {"row": read_row(request.GET, number), "number": number, "fields": known}
    return render(request, "customers/condition.jinja", context)


@require_POST
@staff_page
def refresh(request: StaffRequest, segment_id: int) -> HttpResponse:
    """See who fulfils the conditions now."""
    try:
        _tell(request, operations.refresh_segment(actor=request.actor, segment_id=segment_id).size)
    except operations.InvalidSegmentError as error:
        messages.error(request, str(error))
    return redirect("segments")


@require_POST
@staff_page
def delete(request: StaffRequest, segment_id: int) -> HttpResponse:
    """Delete a segment; its customers stay."""
    operations.delete_segment(actor=request.actor, segment_id=segment_id)
    messages.success(request, _("The segment is deleted; its customers stay."))
    return redirect("segments")
