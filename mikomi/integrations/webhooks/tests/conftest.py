"""A real HTTP server that a test can tell how to answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django import Settings

from mikomi.core.events import outside


@dataclass
class Receiver:
    """What came in, and what is answered."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    drip: bool = False
    paths: list[str] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


def handler_for(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.paths.append(self.path)
            receiver.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(receiver.seconds)
            if receiver.drip:
                return self._drip()
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.body)
            return None

        def _drip(self) -> None:
            """A line of the head that never ends."""
            for _number in range(200):
                self.wfile.write(b"H")
                self.wfile.flush()
                time.sleep(0.02)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Be quiet."""

    return Handler


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """A server on a free local port; private addresses are allowed."""
    settings.ALLOW_PRIVATE_WEBHOOKS = True
    outside._resting.clear()
    one = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(one))
    server.daemon_threads = True
    one.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield one
    server.shutdown()
    server.server_close()
    thread.join()
    outside._resting.clear()
