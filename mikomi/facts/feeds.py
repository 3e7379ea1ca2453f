"""Feeds: facts whose source is another app. An app registers a function that says what it knows now; the facts take
it over every minute and before each check, so that nobody types a second time what stands elsewhere.

    feeds.register(feeds.Feed("business", _("the business's settings"), business_facts))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from mikomi.facts.records import FedFact


@dataclass(frozen=True, slots=True)
class Feed:
    """`load` says all facts that the source has now; one that it no longer says stays as it was last."""

    name: str
    label: str | Promise
    load: Callable[[], Iterable[FedFact]]


_feeds: dict[str, Feed] = {}


def register(feed: Feed) -> None:
    """Add a feed. Raises `ValueError` for a name taken twice."""
    if feed.name in _feeds:
        raise ValueError(f"Feed {feed.name!r} is registered twice.")
    _feeds[feed.name] = feed


def unregister(name: str) -> None:
    """Take a feed away again (tests)."""
    _feeds.pop(name, None)


def all_feeds() -> list[Feed]:
    """Every feed, in the order of registration."""
    return list(_feeds.values())


def label_of(name: str) -> str:
    """What a feed is called; its name where it is no longer there."""
    return str(_feeds[name].label) if name in _feeds else name
