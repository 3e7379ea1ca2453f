"""Who hears of events. Filled at start-up by the playbook and the webhooks; core knows neither.

A *plain* consumer works inside the database: its work and the mark "done" are one transaction, so it happens
exactly once. An *outside* consumer (a webhook) talks to others: it is called outside any transaction, at least
once, and must carry the event's id so that the other side can tell repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from mikomi.core.events.kinds import all_kinds
from mikomi.core.events.rules import RETRY_DELAYS

if TYPE_CHECKING:
    from mikomi.core.events.models import Delivery, Event

Handler = Callable[["Event"], None]


class GiveUpError(Exception):
    """Raised by a handler when trying again can't help: the delivery fails at once."""


class TryLaterError(Exception):
    """Raised by a handler that was told when to come back."""

    def __init__(self, message: str, delay: timedelta) -> None:
        super().__init__(message)
        self.delay = delay


@dataclass(frozen=True, slots=True)
class Consumer:
    """A named reader of events. `handle` raises to be retried."""

    name: str
    kinds: frozenset[str]
    handle: Handler


_consumers: dict[str, Consumer] = {}
_families: dict[str, Family] = {}


@dataclass(frozen=True, slots=True)
class Family:
    """Outside consumers that are rows, not code (webhook endpoints): named `<prefix>:<id>`."""

    prefix: str
    names_for: Callable[[Collection[str]], Mapping[str, Collection[str]]]
    """By event kind, the names of the consumers that want it. One query at most: it runs with every record."""
    handle: Callable[[Delivery], None]
    """Called outside any transaction, at least once; the delivery comes with its event."""
    delays: tuple[timedelta, ...] = field(default=RETRY_DELAYS)


def register(name: str, *, kinds: Iterable[str], handle: Handler) -> None:
    """Add a consumer. Raises `ValueError` for a name taken twice or a kind nobody declares."""
    known = {kind.name for kind in all_kinds()}
    wanted = frozenset(kinds)
    if name in _consumers:
        raise ValueError(f"Consumer {name!r} is registered twice.")
    if missing := wanted - known:
        raise ValueError(f"Consumer {name!r} waits for unknown event kinds: {', '.join(sorted(missing))}.")
    _consumers[name] = Consumer(name, wanted, handle)


def register_family(family: Family) -> None:
    """Add a family of outside consumers."""
    _families[family.prefix] = family


def unregister(name: str) -> None:
    """Take a consumer or a family away again (tests)."""
    _consumers.pop(name, None)
    _families.pop(name, None)


def names_for(kinds: Collection[str]) -> dict[str, list[str]]:
    """By event kind, every consumer that must hear of it. Asks each family once."""
    names = {kind: [one.name for one in _consumers.values() if kind in one.kinds] for kind in kinds}
    for family in _families.values():
        for kind, wanting in family.names_for(kinds).items():
            names[kind].extend(wanting)
    return names


def consumer_named(name: str) -> Consumer | None:
    """The plain consumer of this name."""
    return _consumers.get(name)


def family_of(name: str) -> Family | None:
    """The family a consumer name belongs to."""
    return _families.get(name.partition(":")[0]) if ":" in name else None
