"""Erasing a person on request: personal data goes everywhere, events and figures stay.

Every app that keeps personal data registers a step at start-up; all steps run in the one transaction of
`operations.erase`, so a person is erased everywhere or nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Step = Callable[[Sequence[int]], None]
"""Blanks what its app keeps of a person, given under all ids of the person. May run again."""

_steps: dict[str, Step] = {}


def register(name: str, step: Step) -> None:
    """Add a step. `ValueError` for a name taken by another one."""
    if _steps.get(name, step) is not step:
        raise ValueError(f"Erasure step {name!r} is registered twice.")
    _steps[name] = step


def steps() -> dict[str, Step]:
    """Every step by name, from the upper apps to the lower: what stands above still finds its own by what the lower
    ones know of the person (addresses, messages)."""
    return dict(reversed(_steps.items()))
