"""The hub: who is woken by what."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from mikomi.core.live.hub import REMEMBERED, Hub, Subscriber
from mikomi.core.live.streaming import MOST_TOPICS, Signal, encode, stream


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A hub without a listening thread."""
    monkeypatch.setattr(Hub, "_start", lambda self: None)
    return Hub()


async def heard(
    hub: Hub, topics: Sequence[str], *told: Sequence[str] | None, last_id: str = ""
) -> list[Signal]:
    """The signals a page gets when the hub is told these things."""
    signals = stream(topics, last_id, hub=hub, quiet_seconds=0.01)
    result = [await anext(signals)]
    for some in told:
        hub.tell(some)
    await asyncio.sleep(0.01)
    signal = await anext(signals)
    while signal.topics:
        result.append(signal)
        signal = await anext(signals)
    await signals.aclose()
    return result


def topics_of(signals: list[Signal]) -> list[tuple[str, ...]]:
    return [signal.topics for signal in signals]


def test_a_page_hears_what_it_asked_for_only(hub: Hub) -> None:
    signals = asyncio.run(
        heard(hub, ["inbox", "conversation:1"], ["conversation:2"], ["conversation:1", "today"])
    )
    assert topics_of(signals) == [(), ("conversation:1",)]


def test_what_comes_quickly_is_told_once(hub: Hub) -> None:
    signals = asyncio.run(heard(hub, ["inbox", "today"], *[["inbox"]] * 50, ["today"], ["inbox"]))
    assert topics_of(signals) == [(), ("inbox", "today")]


def test_a_quiet_line_is_kept_alive(hub: Hub) -> None:
    async def wait() -> list[Signal]:
        signals = stream(["inbox"], hub=hub, quiet_seconds=0.01)
        return [await anext(signals) for _number in range(3)]

    assert topics_of(asyncio.run(wait())) == [(), (), ()]


def test_a_page_that_reconnects_hears_what_it_missed(hub: Hub) -> None:
    first = asyncio.run(heard(hub, ["inbox"], ["inbox"]))
    hub.tell(["today"])
    hub.tell(["conversation:3"])
    again = asyncio.run(heard(hub, ["inbox", "today"], last_id=first[-1].id))
    assert topics_of(again) == [(), ("today",)]


@pytest.mark.parametrize("last_id", ["another-17", "x", "-", "another-"])
def test_a_page_of_another_process_looks_at_everything_again(hub: Hub, last_id: str) -> None:
    signals = asyncio.run(heard(hub, ["inbox", "today"], last_id=last_id))
    assert topics_of(signals) == [(), ("inbox", "today")]


def test_so_does_one_that_was_away_too_long_or_lost_notices(hub: Hub) -> None:
    hub.tell(["inbox"])
    for _number in range(REMEMBERED):
        hub.tell(["today"])
    assert topics_of(asyncio.run(heard(hub, ["inbox"], last_id=hub.id_of(0)))) == [(), ("inbox",)]
    assert topics_of(asyncio.run(heard(hub, ["inbox"], last_id=hub.id_of(REMEMBERED + 1)))) == [()]
    assert topics_of(asyncio.run(heard(hub, ["inbox"], None))) == [(), ("inbox",)]


def test_a_closed_page_is_forgotten(hub: Hub) -> None:
    asyncio.run(heard(hub, ["inbox", "today"], ["inbox"]))
    assert not hub._by_topic
    hub.tell(["inbox"])


def test_two_thousand_pages(hub: Hub) -> None:
    async def crowd() -> int:
        loop = asyncio.get_running_loop()
        pages = [Subscriber(["inbox", f"conversation:{number}"], loop) for number in range(2000)]
        for page in pages:
            hub.join(page, "")
        hub.tell(["inbox"])
        hub.tell(["conversation:7"])
        heard = await asyncio.gather(*(page.wait(5) for page in pages))
        return sum("inbox" in some for some in heard)

    assert asyncio.run(crowd()) == 2000


def test_too_many_topics_are_refused(hub: Hub) -> None:
    with pytest.raises(ValueError, match="topics at most"):
        asyncio.run(heard(hub, [f"conversation:{number}" for number in range(MOST_TOPICS + 1)]))


def test_on_the_wire() -> None:
    assert encode(Signal("a-1", ())) == b": a-1\nid: a-1\n\n"
    assert encode(Signal("a-2", ("inbox", "today"))) == (
        b"id: a-2\nevent: inbox\ndata: inbox\n\nid: a-2\nevent: today\ndata: today\n\n"
    )
