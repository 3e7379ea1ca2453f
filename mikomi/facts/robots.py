"""robots.txt (RFC 9309): what may be read of a site, and how slowly. Without one everything may; one that the server
fails to give forbids everything until it can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from protego import Protego

from mikomi.facts import fetching
from mikomi.facts.fetching import AGENT, fetch
from mikomi.facts.rules.urls import site

MOST_BYTES = 500_000


class Robots:
    """The rules of the sites of one check. `known`: their texts, kept in the check for all its portions."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.known = dict(known)
        self._parsed: dict[str, Protego] = {}

    def problem(self, url: str) -> str:
        """Why this address may not be read: robots or robots_gone; empty when it may."""
        rules = self._rules(url)
        if rules is None:
            return "robots_gone"
        return "" if rules.can_fetch(url, AGENT) else "robots"

    def known_problem(self, url: str) -> str:
        """The same without asking the server: for addresses that are only put on a list."""
        return self.problem(url) if site(url) in self.known else ""

    def delay(self, url: str) -> float:
        """Seconds between two requests."""
        rules = self._rules(url)
        asked = rules.crawl_delay(AGENT) if rules else None
        return max(fetching.PACE_SECONDS, float(asked or 0))

    def _rules(self, url: str) -> Protego | None:
        """None: the server could not say."""
        place = site(url)
        if place not in self.known:
            self.known[place] = _read(url)
        text = self.known[place]
        if text is None:
            return None
        if place not in self._parsed:
            self._parsed[place] = Protego.parse(text)
        return self._parsed[place]


def _read(url: str) -> str | None:
    """The text of a site's robots.txt; empty where there is none, none where the server fails."""
    parts = urlsplit(url)
    found = fetch(f"{parts.scheme}://{parts.netloc}/robots.txt", lambda _url: "")
    if found.problem in ("gone", "refused"):
        return ""
    if found.problem and found.problem != "too_large":
        return None
    return found.body[:MOST_BYTES].decode("utf-8", "replace")
