"""Whether anything was written to the database since the last look: what wakes a worker early."""

from __future__ import annotations

from django.db import connection

from mikomi.core import clock

_POSTGRESQL_SECONDS = 0.5


class ChangeWatch:
    """SQLite counts the commits of other connections. PostgreSQL doesn't: there it is "perhaps", twice a second."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._looked_at = 0.0

    def has_changed(self) -> bool:
        """Whether something was committed since the last call, or might have been."""
        if connection.vendor == "sqlite":
            return self._sqlite_has_changed()
        if clock.monotonic() - self._looked_at < _POSTGRESQL_SECONDS:
            return False
        self._looked_at = clock.monotonic()
        return True

    def _sqlite_has_changed(self) -> bool:
        before, self._version = self._version, data_version()
        return before != self._version


def data_version() -> int:
    """SQLite's counter of what other connections than this one have committed."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])
