"""The search box: a menu for htmx, a page for everybody else."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission
from mikomi.screens.search import LONGEST_QUERY, search
from mikomi.web import navigation
from mikomi.web.settings.sections import SECTIONS
from mikomi.web.staff import StaffRequest, staff_page

IN_MENU, ON_PAGE = 5, 20


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do or a place to go to. `right` none: everybody may."""

    name: str
    label: str | Promise
    icon: str
    right: Permission | None = None


COMMANDS = (
    Command("customer_new", _("Add a customer"), "user-plus", Permission.CUSTOMERS_EDIT),
    Command("segment_new", _("New segment"), "funnel", Permission.SEGMENTS_EDIT),
    Command("customer_duplicates", _("Duplicates"), "git-merge", Permission.CUSTOMERS_VIEW),
    Command("segments", _("Segments"), "funnel", Permission.CUSTOMERS_VIEW),
    Command("promises_calendar", _("Calendar of promises"), "calendar-days", Permission.PROMISES_VIEW),
    Command("account_change_password", _("Password"), "key-round"),
    Command("mfa_index", _("Second factor"), "shield-check"),
)
HEADS = {
    "customer": (pgettext_lazy("place", "Customers"), "user"),
    "conversation": (_("Conversations"), "message-square"),
    "order": (pgettext_lazy("place", "Orders"), "package"),
    "promise": (pgettext_lazy("place", "Promises"), "handshake"),
}
"""Title and icon of what was found; a test holds that none is missing."""
ROUTES = {
    "customer": ("customer", "customer_id"),
    "conversation": ("conversation", "conversation_id"),
    "order": ("order", "order_id"),
    "promise": ("promise", "promise_id"),
}


def commands(actor: Actor, text: str) -> list[navigation.Link]:
    """The places and acts whose words begin with, or hold, what was typed."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    places = [Command(place.name, place.label, place.icon) for place in navigation.PLACES]
    places += [Command(one.name, one.label, one.icon, one.right) for one in SECTIONS]
    return [
        navigation.Link(one.name, one.label, one.icon, address, here=False)
        for one in (*places, *COMMANDS)
        if wanted in str(one.label).casefold()
        and (one.right is None or actor.may(one.right))
        and (address := navigation.address(one.name))
    ]


@require_safe
@staff_page
def find(request: StaffRequest) -> HttpResponse:
    """What was found for `?q=`."""
    text = request.GET.get("q", "")[:LONGEST_QUERY]
    part = bool(request.htmx)
    context = {
        "text": text,
        "groups": search(actor=request.actor, text=text, size=IN_MENU if part else ON_PAGE),
        "commands": commands(request.actor, text),
        "heads": HEADS,
        "routes": ROUTES,
    }
    return render(request, "search/menu.jinja" if part else "search/page.jinja", context)
