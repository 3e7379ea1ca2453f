"""What a channel makes of a raw arrival: it goes into a conversation, is ignored, or waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mikomi.conversations.records import IncomingMessage

Effect = Callable[[], object]


@dataclass(frozen=True, slots=True)
class File:
    """Into a conversation. `effects` run in the same transaction."""

    message: IncomingMessage
    detail: dict[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    parser_version: int = 0


@dataclass(frozen=True, slots=True)
class Ignore:
    """Into no conversation, with the reason as a code. `effects` run in the same transaction."""

    reason: str
    detail: dict[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    parser_version: int = 0


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Kept for a person to look at, with the reason as a code and what went wrong in words of the machine."""

    reason: str
    error: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    parser_version: int = 0


Verdict = File | Ignore | Quarantine
