"""Facts: the list, one fact with its history, its form."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikomi.core.access.rules import Permission
from mikomi.facts import feeds, operations, queries
from mikomi.facts.rules.keys import PREFIX
from mikomi.facts.rules.saying import say
from mikomi.facts.rules.values import KIND_TYPES, from_json
from mikomi.web.facts import signs
from mikomi.web.facts.forms import FactForm
from mikomi.web.forms import add_errors
from mikomi.web.staff import StaffRequest, staff_page


def context_of(request: StaffRequest, **more: Any) -> dict[str, Any]:
    """What every page here knows: the words, who may write, how many contradictions are open."""
    counts = queries.counts(actor=request.actor)
    may_edit = request.actor.may(Permission.FACTS_EDIT)
    return {"signs": signs, "may_edit": may_edit, "open_count": counts["open"], "counts": counts} | more


def said(value: dict[str, Any] | None, language: str, kind: str = "") -> str:
    """A stored value in words; of a dead link its address, of a broken quotation its key."""
    if not value:
        return ""
    if "type" not in value:
        return str(value.get("url") or f"{{{{ {PREFIX}{value.get('key')} }}}}")
    return say(from_json(value), language, kind=kind)


@require_safe
@staff_page
def facts(request: StaffRequest) -> HttpResponse:
    """One view of the facts; view, kind and words stay in the address from page to page."""
    view, kind = request.GET.get("view", "all"), request.GET.get("kind", "")
    if view not in queries.VIEWS or (kind and kind not in KIND_TYPES):
        raise Http404
    text = request.GET.get("q", "")[:200]
    page = queries.facts(
        actor=request.actor, view=view, kind=kind, text=text, cursor=request.GET.get("cursor")
    )
    kept = {name: value for name, value in (("kind", kind), ("q", text)) if value}
    rows = [(row, row.said(request.user.language)) for row in page.items]
    more = {"page": page, "facts": rows, "view": view, "kind": kind, "text": text, "kept": kept}
    return render(request, "facts/list.jinja", context_of(request, **more))


@require_safe
@staff_page
def fact(request: StaffRequest, fact_id: int) -> HttpResponse:
    """One fact."""
    story = queries.fact(actor=request.actor, fact_id=fact_id)
    kind = story.row.fact.kind
    language = request.user.language
    history = [(one, said(one.value, language, kind)) for one in story.versions]
    against = [(one, said(one.found, language, kind)) for one in story.contradictions]
    more = {
        "story": story,
        "row": story.row,
        "history": history,
        "against": against,
        "feed_label": feeds.label_of,
    }
    return render(request, "facts/fact.jinja", context_of(request, **more))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def new(request: StaffRequest) -> HttpResponse:
    """A fact that there is not yet; its kind is in the address."""
    request.actor.require(Permission.FACTS_EDIT)
    kind = request.GET.get("kind", "price")
    if kind not in KIND_TYPES:
        raise Http404
    form = FactForm(request.POST or None, request=request, kind=kind)
    return _save(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def edit(request: StaffRequest, fact_id: int) -> HttpResponse:
    """A new version of a fact, or other words about it."""
    request.actor.require(Permission.FACTS_EDIT)
    row = queries.fact(actor=request.actor, fact_id=fact_id).row
    form = FactForm(request.POST or None, request=request, kind=row.fact.kind, row=row)
    return _save(request, form, row)


def _save(request: StaffRequest, form: FactForm, row: queries.FactRow | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = operations.save_fact(
                actor=request.actor, draft=form.draft(), fact_id=row.fact.pk if row else None
            )
        except operations.FactError as error:
            add_errors(form, _beside_fields(error.errors))
        else:
            messages.success(request, _("Saved."))
            return redirect("fact", fact_id=saved.pk)
    more = {"form": form, "row": row, "kind": form.kind}
    return render(
        request, "facts/form.jinja", context_of(request, **more), status=422 if form.errors else 200
    )


def _beside_fields(errors: dict[str, str]) -> dict[str, str]:
    names = {"wording": "wording_ja"}
    return {names.get(name, name): sentence for name, sentence in errors.items()}


@require_POST
@staff_page
def archive(request: StaffRequest, fact_id: int) -> HttpResponse:
    """Take a fact out of use."""
    try:
        operations.archive_fact(actor=request.actor, fact_id=fact_id)
    except operations.FactError as error:
        messages.error(request, str(error))
        return redirect("fact", fact_id=fact_id)
    messages.success(request, _("Taken out of use."))
    return redirect("facts")


@require_POST
@staff_page
def review(request: StaffRequest, fact_id: int) -> HttpResponse:
    """It is still so; look again on the day given, or not at all."""
    day: date | None = None
    try:
        day = parse_date(request.POST.get("next_on", ""))
    except ValueError as error:
        raise Http404 from error
    operations.review_fact(actor=request.actor, fact_id=fact_id, next_on=day)
    messages.success(request, _("Recorded."))
    return redirect("fact", fact_id=fact_id)
