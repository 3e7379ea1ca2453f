"""Our own texts that quote or repeat facts: apps above register what customers get from them (templates, forms)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from mikomi.facts.records import OwnText


@dataclass(frozen=True, slots=True)
class Source:
    """`texts`: all in use. `seen`: how many messages were sent with a text since a moment; none: nobody counts."""

    name: str
    label: str | Promise
    texts: Callable[[], Iterable[OwnText]]
    seen: Callable[[str, datetime], int | None]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source. Raises `ValueError` for a name taken twice."""
    if source.name in _sources:
        raise ValueError(f"Source of texts {source.name!r} is registered twice.")
    _sources[source.name] = source


def unregister(name: str) -> None:
    """Take a source away again (tests)."""
    _sources.pop(name, None)


def all_sources() -> list[Source]:
    """Every source, in the order of registration."""
    return list(_sources.values())


def label_of(name: str) -> str:
    """What a source is called."""
    return str(_sources[name].label) if name in _sources else name
