"""What an open page hears: server-sent events by topics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass

from mikomi.core.live.hub import Hub, Subscriber
from mikomi.core.live.hub import hub as _hub

QUIET_SECONDS = 20.0
"""After so long without news a comment is sent, so that proxies don't close the line and a gone page is noticed."""
MOST_TOPICS = 200


@dataclass(frozen=True, slots=True)
class Signal:
    """`topics` have changed; none: the line is alive. `id`: what a page that reconnects sends as Last-Event-ID."""

    id: str
    topics: tuple[str, ...]


async def stream(
    topics: Collection[str], last_id: str = "", *, hub: Hub = _hub, quiet_seconds: float = QUIET_SECONDS
) -> AsyncGenerator[Signal, None]:
    """Signals for these topics until the caller ends it; the first one, without topics, comes at once.

    The caller decides before whether the topics may be heard. Raises `ValueError` for more than `MOST_TOPICS`.
    """
    if len(topics) > MOST_TOPICS:
        raise ValueError(f"A page listens to {MOST_TOPICS} topics at most, not {len(topics)}.")
    subscriber = Subscriber(topics, asyncio.get_running_loop())
    hub.join(subscriber, last_id)
    try:
        yield Signal(hub.id_of(subscriber.last), ())
        while True:
            changed = await subscriber.wait(quiet_seconds)
            yield Signal(hub.id_of(subscriber.last), changed)
    finally:
        hub.leave(subscriber)


def encode(signal: Signal) -> bytes:
    """A signal on the wire: one event named after each topic (htmx: `sse-swap="conversation:17"`), or a comment."""
    if not signal.topics:
        return f": {signal.id}\nid: {signal.id}\n\n".encode()
    events = [f"id: {signal.id}\nevent: {topic}\ndata: {topic}\n\n" for topic in signal.topics]
    return "".join(events).encode()
