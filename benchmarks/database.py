"""A database for one benchmark: made, migrated, measured and thrown away; an installation's own is never touched.

    with temporary("sqlite"):
        from mikomi… import …      # Django is set up only now

One process can use one engine only, because Django reads its settings once: `in_child` runs a function of a
benchmark in a process of its own and gives back what it returned.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from tests.postgres import DURABLE, private_cluster, server_programs

ROOT = Path(__file__).resolve().parent.parent
Engine = Literal["sqlite", "postgresql"]


def engines() -> list[Engine]:
    """The engines that can be measured on this machine."""
    return ["sqlite", "postgresql"] if server_programs() else ["sqlite"]


@contextmanager
def temporary(engine: Engine, *, migrate: bool = True) -> Iterator[Path]:
    """Set Django up on an empty database of this engine; yields the data folder. PostgreSQL runs durably."""
    with tempfile.TemporaryDirectory(prefix="mikomi-bench-", ignore_cleanup_errors=True) as folder:
        os.environ.update(MIKOMI_ENV="test", MIKOMI_DATA=folder, MIKOMI_HTTPS="0", MIKOMI_LOG="error")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mikomi.settings")
        if engine == "sqlite":
            os.environ["MIKOMI_DATABASE"] = "sqlite:///benchmark.sqlite3"
            yield from _ready(Path(folder), migrate)
        else:
            with private_cluster(DURABLE) as url:
                os.environ["MIKOMI_DATABASE"] = url
                yield from _ready(Path(folder), migrate)


def _ready(folder: Path, migrate: bool) -> Iterator[Path]:
    import django
    from django.core.management import call_command
    from django.db import connections

    from mikomi.core import collector

    django.setup()
    collector.settle()  # as `mikomi` does
    if migrate:
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    try:
        yield folder
    finally:
        connections.close_all()


def in_child(module: str, *arguments: str) -> Any:
    """What `python -m MODULE ARGUMENTS` printed as JSON in its last line. Raises `RuntimeError` if it failed."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with code {done.returncode}.")
    return json.loads(done.stdout.strip().splitlines()[-1])
