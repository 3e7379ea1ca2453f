"""Today is home: what to do next, each row with its one next action."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mikomi.screens import today as screens
from mikomi.web.promises import helping
from mikomi.web.staff import StaffRequest, staff_page


@require_safe
@staff_page
def today(request: StaffRequest) -> HttpResponse:
    """The page, or only its rows where an open page asks for what changed."""
    name = "today/rows.jinja" if request.htmx else "today/page.jinja"
    return render(request, name, {"today": screens.today(actor=request.actor), "helping": helping})
