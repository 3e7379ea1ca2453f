"""What every staff page stands on: signed in, an actor at hand, refusals answered in words.

@staff_page
def promises(request: StaffRequest) -> HttpResponse:
    page = screens.promises(actor=request.actor, …)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from mikomi.core.access.actor import Actor
from mikomi.core.access.models import User
from mikomi.core.business.models import Business
from mikomi.web.errors import answer_error


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in; `htmx` is true when a part of a page is asked for."""

    user: User
    actor: Actor
    business: Business
    htmx: Any


View = Callable[..., HttpResponseBase]
LARGEST_ID = 2**63 - 1
"""What a database column can hold; an address with a larger number leads nowhere."""


def staff_page(view: View) -> View:
    """Only for signed-in staff. Not signed in: to the sign-in page, or to the first run in an empty installation."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_the_door(request)
        staff = cast(StaffRequest, request)
        staff.actor = staff.user.as_actor()
        try:
            if any(isinstance(value, int) and value > LARGEST_ID for value in kwargs.values()):
                raise Http404
            return view(staff, *args, **kwargs)
        except Exception as error:
            return answer_error(request, error)

    return guarded


def _to_the_door(request: HttpRequest) -> HttpResponse:
    if not User.objects.exists():
        return HttpResponseRedirect(reverse("welcome"))
    if getattr(request, "htmx", False):
        # A part of a page can't show a sign-in form: the whole page goes there.
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("account_login")
        return response
    return redirect_to_login(request.get_full_path())
