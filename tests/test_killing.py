"""Kill −9 of workers at any point loses nothing and does nothing twice."""

from __future__ import annotations

from pathlib import Path

from tests import killing

EVENTS = 300
KILLS = 20


def test_killed_workers_lose_nothing_and_do_nothing_twice(shared_database: str, tmp_path: Path) -> None:
    """Given two workers on 300 events, when 20 of them are killed at random moments, then all is done once."""
    report = killing.run(shared_database, tmp_path, events=EVENTS, kills=KILLS, seed=2026)

    assert report["events"] == {"test.ping": EVENTS, "test.pong": EVENTS}
    assert (report["lost"], report["doubled"]) == (0, 0), report
    assert report["deliveries"] == {"done": 4 * EVENTS}
    assert report["tasks"] == {"SUCCESSFUL": 20}
    assert report["tasks_noted"] == 20
