"""Where the bytes lie: on the disk of the data folder, or in an S3-compatible store (`MIKOMI_FILES`).

Both keep a content under its SHA-256 and answer only when it is durable there.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.utils.module_loading import import_string

from mikomi.core.files.paths import blob_path, root

PROBE = b"mikomi"
Known = Callable[[Sequence[str]], set[str]]
"""Given hashes, those of them that have a row."""


class Blobs(Protocol):
    """A place for bytes."""

    def put(self, temporary: Path, sha256: str, size: int) -> None:
        """Keep the bytes of this file, durably. Raises `OSError`; nothing is kept then."""

    def open(self, sha256: str) -> BinaryIO:
        """The bytes as a stream. Raises `FileNotFoundError`, `OSError`."""

    def sweep(self, known: Known, before: float) -> int:
        """Delete what is older than `before` (seconds) and has no row; how many."""

    def probe(self) -> None:
        """Write, read and delete something small, as everybody who uses the place does. Raises `OSError` in words."""


class Disk:
    """Under `files/ab/cd/<sha256>` in the data folder."""

    def put(self, temporary: Path, sha256: str, size: int) -> None:
        """Move into place. What is there already and whole only gets a new date, so that `sweep` leaves it alone."""
        final = blob_path(sha256)
        if final.exists() and final.stat().st_size == size:
            os.utime(final)
            return
        for folder in (final.parent.parent, final.parent):
            _make_durable(folder)
        temporary.replace(final)
        _sync_folder(final.parent)

    def open(self, sha256: str) -> BinaryIO:
        return blob_path(sha256).open("rb")

    def sweep(self, known: Known, before: float) -> int:
        deleted = 0
        for folder in sorted(root().glob("??/??")):
            names = [path.name for path in folder.iterdir()]
            for name in set(names) - known(names):
                if (folder / name).stat().st_mtime < before:
                    (folder / name).unlink()
                    deleted += 1
        return deleted

    def probe(self) -> None:
        root().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root()) as file:
            file.write(PROBE)
            os.fsync(file.fileno())


def _make_durable(folder: Path) -> None:
    """The folder, and its name synced once by this process: another one may have made it a moment ago."""
    is_new = not folder.exists()
    if is_new:
        folder.mkdir(parents=True, exist_ok=True)
    if is_new or folder not in _synced:
        _sync_folder(folder.parent)
        _synced.add(folder)


_synced: set[Path] = set()


def _sync_folder(folder: Path) -> None:
    """A new name is durable only once its folder is synced."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class ObjectStore:
    """Under the same names in a Django storage. What its library raises is an `OSError` here: try again later."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def put(self, temporary: Path, sha256: str, size: int) -> None:
        # Written again even where it is there: its date is what keeps `sweep` from it, and half a content heals.
        with temporary.open("rb") as stream:
            kept = self._asked(lambda: self._storage.save(_name(sha256), File(stream)))
        if kept != _name(sha256):
            self._asked(lambda: self._storage.delete(kept))
            raise OSError(f"The store gave the content another name: {kept}")

    def open(self, sha256: str) -> BinaryIO:
        return cast(BinaryIO, self._asked(lambda: self._storage.open(_name(sha256), "rb")))

    def sweep(self, known: Known, before: float) -> int:
        deleted = 0
        for folder in self._folders():
            names: list[str] = self._asked(lambda: self._storage.listdir(folder))[1]  # noqa: B023 - called at once
            for name in set(names) - known(names):
                path = f"{folder}/{name}"
                if self._asked(lambda: self._storage.get_modified_time(path)).timestamp() < before:  # noqa: B023
                    self._asked(lambda: self._storage.delete(path))  # noqa: B023
                    deleted += 1
        return deleted

    def probe(self) -> None:
        name = f"probe-{uuid4().hex}"  # outside the folders that `sweep` looks into
        steps = {
            "written": lambda: self._storage.save(name, ContentFile(PROBE)),
            "read": lambda: self._storage.open(name, "rb").read(),
            "deleted": lambda: self._storage.delete(name),
        }
        for step, take in steps.items():
            try:
                self._asked(take)
            except OSError as error:
                raise OSError(f"a probe can't be {step}: {error}") from error

    def _folders(self) -> Iterator[str]:
        for first in sorted(self._asked(lambda: self._storage.listdir(""))[0]):
            for second in sorted(self._asked(lambda: self._storage.listdir(first))[0]):  # noqa: B023
                yield f"{first}/{second}"

    @staticmethod
    def _asked(ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except OSError:
            raise
        except (
            Exception
        ) as error:  # each library has its own errors; to us they are all "the store can't be used"
            raise OSError(f"{type(error).__name__}: {error}") from error


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def blobs() -> Blobs:
    """The place that this installation uses."""
    if not settings.FILES_STORE:
        return Disk()
    return ObjectStore(
        _storage(settings.FILES_STORE["BACKEND"], tuple(settings.FILES_STORE["OPTIONS"].items()))
    )


@lru_cache(maxsize=4)
def _storage(backend: str, options: tuple[tuple[str, Any], ...]) -> Storage:
    try:
        return cast(Storage, import_string(backend)(**dict(options)))
    except ImportError as error:
        raise ImproperlyConfigured(
            "MIKOMI_FILES names an S3-compatible store, and the package for it is not installed: "
            "install `django-storages[s3]`."
        ) from error
