"""Hearing what other processes published: LISTEN on PostgreSQL, the notices' table on SQLite."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from typing import Protocol

from django.db import DatabaseError, connection

from mikomi.core.live.models import Notice
from mikomi.core.live.operations import CHANNEL

LOOK_SECONDS = 0.2
_PAUSE_AFTER_FAILURE = 2.0

_logger = logging.getLogger(__name__)


class Listener(Protocol):
    """What the hub offers to the thread that listens for it."""

    def is_needed(self) -> bool: ...
    def wait_until_needed(self) -> None: ...
    def tell(self, topics: Sequence[str] | None) -> None: ...


def listen(hub: Listener) -> None:
    """Tell the hub of each notice while it is needed; for ever, in a thread of its own."""
    hear = _hear_postgresql if connection.vendor == "postgresql" else _hear_sqlite
    while True:
        hub.wait_until_needed()
        try:
            hear(hub)
        except Exception as error:
            _logger.warning("live updates were interrupted", extra={"error": type(error).__name__})
            time.sleep(_PAUSE_AFTER_FAILURE)
        finally:
            connection.close()


def _hear_sqlite(hub: Listener) -> None:
    """`data_version` tells cheaply whether anybody committed anything; only then is the table read."""
    seen = _last_id()
    hub.tell(None)
    version = 0
    while hub.is_needed():
        before, version = version, _data_version()
        if version != before:
            for pk, topics in Notice.objects.filter(pk__gt=seen).order_by("pk").values_list("pk", "topics"):
                hub.tell(topics)
                seen = pk
        time.sleep(LOOK_SECONDS)


def _last_id() -> int:
    return Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _data_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


def _hear_postgresql(hub: Listener) -> None:
    connection.ensure_connection()
    server = connection.connection
    if server is None:
        raise DatabaseError("No connection to listen on.")
    server.execute(f"LISTEN {CHANNEL}")
    hub.tell(None)
    while hub.is_needed():
        for notice in server.notifies(timeout=1.0):
            hub.tell(json.loads(notice.payload))
