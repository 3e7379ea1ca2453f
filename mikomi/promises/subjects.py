"""What promises are about. Apps above register their kinds at start-up; the ledger knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from mikomi.promises.models import Promise


@dataclass(frozen=True, slots=True)
class SubjectView:
    """A subject as people see it: what it is called and the address of its page."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A kind of subject. `load` gives the views of these ids in one query; what no longer exists is left out."""

    name: str
    load: Callable[[Collection[int]], dict[int, SubjectView]]


_kinds: dict[str, SubjectKind] = {}


def register(kind: SubjectKind) -> None:
    """Add a kind. Raises `ValueError` for a name that is taken by another."""
    if kind.name in _kinds and _kinds[kind.name] != kind:
        raise ValueError(f"The subject kind {kind.name!r} is registered twice.")
    _kinds[kind.name] = kind


def views(promises: Iterable[Promise]) -> dict[tuple[str, int], SubjectView]:
    """The subjects of these promises by type and id: one query for each kind."""
    wanted: dict[str, set[int]] = {}
    for promise in promises:
        if promise.subject_id is not None:
            wanted.setdefault(promise.subject_type, set()).add(promise.subject_id)
    found = {}
    for name, ids in wanted.items():
        if kind := _kinds.get(name):
            found.update({(name, key): view for key, view in kind.load(ids).items()})
    return found
