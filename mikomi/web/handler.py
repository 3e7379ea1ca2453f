"""Requests answered on a few lasting threads, each with a lasting connection to the database.

Django's own handler begins a thread for each request and lets it go afterwards: the connection to the database would
be opened anew each time (and SQLite's pages be read and the schema be parsed again), and stay open until the collector
of garbage finds it; on PostgreSQL a busy minute ends with "too many clients".
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

T = TypeVar("T")
THREADS = 8
"""So many requests are worked on at once, and so many connections a web process opens at most. Python runs one thread
at a time: more would help only where many requests wait for something outside, and none of ours does for long."""


class Lane:
    """One lasting thread, and the calls that wait for it or run on it."""

    def __init__(self, number: int) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"request-{number}")
        self._calls: set[Future[Any]] = set()

    def submit(self, call: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        done = self._thread.submit(call, *args, **kwargs)
        self._calls.add(done)
        done.add_done_callback(self._calls.discard)
        return done

    def __len__(self) -> int:
        return len(self._calls)


LANES = [Lane(number) for number in range(THREADS)]


class RequestThread(Executor):
    """The thread of one request: chosen when it is first needed, the same until its end.

    The first among the least busy is taken, so that a quiet server uses one connection, whose cache is warm. A stream
    of events keeps its thread without using it; the calls of other requests run there meanwhile.
    """

    def __init__(self) -> None:
        self._lane: Lane | None = None

    def submit(self, call: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        if self._lane is None:
            self._lane = min(LANES, key=len)
        return self._lane.submit(call, *args, **kwargs)


class Handler(ASGIHandler):
    """Django's handler on lasting threads; what stands around a view and the view are one call there.

    All our middleware is plain: Django would go back and forth between the thread and the loop for it.
    """

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request. Raises `ValueError` for what is not HTTP."""
        if scope["type"] != "http":
            raise ValueError(f"Only HTTP is answered, not {scope['type']}.")
        async with ThreadSensitiveContext(executor=RequestThread()):
            await self.handle(scope, receive, send)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of middleware and view."""
        return await sync_to_async(self.get_response)(request)
