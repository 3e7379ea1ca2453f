"""The command line as a person at a terminal meets it: run as a process, read what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mikomi import config

SAFE = {
    "MIKOMI_ENV": "production",
    "MIKOMI_SECRET_KEY": "k" * 40,
    "MIKOMI_DATABASE": "sqlite:///test.sqlite3",
}


def mikomi(*arguments: str, data: Path, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MIKOMI_")}
    environment = clean | SAFE | {"MIKOMI_DATA": str(data)} | settings
    command = [sys.executable, "-m", "mikomi", *arguments]
    return subprocess.run(
        command,
        cwd=config.ROOT,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with one owner."""
    folder = tmp_path_factory.mktemp("data")
    assert mikomi("upgrade", data=folder).returncode == 0
    made = mikomi(
        "createowner", "o@shop.example", "--password-stdin", data=folder, stdin="correct horse battery"
    )
    assert made.returncode == 0, made.stderr
    return folder


def test_a_wrong_setting_ends_with_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    done = mikomi("doctor", data=tmp_path, MIKOMI_LANGUAGE="fr")
    assert done.returncode == 2
    assert done.stderr == "mikomi: MIKOMI_LANGUAGE='fr' is not usable. Allowed: ja, en.\n"


def test_production_refuses_to_serve_without_a_secret_key(tmp_path: Path) -> None:
    done = mikomi("serve", data=tmp_path, MIKOMI_SECRET_KEY="")
    assert done.returncode == 2
    assert "MIKOMI_SECRET_KEY" in done.stderr


def test_serving_waits_for_the_upgrade(tmp_path: Path) -> None:
    done = mikomi("serve", "--port", "0", data=tmp_path)
    assert done.returncode == 2
    assert "mikomi upgrade" in done.stderr


def test_the_doctor_names_what_is_missing_and_how_to_mend_it(installed: Path) -> None:
    done = mikomi("doctor", data=installed)
    assert "ok    Schema: up to date" in done.stdout
    assert "ok    Owners: 1" in done.stdout
    assert "BAD   Worker" in done.stdout
    assert "mikomi worker" in done.stdout
    assert done.returncode == 1


def test_a_weak_password_is_refused_in_words(installed: Path) -> None:
    done = mikomi("createowner", "p@shop.example", "--password-stdin", data=installed, stdin="12345678")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "mikomi:" in done.stderr


def test_a_backup_restores_into_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar.gz"
    assert mikomi("backup", str(archive), data=installed).returncode == 0
    empty = tmp_path / "empty"
    restored = mikomi("restore", str(archive), data=empty)
    assert restored.returncode == 0, restored.stderr
    assert "left since the backup: 0." in restored.stdout
    assert "ok    Owners: 1" in mikomi("doctor", data=empty).stdout


def test_nothing_starts_on_a_backup_that_was_not_put_back_to_its_end(installed: Path, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar.gz"
    mikomi("backup", str(archive), data=installed)
    mark = installed / "restoring"
    mark.touch()
    refused = mikomi("worker", data=installed)
    assert (refused.returncode, "mikomi restore --replace" in refused.stderr) == (2, True)
    assert mikomi("restore", str(archive), "--replace", "--moved", data=installed).stdout == "Restored.\n"
    assert not mark.exists()


def test_a_restore_never_overwrites_without_being_told(installed: Path, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar.gz"
    mikomi("backup", str(archive), data=installed)
    done = mikomi("restore", str(archive), data=installed)
    assert done.returncode == 2
    assert "--replace" in done.stderr


def test_a_damaged_backup_is_refused_and_changes_nothing(installed: Path, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar.gz"
    mikomi("backup", str(archive), data=installed)
    archive.write_bytes(archive.read_bytes()[:-2000])
    done = mikomi("restore", str(archive), "--replace", data=installed)
    assert done.returncode == 2
    assert "not a whole backup" in done.stderr
    assert "ok    Owners: 1" in mikomi("doctor", data=installed).stdout
