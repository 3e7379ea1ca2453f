"""Two kinds of events that only tests record."""

from __future__ import annotations

from dataclasses import dataclass

from mikomi.core.events.kinds import event_kind


@event_kind("test.ping", "Ping")
@dataclass(frozen=True, slots=True)
class Ping:
    number: int


@event_kind("test.pong", "Pong")
@dataclass(frozen=True, slots=True)
class Pong:
    number: int
