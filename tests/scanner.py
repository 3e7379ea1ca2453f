"""A stand-in for clamd: it speaks PING and INSTREAM over a socket and finds the EICAR test file."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Scanner:
    """A running scanner: where it listens, what it was shown, and the most that it takes."""

    place: str
    seen: list[bytes] = field(default_factory=list)
    limit: int = 50_000_000


@pytest.fixture
def scanner_running() -> Iterator[Scanner]:
    """One of this test's own."""
    listener = socket.create_server(("127.0.0.1", 0))
    scanner = Scanner(f"127.0.0.1:{listener.getsockname()[1]}")
    thread = threading.Thread(target=_serve, args=(listener, scanner), daemon=True)
    thread.start()
    yield scanner
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(timeout=5)


def _serve(listener: socket.socket, scanner: Scanner) -> None:
    while True:
        try:
            wire, _address = listener.accept()
        except OSError:
            return
        with wire:
            wire.sendall(_judge(wire, scanner))


def _judge(wire: socket.socket, scanner: Scanner) -> bytes:
    command = _exactly(wire, 6)
    if command == b"zPING\0":
        return b"PONG\0"
    assert command + _exactly(wire, 4) == b"zINSTREAM\0"
    data = b""
    while size := struct.unpack("!L", _exactly(wire, 4))[0]:
        data += _exactly(wire, size)
        if len(data) > scanner.limit:
            return b"INSTREAM size limit exceeded. ERROR\0"
    scanner.seen.append(data)
    return b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


def _exactly(wire: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = wire.recv(size - len(data))
        assert more
        data += more
    return data
