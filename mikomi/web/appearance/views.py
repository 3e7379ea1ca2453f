"""Theme by cookie (no flash: the server writes it into the page) and the business's colour as a style sheet."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

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
