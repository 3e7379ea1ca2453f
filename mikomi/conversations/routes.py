"""Over which channel an answer goes, given the one that the customer came by. Channels register themselves."""

from __future__ import annotations

_answers_by: dict[str, str] = {}


def register(channel: str, *, answers_by: str) -> None:
    """Say how messages of a channel are answered: a web form by "email", chat by "chat"."""
    _answers_by[channel] = answers_by


def route(channel: str, preferred: str = "") -> str:
    """The channel of an answer: the one the customer prefers if it can deliver, else the natural one of `channel`."""
    if preferred and _answers_by.get(preferred) == preferred:
        return preferred
    return _answers_by.get(channel, "email")
