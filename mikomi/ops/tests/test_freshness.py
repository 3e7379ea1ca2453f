"""A second start knows from the file alone that there is nothing to prepare."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mikomi.ops import freshness
from mikomi.ops.tests.test_command_line import installed, mikomi

__all__ = ["installed"]  # the fixture


def database(folder: Path) -> Path:
    return folder / "test.sqlite3"


def test_an_upgraded_database_is_known_without_django(installed: Path) -> None:
    found = freshness.look(database(installed), email="o@shop.example")
    assert found == freshness.Look(has_business=False, has_user=True, has_users=True)
    other = freshness.look(database(installed), email="nobody@shop.example")
    assert other is not None
    assert not other.has_user


def test_a_new_migration_makes_it_old(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness, "stamp_of_code", lambda: 1)
    assert freshness.look(database(installed), email="o@shop.example") is None


def test_an_older_copy_that_was_put_back_is_old(installed: Path, tmp_path: Path) -> None:
    assert mikomi("backup", str(tmp_path / "b.tar.gz"), data=installed).returncode == 0
    assert freshness.look(database(installed), email="") is not None
    with closing(sqlite3.connect(database(installed))) as file:
        file.execute("PRAGMA user_version = 7")
    done = mikomi("restore", str(tmp_path / "b.tar.gz"), "--replace", data=installed)
    assert done.returncode == 0, done.stderr
    assert freshness.look(database(installed), email="") is not None


@pytest.mark.parametrize("content", [b"", b"this is no database, whatever its name says"])
def test_what_is_no_database_of_ours_is_left_to_django(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "test.sqlite3"
    assert freshness.look(path, email="") is None
    path.write_bytes(content)
    assert freshness.look(path, email="") is None
