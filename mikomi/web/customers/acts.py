"""What is done with one customer from their page: notes, tags, merges, erasing, giving out their data."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.core.access.rules import Permission
from mikomi.core.text import whole_number
from mikomi.customers import operations, queries
from mikomi.web.customers.forms import NoteForm, TagForm
from mikomi.web.customers.views import show
from mikomi.web.forms import add_errors
from mikomi.web.staff import StaffRequest, staff_page


@require_POST
@staff_page
def note(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Leave a note for colleagues."""
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            operations.add_note(actor=request.actor, customer_id=customer_id, text=form.cleaned_data["text"])
        except operations.WrongProfileError as error:
            add_errors(form, error.errors)
    if form.errors:
        return show(request, customer_id, note=form)
    messages.success(request, _("Noted."))
    return redirect("customer", customer_id=customer_id)


@require_POST
@staff_page
def tag(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put a word on the customer, or (`remove`) take it off."""
    if remove := request.POST.get("remove"):
        operations.untag(actor=request.actor, customer_ids=[customer_id], name=remove)
        return redirect("customer", customer_id=customer_id)
    form = TagForm(request.POST, auto_id="tag_%s")
    if form.is_valid():
        try:
            operations.tag(actor=request.actor, customer_ids=[customer_id], name=form.cleaned_data["name"])
        except operations.WrongProfileError as error:
            add_errors(form, {"name": error.errors["tag"]})
    if form.errors:
        return show(request, customer_id, tag=form)
    return redirect("customer", customer_id=customer_id)


# Merging


@require_safe
@staff_page
def duplicates(request: StaffRequest) -> HttpResponse:
    """Pairs that may be one person, with the evidence."""
    page = queries.proposals(actor=request.actor, cursor=request.GET.get("cursor"), size=20)
    pairs = [customer for row in page.items for customer in (row.first, row.second)]
    context = {
        "page": page,
        "shown": queries.display(pairs),
        "may_merge": request.actor.may(Permission.CUSTOMERS_MERGE),
    }
    return render(request, "customers/duplicates.jinja", context)


@require_POST
@staff_page
def decide(request: StaffRequest, proposal_id: int) -> HttpResponse:
    """Say whether two records are one person."""
    same = request.POST.get("same") == "1"
    try:
        row = operations.decide_proposal(
            actor=request.actor, proposal_id=proposal_id, same_person=same, winner_id=_winner(request)
        )
    except operations.MergeError as error:
        messages.error(request, str(error))
        return redirect("customer_duplicates")
    if not same:
        messages.success(request, _("They stay two people; they are not proposed again."))
        return redirect("customer_duplicates")
    messages.success(request, _("Merged. You can undo it on this page."))
    return redirect("customer", customer_id=queries.living_id(row.first_id))


def _winner(request: StaffRequest) -> int | None:
    return whole_number(request.POST.get("winner", ""))


@require_POST
@staff_page
def unmerge(request: StaffRequest, merge_id: int) -> HttpResponse:
    """Let the two be two again."""
    try:
        row = operations.unmerge(actor=request.actor, merge_id=merge_id)
    except operations.MergeError as error:
        messages.error(request, str(error))
        return redirect("customers")
    messages.success(request, _("The merge is undone. They are two records again."))
    return redirect("customer", customer_id=row.loser_id)


# A person's own rights


@require_POST
@staff_page
def export(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Everything we keep about the customer, as a file for them."""
    data: dict[str, Any] = operations.export_data(actor=request.actor, customer_id=customer_id)
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="customer-{customer_id}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def erase(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Asks; then blanks everything personal of this customer."""
    request.actor.require(Permission.CUSTOMERS_ERASE)
    profile = queries.customer(actor=request.actor, customer_id=customer_id)
    problem = ""
    if request.method == "POST":
        if request.POST.get("sure") == "1":
            operations.erase(actor=request.actor, customer_id=customer_id)
            number = len(profile.ids)
            messages.success(
                request, ngettext("Erased.", "%(number)s records erased.", number) % {"number": number}
            )
            return redirect("customer", customer_id=profile.ids[0])
        problem = _("Tick the box: this can't be undone.")
    context = {"profile": profile, "problem": problem}
    return render(request, "customers/erase.jinja", context, status=422 if problem else 200)
