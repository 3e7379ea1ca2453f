"""Telling open pages that something changed: topics only, never content; the page fetches what it may see."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

from django.db import connection, transaction

from mikomi.core import bulk, clock
from mikomi.core.live.models import Notice

CHANNEL = "mikomi_live"
KEEP = timedelta(minutes=10)
_LARGEST_NOTIFY = 7000
"""PostgreSQL takes 8,000 bytes."""
_TOPIC = re.compile(r"[a-z0-9_:.-]{1,64}")


def publish(topics: Sequence[str]) -> None:
    """Tell whoever listens, once the transaction is committed. A topic is a word and an id: `conversation:17`.

    Raises `ValueError` for a topic that isn't one. It is a hint: one lost in a crash is made up by the next page load.
    """
    for topic in topics:
        if not _TOPIC.fullmatch(topic):
            raise ValueError(
                f"{topic!r} is not a topic: use lower-case letters, digits and _:.- (at most 64)."
            )
    unique = list(dict.fromkeys(topics))
    if not unique:
        return
    if connection.vendor == "postgresql":
        transaction.on_commit(partial(_notify, unique))
    else:
        with transaction.atomic(savepoint=False):
            bulk.insert([Notice(topics=unique, at=clock.now())])


def _notify(topics: list[str]) -> None:
    """After the commit: inside it, a notification would make all commits of the server queue up."""
    with connection.cursor() as cursor:
        for some in _portions(topics):
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(some)])


def _portions(topics: list[str]) -> Iterator[list[str]]:
    per_notify = _LARGEST_NOTIFY // 68
    for start in range(0, len(topics), per_notify):
        yield topics[start : start + per_notify]


def prune() -> int:
    """Delete the notices that every process has read long ago."""
    return Notice.objects.filter(at__lt=clock.now() - KEEP).delete()[0]
