"""Merging by hand: find the other record, see both side by side, say which one lives on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mikomi.core.access.rules import Permission
from mikomi.core.text import whole_number
from mikomi.customers import operations, queries
from mikomi.web.staff import StaffRequest, staff_page

CANDIDATES = 10
FIELDS = {
    "family_name": gettext_lazy("family name"),
    "given_name": gettext_lazy("given name"),
    "family_kana": gettext_lazy("family name (kana)"),
    "given_kana": gettext_lazy("given name (kana)"),
    "honorific": gettext_lazy("honorific"),
    "birthday": gettext_lazy("birthday"),
    "language": gettext_lazy("language"),
    "preferred_channel": gettext_lazy("preferred channel"),
    "background": gettext_lazy("background, interests and goals"),
    "company": gettext_lazy("company"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def merge(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Look for the other record (`q`), compare (`other`, `keep`), merge (posted)."""
    request.actor.require(Permission.CUSTOMERS_MERGE)
    profile = queries.customer(actor=request.actor, customer_id=customer_id)
    other = _id(request, "other")
    if request.method == "POST" and other is not None:
        return _merged(request, profile.customer.pk, other)
    words = request.GET.get("q", "").strip()[:200]
    context: dict[str, Any] = {
        "profile": profile,
        "text": words,
        "found": None,
        "pair": None,
        "fields": FIELDS,
    }
    if other is not None:
        context["pair"] = _pair(request, profile.customer.pk, other)
    elif words:
        page = queries.customers(actor=request.actor, text=words, size=CANDIDATES + 1)
        rows = [row for row in page.items if row.pk not in profile.ids][:CANDIDATES]
        shown = queries.display(rows)
        context["found"] = [(shown[row.pk], row) for row in rows]
    return render(request, "customers/merge.jinja", context)


def _pair(request: StaffRequest, mine: int, other: int) -> queries.Comparison:
    """The comparison with the record first that is to live on: this one unless `keep` names the other."""
    winner, loser = (other, mine) if _id(request, "keep") == other else (mine, other)
    return queries.comparison(actor=request.actor, winner_id=winner, loser_id=loser)


def _merged(request: StaffRequest, mine: int, other: int) -> HttpResponse:
    winner, loser = (other, mine) if _id(request, "keep") == other else (mine, other)
    try:
        row = operations.merge(actor=request.actor, winner_id=winner, loser_id=loser)
    except operations.MergeError as error:
        messages.error(request, str(error))
        return redirect("customer_merge", customer_id=mine)
    messages.success(request, _("Merged. You can undo it on this page."))
    return redirect("customer", customer_id=row.winner_id)


def _id(request: StaffRequest, name: str) -> int | None:
    given = request.POST if request.method == "POST" else request.GET
    return whole_number(given.get(name, ""))
