"""Who else keeps note of the conversation that an arrival went to: told in the transaction that moves messages.

A channel lies above the desk, so it registers itself at start-up (as `customers.erasure` does).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Moved = Callable[[Sequence[int], int], object]
"""Takes the ids of arrivals and of the conversation that their messages stand in now."""

_told: dict[str, Moved] = {}


def register(name: str, moved: Moved) -> None:
    """Let `name` hear of moved messages. `ValueError` for a name taken by another function."""
    if _told.get(name, moved) is not moved:
        raise ValueError(f"{name!r} is registered twice.")
    _told[name] = moved


def tell(intake_ids: Sequence[int], conversation_id: int) -> None:
    """These arrivals' messages stand in this conversation now."""
    if intake_ids:
        for moved in _told.values():
            moved(intake_ids, conversation_id)
