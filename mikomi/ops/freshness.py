"""What a SQLite database says of itself without Django, whose start takes seconds: a second `make run` needs no more.

`upgrade` stamps the file (`PRAGMA user_version`) with a digest of all migrations and of the locked packages. The
stamp travels with the file, through backups too, so an older copy that was put back is known for what it is.
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mikomi import config


@dataclass(frozen=True, slots=True)
class Look:
    """A database of this version: whether a business is set up in it, whether `email` can sign in, and anybody."""

    has_business: bool
    has_user: bool
    has_users: bool


def stamp_of_code() -> int:
    """A positive number of 31 bits that changes with every migration, ours and those of the locked packages."""
    digest = zlib.crc32((config.ROOT / "requirements.txt").read_bytes())
    for path in sorted((config.ROOT / "mikomi").rglob("migrations/0*.py")):
        digest = zlib.crc32(
            path.read_bytes(), zlib.crc32(str(path.relative_to(config.ROOT)).encode(), digest)
        )
    return digest % (2**31 - 1) + 1


def look(database: Path, *, email: str) -> Look | None:
    """What stands in the file; none where there is none, or it is not of this version."""
    if not database.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as file:
            if file.execute("PRAGMA user_version").fetchone()[0] != stamp_of_code():
                return None
            emails = {row[0] for row in file.execute("SELECT email FROM access_user")}
            businesses = file.execute("SELECT EXISTS (SELECT 1 FROM business_business)").fetchone()[0]
    except sqlite3.DatabaseError:
        return None  # Django will say what is wrong with it
    return Look(bool(businesses), email in emails, bool(emails))
