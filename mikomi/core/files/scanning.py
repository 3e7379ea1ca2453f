"""The virus scanner, when one is configured: clamd (ClamAV's daemon), by its INSTREAM command (clamd(8)).

It is asked before a file is handed to anybody. When it doesn't answer, the file counts as not scanned and is not
handed out either: nobody takes silence for "clean".
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings

SECONDS = 20.0
_CHUNK = 256 * 1024
_LENGTH = struct.Struct("!L")


@dataclass(frozen=True, slots=True)
class Finding:
    """What the scanner says. `virus`: the name of what it found. `error`: why it could not say anything."""

    virus: str = ""
    error: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether the file must not be handed out."""
        return bool(self.virus or self.error)

    @property
    def reason(self) -> str:
        """The code that is stored with a refused part; empty for a clean one."""
        if self.virus:
            return f"infected:{self.virus}"[:64]
        return "not_scanned" if self.error else ""


def scan(data: bytes | BinaryIO) -> Finding:
    """Ask the configured scanner about these bytes; without one everything is clean. A stream is read to its end."""
    if not settings.CLAMD:
        return Finding()
    try:
        with _connected(settings.CLAMD) as wire:
            answer = _ask(wire, data)
    except OSError as error:
        return Finding(error=str(error) or type(error).__name__)
    return _finding(answer)


def ping() -> None:
    """Ask the configured scanner whether it is there (PING). Raises `OSError` in words when it isn't."""
    with _connected(settings.CLAMD) as wire:
        wire.sendall(b"zPING\0")
        answer = _answer(wire)
    if answer != "PONG":
        raise OSError(f"it answers {answer!r} to PING: is this clamd?")


def _connected(place: str) -> socket.socket:
    """`unix:/path` or `host:port`. Raises `OSError`."""
    if place.startswith("unix:"):
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(SECONDS)
        try:
            wire.connect(place.removeprefix("unix:"))
        except OSError:
            wire.close()
            raise
        return wire
    host, _colon, port = place.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def _ask(wire: socket.socket, data: bytes | BinaryIO) -> str:
    wire.sendall(b"zINSTREAM\0")
    try:
        for chunk in _chunks(data):
            wire.sendall(_LENGTH.pack(len(chunk)) + chunk)
        wire.sendall(_LENGTH.pack(0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has heard enough: its answer (size limit exceeded) says why
    return _answer(wire)


def _answer(wire: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < _CHUNK and (more := wire.recv(4096)):
        answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _chunks(data: bytes | BinaryIO) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield from (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))
        return
    data.seek(0)
    while chunk := data.read(_CHUNK):
        yield chunk


def _finding(answer: str) -> Finding:
    """`stream: OK`, `stream: NAME FOUND`, `… ERROR`."""
    words = answer.partition(": ")[2] or answer
    if words == "OK":
        return Finding()
    if words.endswith(" FOUND"):
        return Finding(virus=words.removesuffix(" FOUND"))
    return Finding(error=words or "no answer")
