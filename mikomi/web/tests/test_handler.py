"""Requests on lasting threads: few, used again, and never more than are allowed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.core.signals import request_started
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from pytest_django import Settings

from mikomi.web.handler import THREADS, Handler
from tests.journeys.installation import running


def plain(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


urlpatterns = [path("plain", plain)]


@pytest.fixture
def threads(settings: Settings) -> Iterator[list[int]]:
    """The threads in which requests began, in order; without what our middleware asks the database."""
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = __name__
    seen: list[int] = []

    def note(**_: Any) -> None:
        seen.append(threading.get_ident())
        time.sleep(0.01)

    request_started.connect(note)
    yield seen
    request_started.disconnect(note)


async def ask(handler: Handler) -> int:
    """The status with which the plain page is answered."""
    messages: list[dict[str, Any]] = []
    requests = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for request in requests:
            return request
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/plain", "query_string": b"", "http_version": "1.1", "scheme": "http",
        "headers": [(b"host", b"localhost")], "server": ("localhost", 80), "client": ("127.0.0.1", 5000),
    }  # fmt: skip
    await handler(scope, receive, send)
    return int(messages[0]["status"])


def test_one_after_another_shares_a_thread(threads: list[int]) -> None:
    async def sequence() -> list[int]:
        handler = Handler()
        return [await ask(handler) for _ in range(5)]

    assert asyncio.run(sequence()) == [200] * 5
    assert len(threads) == 5
    assert len(set(threads)) == 1


def test_many_at_once_share_a_few_threads(threads: list[int]) -> None:
    async def crowd() -> list[int]:
        handler = Handler()
        return await asyncio.gather(*(ask(handler) for _ in range(THREADS * 5)))

    assert asyncio.run(crowd()) == [200] * (THREADS * 5)
    assert len(threads) == THREADS * 5
    assert 1 < len(set(threads)) <= THREADS


def test_only_http() -> None:
    with pytest.raises(ValueError, match="websocket"):
        asyncio.run(Handler()({"type": "websocket"}, None, None))


@pytest.mark.postgres
def test_connections_of_a_server_are_bounded(shared_database: str, tmp_path: Path) -> None:
    with running(shared_database, tmp_path, with_worker=False) as site:

        def visit(_: int) -> int:
            with urlopen(f"{site.url}/readyz", timeout=60) as answer:
                return int(answer.status)

        with ThreadPoolExecutor(max_workers=30) as visitors:
            assert set(visitors.map(visit, range(200))) == {200}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()"
            )
            # One more listens for what is to be shown live.
            assert 1 <= cursor.fetchone()[0] <= THREADS + 1
