"""Kill −9 at any step of a delivery: nothing is lost, nothing is sent twice by itself."""

from __future__ import annotations

import json
from pathlib import Path

from tests import processes


def test_killed_at_any_step(shared_database: str, tmp_path: Path) -> None:
    server = tmp_path / "server"
    server.touch()
    program = f"from mikomi.outbox.tests import killing; killing.main({str(server)!r})"
    report = json.loads(processes.run(program, shared_database, tmp_path))
    # before anything was said to the server, another worker sends it; after that, a person decides
    assert report["states"] == {
        "claimed": "sent",
        "begun": "uncertain",
        "handed_over": "uncertain",
        "marked": "sent",
    }
    assert report["handed"] == {"claimed": 1, "begun": 0, "handed_over": 1, "marked": 1}
