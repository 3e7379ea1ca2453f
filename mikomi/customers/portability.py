"""Giving a person everything we keep about them: each app registers what it has, as plain JSON values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Collect = Callable[[Sequence[int]], Any]
"""Everything its app keeps of a person (given under all ids), as JSON: dicts, lists, texts, numbers."""

_collectors: dict[str, Collect] = {}


def register(name: str, collect: Collect) -> None:
    """Add a part called `name`. `ValueError` for a name taken by another one."""
    if _collectors.get(name, collect) is not collect:
        raise ValueError(f"Part {name!r} of a person's data is registered twice.")
    _collectors[name] = collect


def collect(customer_ids: Sequence[int]) -> dict[str, Any]:
    """Every part by its name."""
    return {name: function(customer_ids) for name, function in _collectors.items()}
