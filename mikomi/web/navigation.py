"""The places of the rail. A new place is one line here; its word is translated where it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail: the name of its URL, its word and its icon."""

    name: str
    label: str | Promise
    icon: str
    also: tuple[str, ...] = ()
    """Names of further addresses that lie in this place."""


PLACES = (
    Place("today", pgettext_lazy("place", "Today"), "sun"),
    Place("inbox", pgettext_lazy("place", "Inbox"), "inbox"),
    Place("customers", pgettext_lazy("place", "Customers"), "users"),
    Place("promises", pgettext_lazy("place", "Promises"), "handshake"),
    Place("voice", pgettext_lazy("place", "Voice"), "message-circle-heart"),
    Place("orders", pgettext_lazy("place", "Orders"), "package", also=("imports",)),
    Place("facts", pgettext_lazy("place", "Facts"), "badge-check"),
    Place("knowledge", pgettext_lazy("place", "Knowledge"), "book-open"),
    Place("outreach", pgettext_lazy("place", "Outreach"), "send"),
    Place("loyalty", pgettext_lazy("place", "Loyalty"), "gift"),
    Place("insights", pgettext_lazy("place", "Insights"), "chart-line"),
    Place("goals", pgettext_lazy("place", "Goals"), "target"),
    Place("settings", pgettext_lazy("place", "Settings"), "settings", also=("api_docs",)),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A place as it is shown: where it leads and whether the reader is there."""

    name: str
    label: str | Promise
    icon: str
    url: str
    here: bool


def links(path: str) -> list[Link]:
    """The places that exist in this installation, with the one marked that `path` lies in."""
    found = [(place, url) for place in PLACES if (url := address(place.name))]
    inside = {url: _length_inside(path, [url, *map(address, place.also)]) for place, url in found}
    here = max(inside, key=lambda url: inside[url], default="")
    return [
        Link(place.name, place.label, place.icon, url, url == here and inside[url] > 0)
        for place, url in found
    ]


def _length_inside(path: str, addresses: list[str]) -> int:
    """How much of the path the best of a place's addresses covers. Today's, the root, covers itself only."""
    return max(
        (len(one) for one in addresses if path == one or (one > "/" and path.startswith(one))), default=0
    )


def address(name: str) -> str:
    """The URL of a name without arguments; empty where there is none (the frame shows only what exists)."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
