"""Who uses stored files. Apps register a function at start-up; a file that nobody uses may be deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

InUse = Callable[[Sequence[int]], Iterable[int | None]]
"""Given ids of files, those of them that the app still points at."""

_users: dict[str, InUse] = {}


def register(name: str, in_use: InUse) -> None:
    """Let `name` say which files it uses. `ValueError` for a name taken by another function."""
    if _users.get(name, in_use) is not in_use:
        raise ValueError(f"File user {name!r} is registered twice.")
    _users[name] = in_use


def still_used(file_ids: Sequence[int]) -> set[int]:
    """Those of these files that some app uses."""
    ids = list(file_ids)
    return {file_id for in_use in _users.values() for file_id in in_use(ids) if file_id is not None}
