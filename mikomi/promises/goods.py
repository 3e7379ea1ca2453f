"""Goods that promises need: apps above register what they know is missing; the ledger knows no goods itself."""

from __future__ import annotations

from collections.abc import Callable, Collection

from mikomi.promises.judged import Judgeable
from mikomi.promises.models import Promise
from mikomi.promises.rules.circumstances import Shortage

NEEDY = frozenset({Promise.Kind.DELIVERY.value, Promise.Kind.SHIPPING.value})
"""Kinds that can't be kept while goods are missing."""

LoadShortages = Callable[[Collection[int] | None], dict[int, Shortage]]
_kinds: dict[str, LoadShortages] = {}


def register(subject_type: str, load: LoadShortages) -> None:
    """Say what is missing for subjects of this type: ids (none: all there are) to shortages, in few queries; what
    lacks nothing, or needs nothing any more, is left out. Raises `ValueError` for a type taken by another."""
    if _kinds.get(subject_type, load) is not load:
        raise ValueError(f"The goods of {subject_type!r} are registered twice.")
    _kinds[subject_type] = load


def forget(subject_type: str) -> None:
    """Take a type away again (tests, benchmarks)."""
    _kinds.pop(subject_type, None)


def shortages(promises: Collection[Judgeable]) -> dict[tuple[str, int], Shortage]:
    """What is missing for the subjects of these promises."""
    wanted: dict[str, set[int]] = {}
    for promise in promises:
        if promise.subject_id is not None and promise.kind in NEEDY and promise.subject_type in _kinds:
            wanted.setdefault(promise.subject_type, set()).add(promise.subject_id)
    return {(kind, key): one for kind, ids in wanted.items() for key, one in _kinds[kind](ids).items()}


def all_shortages() -> dict[tuple[str, int], Shortage]:
    """What is missing anywhere."""
    return {(kind, key): one for kind, load in _kinds.items() for key, one in load(None).items()}
