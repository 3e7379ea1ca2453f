"""What every page knows: language, zone, the present moment, theme and the places of the rail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from mikomi.core import clock
from mikomi.web import navigation
from mikomi.web.appearance.views import theme_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of the frame. The zone is the one that the middleware has activated for the business."""
    return {
        "language": get_language(),
        "business_tz": timezone.get_current_timezone(),
        "now": clock.now(),
        "theme": theme_of(request),
        "business": getattr(request, "business", None),  # none when a host is refused before it is known
        "search_url": navigation.address("search"),
        "places": SimpleLazyObject(lambda: navigation.links(request.path)),
    }
