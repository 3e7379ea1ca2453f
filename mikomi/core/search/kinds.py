"""What can be found, and the right it takes. Filled at start-up by the apps above; core knows none of them."""

from __future__ import annotations

from mikomi.core.access.actor import Actor
from mikomi.core.access.rules import Permission

_kinds: dict[str, Permission] = {}


class UnknownKindError(ValueError):
    """Nobody has registered this kind of entry."""


def register(kind: str, permission: Permission) -> None:
    """Let entries of `kind` be indexed, and found by who has `permission`. `ValueError` for a kind taken twice."""
    if _kinds.get(kind, permission) != permission:
        raise ValueError(f"Search kind {kind!r} is registered twice: {_kinds[kind]} and {permission}.")
    _kinds[kind] = permission


def require_known(kinds: set[str]) -> None:
    """Raise `UnknownKindError` for a kind that isn't registered."""
    if unknown := kinds - set(_kinds):
        raise UnknownKindError(
            f"Search kinds not registered with kinds.register: {', '.join(sorted(unknown))}."
        )


def visible_to(actor: Actor) -> frozenset[str]:
    """The kinds that the actor may find."""
    return frozenset(kind for kind, permission in _kinds.items() if actor.may(permission))
