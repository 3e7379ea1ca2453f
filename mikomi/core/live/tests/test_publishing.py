"""What one process publishes, the pages of another hear."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection, transaction

from mikomi.core import clock
from mikomi.core.live import operations
from mikomi.core.live.models import Notice
from tests import processes

WEB = """
import asyncio
from mikomi.core.live.streaming import stream

async def page():
    async with asyncio.timeout(30):
        async for signal in stream(["conversation:1", "inbox"]):
            print(",".join(signal.topics) or "-", flush=True)
            if "conversation:1" in signal.topics and "inbox" not in signal.topics:
                return

asyncio.run(page())
"""
WORKER = """
from django.db import transaction
from mikomi.core.live.operations import publish

with transaction.atomic():
    publish(["inbox"])
    transaction.set_rollback(True)
with transaction.atomic():
    publish(["today", "conversation:1"])
publish(["conversation:2"])
"""


def test_across_processes(shared_database: str, tmp_path: Path) -> None:
    """Given an open page in one process, when another one commits, then the page hears of that and of nothing else."""
    web = processes.start(WEB, shared_database, tmp_path)
    lines = processes.output_of(web)
    assert next(lines) == "-\n"
    assert next(lines) == "conversation:1,inbox\n"  # the listening began now: look at everything once
    processes.run(WORKER, shared_database, tmp_path)
    assert next(lines) == "conversation:1\n"
    assert web.wait(10) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["", "Inbox", "山田花子", "hanako@example.jp", "a" * 65, "a b"])
def test_only_words_and_ids_are_published(topic: str) -> None:
    with pytest.raises(ValueError, match="not a topic"):
        operations.publish([topic])
    assert not Notice.objects.exists()


def test_long_lists_are_sent_in_portions() -> None:
    topics = [f"conversation:{'9' * 50}{number}" for number in range(1000)]
    portions = list(operations._portions(topics))
    assert [topic for some in portions for topic in some] == topics
    assert max(len(json.dumps(some)) for some in portions) < 8000


@pytest.mark.django_db
def test_old_notices_are_thrown_away() -> None:
    Notice.objects.create(topics=["old"], at=clock.now() - 2 * operations.KEEP)
    with transaction.atomic():
        operations.publish(["inbox", "inbox"])
    assert operations.prune() == 1
    if connection.vendor == "sqlite":
        assert [row.topics for row in Notice.objects.all()] == [["inbox"]]
