"""The public promise page: what we promised, where it stands, what changed and why."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mikomi.promises.queries import public_promise
from mikomi.promises.reasons import reason_label
from mikomi.web.public.pages import public_page


@require_safe
def promise(request: HttpRequest, token: str) -> HttpResponse:
    """One promise, for the one to whom it was made."""
    found = public_promise(token)
    if found is None:
        raise Http404
    context = {"promise": found, "reason_label": reason_label}
    return public_page(request, "public/promise.jinja", context, language=found.language)
