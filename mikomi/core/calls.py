"""One HTTP request to an address that a stranger chose: no redirect, no private address, bounded time and size.

The host name is resolved once, every address it has is checked, and exactly the checked one is connected to: a name
that answers differently the second time gains nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit

from mikomi.core.addresses import is_public

SECONDS = 10.0
_PATH = "/%:@!$&'()*+,;=~-._?[]"


class CallFailedError(Exception):
    """No answer came. `reason`: no_address, forbidden, timeout, tls, protocol or connection."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `headers` by lower-case name; `cut`: the body was longer than was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the whole call may take, in seconds, and how much of the answer is read, in bytes."""

    seconds: float = SECONDS
    largest: int = 16 * 1024


def call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    allow_private: bool,
    limits: Limits = Limits(),
) -> Answer:
    """Send one request and read the answer. Raises `CallFailedError`."""
    parts = urlsplit(url)
    with (
        _failures_named(),
        _connected(parts, allow_private, limits.seconds) as sock,
        _deadline(sock, limits.seconds) as passed,
    ):
        try:
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            return _exchange(sock, method, parts, headers=headers, body=body, largest=limits.largest)
        except (OSError, ValueError, http.client.HTTPException) as error:
            if passed.is_set():
                raise TimeoutError from error
            raise


def _exchange(
    sock: socket.socket,
    method: str,
    parts: SplitResult,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    largest: int,
) -> Answer:
    link = http.client.HTTPConnection(parts.hostname or "")
    link.sock = sock
    path = quote(parts.path or "/", safe=_PATH) + (
        f"?{quote(parts.query, safe=_PATH)}" if parts.query else ""
    )
    link.request(method, path, body, {"Host": _host_header(parts), "Connection": "close", **headers})
    answer = link.getresponse()
    data = answer.read(largest + 1)
    named = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, named, data[:largest], len(data) > largest)


def _host_header(parts: SplitResult) -> str:
    if parts.netloc.isascii():
        return parts.netloc
    name = (parts.hostname or "").encode("idna").decode()
    return f"{name}:{parts.port}" if parts.port else name


def _connected(parts: SplitResult, allow_private: bool, seconds: float) -> socket.socket:
    """A socket to a checked address of the host; for https wrapped, the handshake still to be done."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    sock = _first_that_answers(_addresses(host, port, allow_private), port, seconds)
    if parts.scheme != "https":
        return sock
    return _tls().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)


def _addresses(host: str, port: int, allow_private: bool) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CallFailedError("no_address", str(error)) from error
    addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
    if not allow_private and not all(is_public(address) for address in addresses):
        raise CallFailedError("forbidden")
    return addresses


def _first_that_answers(addresses: list[str], port: int, seconds: float) -> socket.socket:
    error: OSError = OSError("no address")
    for address in addresses[:3]:
        try:
            return socket.create_connection((address, port), timeout=seconds / min(len(addresses), 3))
        except OSError as failure:
            error = failure
    raise error


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@contextmanager
def _deadline(sock: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """End a call that takes too long: a server that sends a byte now and then outwits a socket's own time-out."""
    passed = threading.Event()

    def cut() -> None:
        passed.set()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # SSLSocket's own is not made for two threads

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield passed
    finally:
        timer.cancel()


@contextmanager
def _failures_named() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise CallFailedError("timeout") from error
    except ssl.SSLError as error:
        raise CallFailedError("tls", error.reason or str(error)) from error
    except http.client.HTTPException as error:
        raise CallFailedError("protocol", type(error).__name__) from error
    except (OSError, ValueError) as error:
        raise CallFailedError("connection", str(error)) from error
