"""A way to put consumers up for one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mikomi.core.events import consumers, outside, running
from mikomi.core.events.consumers import Family, Handler

Listen = Callable[..., None]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """`listen("name", handler)` registers a consumer of test events, and takes it away after the test."""
    names: list[str] = []

    def register(name: str, handle: Handler, *kinds: str) -> None:
        consumers.register(name, kinds=kinds or ("test.ping",), handle=handle)
        names.append(name)

    yield register
    for name in names:
        consumers.unregister(name)


@pytest.fixture
def family() -> Iterator[Callable[[Family], None]]:
    """Registers a family of outside consumers for one test."""
    prefixes: list[str] = []

    def register(one: Family) -> None:
        consumers.register_family(one)
        prefixes.append(one.prefix)

    yield register
    for prefix in prefixes:
        consumers.unregister(prefix)
    outside._resting.clear()
    running._interrupted.clear()
