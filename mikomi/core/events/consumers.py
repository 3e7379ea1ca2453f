"""Who hears of events. Filled at start-up by the playbook and the webhooks; core knows neither.

A *plain* consumer works inside the database: its work and the mark "done" are one transaction, so it happens
exactly once. An *outside* consumer (a webhook) talks to others: it is called outside any transaction, at least
once, and must carry the event's id so that the other side can tell repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mikomi.core.events.kinds import all_kinds

if TYPE_CHECKING:
    from mikomi.core.events.models import Delivery, Event

Handler = Callable[["Event"], None]


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
    """Consumers that are rows, not code (webhook endpoints): named `<prefix>:<id>`."""

    prefix: str
    names_for: Callable[[str], Iterable[str]]
    """The consumer names that want an event of this kind."""
    handle: Callable[[Delivery], None]


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
    """Take a consumer away again (tests)."""
    _consumers.pop(name, None)


def names_for(kind: str) -> list[str]:
    """Every consumer that must hear of an event of this kind."""
    names = [consumer.name for consumer in _consumers.values() if kind in consumer.kinds]
    for family in _families.values():
        names.extend(family.names_for(kind))
    return names


def consumer_named(name: str) -> Consumer | None:
    """The plain consumer of this name."""
    return _consumers.get(name)


def family_of(name: str) -> Family | None:
    """The family a consumer name belongs to."""
    return _families.get(name.partition(":")[0]) if ":" in name else None
