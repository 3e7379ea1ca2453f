"""One hub per web process: a thread hears what changed in the database and wakes the pages that asked for it."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

from mikomi.core import clock
from mikomi.core.live import listening

LINGER_SECONDS = 60.0
"""How long the hub goes on listening after the last page: a person who walks from page to page misses nothing."""
REMEMBERED = 1000
"""How many notices a page that reconnects can catch up on one by one."""


class Subscriber:
    """One open page: the topics it wants, and those of them that changed since it last looked."""

    __slots__ = ("_changed", "_loop", "_pending", "last", "topics")

    def __init__(self, topics: Iterable[str], loop: asyncio.AbstractEventLoop) -> None:
        self.topics = frozenset(topics)
        self.last = 0
        self._pending: dict[str, None] = {}
        self._changed = asyncio.Event()
        self._loop = loop

    def add(self, number: int, topics: Iterable[str]) -> None:
        """In the page's own loop: something changed. However much comes, at most all its topics are kept."""
        self.last = max(self.last, number)
        self._pending.update(dict.fromkeys(topics))
        self._changed.set()

    def add_from_outside(self, number: int, topics: Sequence[str]) -> None:
        """From another thread; a loop that has ended needs nothing."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.add, number, topics)

    async def wait(self, seconds: float) -> tuple[str, ...]:
        """The topics that changed; none after so many seconds of silence."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return ()
        changed = tuple(self._pending)
        self._pending.clear()
        self._changed.clear()
        return changed


class Hub:
    """Who listens to what. All methods may be called from any thread."""

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(4)
        self._lock = threading.Lock()
        self._by_topic: dict[str, set[Subscriber]] = defaultdict(set)
        self._remembered: deque[tuple[int, tuple[str, ...]]] = deque(maxlen=REMEMBERED)
        self._number = 0
        self._thread: threading.Thread | None = None
        self._needed = threading.Event()
        self._left_at = 0.0

    def join(self, subscriber: Subscriber, last_id: str) -> None:
        """Add a page; if it was here before, it hears at once of what it missed."""
        with self._lock:
            for topic in subscriber.topics:
                self._by_topic[topic].add(subscriber)
            missed = self._missed(subscriber.topics, last_id)
            subscriber.last = self._number
            self._needed.set()
            self._start()
        if missed:
            subscriber.add(subscriber.last, missed)

    def leave(self, subscriber: Subscriber) -> None:
        """Forget a page that was closed."""
        with self._lock:
            for topic in subscriber.topics:
                self._by_topic[topic].discard(subscriber)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]
            self._left_at = clock.monotonic()

    def is_needed(self) -> bool:
        """Whether a page is open, or was a moment ago; the listening thread asks."""
        with self._lock:
            if self._by_topic or clock.monotonic() - self._left_at < LINGER_SECONDS:
                return True
            self._needed.clear()
            return False

    def wait_until_needed(self) -> None:
        """Sleep until a page opens."""
        self._needed.wait()

    def id_of(self, number: int) -> str:
        """The id a page sends back when it reconnects."""
        return f"{self.epoch}-{number}"

    def _missed(self, topics: frozenset[str], last_id: str) -> list[str]:
        """What changed since `last_id`; everything, if that was in another process or too long ago."""
        if not last_id:
            return []
        epoch, _dash, text = last_id.partition("-")
        known = epoch == self.epoch and text.isascii() and text.isdigit()
        oldest = self._remembered[0][0] if self._remembered else self._number + 1
        if not known or int(text) + 1 < oldest:
            return sorted(topics)
        return [
            topic
            for number, some in self._remembered
            if number > int(text)
            for topic in some
            if topic in topics
        ]

    def tell(self, topics: Sequence[str] | None) -> None:
        """Wake the pages that want one of these topics. None: notices may be lost, wake every page for all it wants."""
        with self._lock:
            self._number += 1
            number = self._number
            wanted = self._everything() if topics is None else self._wanted(topics)
        for one, some in wanted.items():
            one.add_from_outside(number, some)

    def _wanted(self, topics: Sequence[str]) -> Mapping[Subscriber, list[str]]:
        self._remembered.append((self._number, tuple(topics)))
        wanted: dict[Subscriber, list[str]] = defaultdict(list)
        for topic in topics:
            for one in self._by_topic.get(topic, ()):
                wanted[one].append(topic)
        return wanted

    def _everything(self) -> Mapping[Subscriber, list[str]]:
        self._remembered.clear()
        everybody = {one for some in self._by_topic.values() for one in some}
        return {one: sorted(one.topics) for one in everybody}

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=listening.listen, args=(self,), name="live", daemon=True)
            self._thread.start()


hub = Hub()
