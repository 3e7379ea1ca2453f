"""Kill −9 of workers at any point loses nothing and does nothing twice."""

from __future__ import annotations

from pathlib import Path

from tests import killing, killing_hooks

EVENTS = 300
KILLS = 20


def test_killed_workers_lose_nothing_and_do_nothing_twice(shared_database: str, tmp_path: Path) -> None:
    """Given two workers on 300 events, calls of a shop and a webhook, when 20 of them are killed at random moments
    and one call ends each that applies it, then all is done once and that call is set aside."""
    report = killing.run(shared_database, tmp_path, events=EVENTS, kills=KILLS, seed=2026)

    assert report["events"] == {"test.ping": EVENTS, "test.pong": EVENTS}
    assert (report["lost"], report["doubled"]) == (0, 0), report
    assert report["deliveries"] == {"done": 4 * EVENTS}
    assert report["tasks"] == {"SUCCESSFUL": 20}
    assert report["tasks_noted"] == 20

    # What the shop sent is there once; the call that ends the process waits for a person.
    assert report["calls"] == {"applied": killing_hooks.ORDERS, "failed": 1}
    assert report["calls_failed"] == {killing_hooks.POISON: "crashed"}
    assert report["orders"] == [killing_hooks.ORDERS] * 3

    # Every webhook was heard: at least once, by its own id.
    assert report["webhooks"] == {"done": EVENTS}
    assert (report["webhooks_missing"], report["webhooks_heard"]) == (0, EVENTS)
