"""Kill −9 of workers at any point loses nothing and does nothing twice."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from tests import killing

EVENTS = 600
KILLS = 25


@pytest.fixture
def database(transactional_db: None, tmp_path: Path) -> str:
    """The URL of a migrated, empty database that other processes can open."""
    if connection.vendor == "sqlite":
        path = tmp_path / "kill.sqlite3"
        connection.ensure_connection()
        copy = sqlite3.connect(path)
        connection.connection.backup(copy)
        copy.close()
        return f"sqlite:///{path}"
    spec = connection.settings_dict
    user = quote(spec["USER"]) + (":" + quote(spec["PASSWORD"]) if spec["PASSWORD"] else "")
    return f"postgresql://{user}@:{spec['PORT']}/{spec['NAME']}?host={spec['HOST']}"


def test_killed_workers_lose_nothing_and_do_nothing_twice(database: str, tmp_path: Path) -> None:
    """Given two workers on 600 events, when 25 of them are killed at random moments, then all is done once."""
    report = killing.run(database, str(tmp_path), events=EVENTS, kills=KILLS, seed=2026)

    assert report["events"] == {"test.ping": EVENTS, "test.pong": EVENTS}
    assert (report["lost"], report["doubled"]) == (0, 0), report
    assert report["deliveries"] == {"done": 4 * EVENTS}
    assert report["tasks"] == {"SUCCESSFUL": 20}
    assert report["tasks_noted"] == 20
