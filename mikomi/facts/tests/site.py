"""A real web site on a free port of this machine, whose pages a test writes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Site:
    """Its pages by path; `other` answers for the rest (none: 404). `asked`: how often each path was."""

    url: str = ""
    pages: dict[str, Answer] = field(default_factory=dict)
    other: Callable[[str], Answer | None] = lambda _path: None
    asked: Counter[str] = field(default_factory=Counter)
    headers: list[dict[str, str]] = field(default_factory=list)

    def html(self, path: str, body: str, *, head: str = "", **headers: str) -> None:
        """Write a page."""
        named = {"Content-Type": "text/html; charset=utf-8"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        self.pages[path] = (200, named, f"<html><head>{head}</head><body>{body}</body></html>".encode())

    def text(self, path: str, body: str, content_type: str = "text/plain", encoding: str = "utf-8") -> None:
        """Write a file."""
        self.pages[path] = (200, {"Content-Type": content_type}, body.encode(encoding))

    def answer(self, path: str) -> Answer:
        """What is sent for a path."""
        return self.pages.get(path) or self.other(path) or (404, {}, b"nothing here")


@contextmanager
def running() -> Iterator[Site]:
    """The site while it runs."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked[self.path] += 1
            site.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, headers, body = site.answer(self.path)
            if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Be quiet."""

    return Handler
