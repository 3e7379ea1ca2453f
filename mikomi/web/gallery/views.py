"""The gallery: each component in all its states, in both languages and both themes, and the frames around them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from mikomi.core import clock
from mikomi.web.gallery.forms import SampleForm
from mikomi.web.gallery.samples import sample_context

COMPONENTS = (
    "buttons",
    "fields",
    "states",
    "figures",
    "lists",
    "cards",
    "navigation",
    "people",
    "timeline",
    "conversation",
)
PAGES = ("today", "inbox", "customer", "public", "bare")
WRONG = {
    "name": "",
    "email": "hanako@",
    "due": "",
    "way": "email",
    "note": "急ぎでお願いします。",
    "answer": "",
}


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every sample twice: Japanese in one theme, English in the other; `?swap=1` exchanges the themes."""
    themes = ("dark", "light") if request.GET.get("swap") else ("light", "dark")
    sides = list(zip(("ja", "en"), themes, strict=True))
    sections = [(name, [_sample(request, name, *side) for side in sides]) for name in COMPONENTS]
    return render(
        request, "gallery/index.jinja", {"sections": sections, "pages": PAGES, "swapped": themes[0] == "dark"}
    )


def _sample(request: HttpRequest, name: str, language: str, scheme: str) -> dict[str, str]:
    """One component's samples in one language, for one theme."""
    side = f"{name}-{language}"
    forms = {
        "fresh": SampleForm(auto_id=f"{side}-fresh-%s"),
        "wrong": SampleForm(WRONG, auto_id=f"{side}-wrong-%s"),
    }
    context = {**sample_context(clock.now()), **forms, "side": side}
    with translation.override(language):
        html = get_template(f"gallery/samples/{name}.jinja").render(context, request)
    return {"language": language, "scheme": scheme, "html": mark_safe(html)}


@require_GET
def example(request: HttpRequest, page: str) -> HttpResponse:
    """A whole page put together from components, with invented content."""
    if page not in PAGES:
        raise Http404(page)
    pane = request.GET.get("pane", "conversation")
    return render(request, f"gallery/pages/{page}.jinja", {**sample_context(clock.now()), "pane": pane})
