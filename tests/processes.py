"""Tests with several processes: a database that others can open, and Python programs on it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import IO
from urllib.parse import quote

import pytest
from django.db import connection

from tests.paths import ROOT


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> str:
    """The URL of a migrated, empty database of the engine under test that other processes can open."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        path = tmp_path / "shared.sqlite3"
        copy = sqlite3.connect(path)
        connection.connection.backup(copy)
        copy.close()
        return f"sqlite:///{path}"
    spec = connection.settings_dict
    user = quote(str(spec["USER"])) + (":" + quote(str(spec["PASSWORD"])) if spec["PASSWORD"] else "")
    port = f":{spec['PORT']}" if spec["PORT"] else ""
    return f"postgresql://{user}@{port}/{spec['NAME']}?host={spec['HOST']}"


def start(program: str, database: str, data: Path) -> subprocess.Popen[str]:
    """Run a Python program with Django's settings for this database; its output is read by the caller."""
    environment = dict(os.environ) | {
        "MIKOMI_DATABASE": database, "MIKOMI_DATA": str(data), "MIKOMI_ENV": "test", "MIKOMI_LOG": "error",
        "DJANGO_SETTINGS_MODULE": "mikomi.settings", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    program = "import django; django.setup()\n" + program
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )


def output_of(process: subprocess.Popen[str]) -> IO[str]:
    """What the process prints, line by line."""
    assert process.stdout is not None
    return process.stdout


def run(program: str, database: str, data: Path) -> str:
    """Run a program to its end; its output. Raises `AssertionError` if it failed."""
    process = start(program, database, data)
    output, _none = process.communicate(timeout=300)
    assert process.returncode == 0
    return output
