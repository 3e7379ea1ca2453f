"""Theme by cookie (no flash: the server writes it into the page) and the business's colour as a style sheet."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from mikomi.core.business.queries import business
from mikomi.core.files import queries as files
from mikomi.core.files.models import StoredFile
from mikomi.web.appearance import brand

THEMES = ("system", "light", "dark")
ONE_YEAR = 31_536_000  # seconds


def theme_of(request: HttpRequest) -> str:
    """The reader's theme; `system` until one is chosen."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else "system"


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme and go back to where the reader was."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_GET
@cache_control(public=True, max_age=ONE_YEAR, immutable=True)
def brand_css(request: HttpRequest, colour: str) -> HttpResponse:
    """The style sheet of one colour; its address changes with the colour, so it is kept for ever."""
    try:
        return HttpResponse(brand.stylesheet(colour), content_type="text/css")
    except ValueError as error:
        raise Http404(str(error)) from error


LOGO_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What is shown in place; a drawing that can hold scripts (SVG) is not."""


@require_GET
@cache_control(public=True, max_age=3600)
def brand_logo(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """The business's logo on public pages; no other file has this address."""
    row = StoredFile.objects.filter(pk=file_id, content_type__in=LOGO_TYPES).first()
    if row is None or business().logo_file_id != file_id:
        raise Http404
    response = FileResponse(files.open_file(file_id), content_type=row.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
