"""What a play is: one reaction to one or more kinds of events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from mikomi.core.events.kinds import from_json
from mikomi.core.events.models import Event

Payload = TypeVar("Payload")


@dataclass(frozen=True, slots=True)
class Play:
    """`do` runs when an event of a kind in `on` has happened, if `when` says so.

    `do` works in the database only, through operations of the apps below, and raises to be retried: its work
    and the mark "done" are one transaction. `when` is pure: it looks at nothing but the event.
    """

    name: str
    on: str | tuple[str, ...]
    do: Callable[[Event], None]
    when: Callable[[Event], bool] | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of events it reacts to."""
        return (self.on,) if isinstance(self.on, str) else self.on


def payload_of(event: Event, payload_class: type[Payload]) -> Payload:
    """The typed payload of an event. Raises `TypeError` if the event is of another kind."""
    payload = from_json(event.kind, event.payload)
    if not isinstance(payload, payload_class):
        raise TypeError(
            f"{event} carries {type(payload).__name__}, the play expects {payload_class.__name__}."
        )
    return payload
