"""Backup and restore: the database and all files in one archive, with checksums.

SQLite is copied by its own online backup while everybody works on; PostgreSQL by `pg_dump` of the same major
version. Files are added after the database: a file is stored before its row, so every row's file is there. They come
from the data folder, or one by one out of the S3-compatible store, and go back to the place that is used then: a backup
also moves an installation from the one to the other.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection

from mikomi import __version__
from mikomi.core import clock
from mikomi.core.files.blobs import blobs
from mikomi.core.files.paths import blob_path, root
from mikomi.ops import upgrading
from mikomi.ops.cli import CommandError

MANIFEST = "manifest.json"
FILES = PurePosixPath("files")
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written. `missing`: contents (by hash) that have a row but whose bytes the file store has lost, or holds
    damaged."""

    path: Path
    missing: list[str]


def backup(target: Path) -> Backup:
    """Write everything to `target` (a .tar.gz). It appears whole or not at all."""
    missing: list[str] = []
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / ("database.sqlite3" if connection.vendor == "sqlite" else "database.dump")
        before = _contents()
        _dump_sqlite(dump) if connection.vendor == "sqlite" else _dump_postgresql(dump)
        part = Path(folder) / "part.tar.gz"
        with tarfile.open(part, "w:gz", compresslevel=6) as archive:
            _add_manifest(archive, dump)
            archive.add(dump, dump.name)
            if settings.FILES_STORE:
                missing = _add_from_store(archive, before | _contents(), Path(folder) / "content")
            elif (settings.DATA_DIR / "files").exists():
                archive.add(settings.DATA_DIR / "files", "files")
        part.replace(target)
    return Backup(target, missing)


def _contents() -> dict[str, int]:
    """Hash and size of every content that has a row, if files lie in a store. Asked before and after the database is
    copied, it names every content of the copy: bytes stay a day longer than their row."""
    from mikomi.core.files.models import StoredFile

    if not settings.FILES_STORE:
        return {}
    return dict(StoredFile.objects.values_list("sha256", "size").iterator())


def _add_from_store(archive: tarfile.TarFile, contents: dict[str, int], place: Path) -> list[str]:
    """Copy each content by way of the file `place`; answers those that the store has lost or damaged. Trouble with the
    store itself ends the backup."""
    lost = []
    for sha256, size in sorted(contents.items()):
        try:
            is_whole = _fetch(sha256, size, place)
        except OSError as error:
            raise CommandError(
                f"The content {sha256} can't be read from the file store, so no backup was written: {error}."
                " Run `mikomi doctor`; it says what is wrong with the store."
            ) from error
        if is_whole:
            archive.add(place, str(FILES / blob_path(sha256).relative_to(root())))
        else:
            lost.append(sha256)
    return lost


def _fetch(sha256: str, size: int, place: Path) -> bool:
    """Copy a content out of the store into the file `place`. Whether it is there, and the one that was kept."""
    digest = hashlib.sha256()
    try:
        with blobs().open(sha256) as stream, place.open("wb") as file:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
    except FileNotFoundError:
        return False
    return place.stat().st_size == size and digest.hexdigest() == sha256


def _add_manifest(archive: tarfile.TarFile, dump: Path) -> None:
    manifest = {
        "mikomi": __version__,
        "engine": connection.vendor,
        "made_at": clock.now().isoformat(),
        "database": dump.name,
        "sha256": _digest(dump),
    }
    data = json.dumps(manifest, indent=2).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _dump_sqlite(target: Path) -> None:
    connection.ensure_connection()
    with sqlite3.connect(target) as copy:
        connection.connection.backup(copy)
    copy.close()


def _postgresql_environment() -> dict[str, str]:
    spec = connection.settings_dict
    import os

    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    return dict(os.environ) | {name: str(spec[key]) for name, key in names.items() if spec[key]}


def _run(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise CommandError(
            f"{program} is not found; install PostgreSQL's client programs of the server's version."
        )
    done = subprocess.run(
        [path, *arguments], env=_postgresql_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(f"{program} failed: {done.stderr.strip()}")


def _dump_postgresql(target: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def restore(source: Path, *, replace: bool) -> None:
    """Put a backup back. Refuses a damaged archive, one of the other engine, and (without `replace`) existing data.

    Nothing starts on it (`upgrading.half_restored`) before the caller has looked through it (`restoring`).
    """
    if not source.is_file():
        raise CommandError(f"{source} is not a file.")
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        unpacked = Path(folder)
        try:
            with tarfile.open(source, "r:gz") as archive:
                archive.extractall(unpacked, filter="data")
            manifest = json.loads((unpacked / MANIFEST).read_text())
        except (tarfile.TarError, OSError, EOFError, ValueError) as error:
            raise CommandError(f"{source} is not a whole backup of Mikomi: {error}") from error
        _refuse_unfit(manifest, unpacked, replace=replace)
        dump = unpacked / manifest["database"]
        upgrading.half_restored().touch()
        _restore_sqlite(dump) if connection.vendor == "sqlite" else _restore_postgresql(dump)
        _restore_files(unpacked / "files")


def _refuse_unfit(manifest: dict[str, Any], unpacked: Path, *, replace: bool) -> None:
    if manifest["engine"] != connection.vendor:
        raise CommandError(
            f"This backup is of {manifest['engine']}, this installation runs on {connection.vendor}."
        )
    if manifest["sha256"] != _digest(unpacked / manifest["database"]):
        raise CommandError("The backup is damaged: its database's checksum is not the one in its manifest.")
    if not replace and connection.introspection.table_names():
        raise CommandError("There is data here already. Stop Mikomi and say --replace to overwrite it.")


def _restore_sqlite(dump: Path) -> None:
    """Through SQLite's own backup, so that the live file is replaced whole, in one transaction."""
    connection.ensure_connection()
    with sqlite3.connect(dump) as copy:
        copy.backup(connection.connection)
    copy.close()


def _restore_postgresql(dump: Path) -> None:
    _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
         f"--dbname={connection.settings_dict['NAME']}", str(dump))  # fmt: skip


def _restore_files(folder: Path) -> None:
    """Add the files of the backup; contents are named by their hash, so nothing is overwritten with other bytes."""
    place = blobs()
    for path in folder.glob("??/??/*"):
        place.put(path, path.name, path.stat().st_size)
