"""Messages are read in a process of their own, which can be ended: no message holds up the others, whatever is in it.

    with Reader() as reader:
        parsed = reader.read(raw, own_domains=frozenset({"shop.example"}))

The process starts with the first message (some 0.1 s) and ends with the block. It knows no database. Protocol on
its pipes: eight bytes of length, then a pickle.
"""

from __future__ import annotations

import copyreg
import os
import pickle
import resource
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from mikomi.channels.email.reading.message import parse_message
from mikomi.channels.email.reading.parsed import ParsedMessage

SECONDS_PER_MESSAGE = 20.0
MEMORY_BYTES = 2_000_000_000
"""Address space of the reading process; a message that wants more ends as one that can't be read."""
_ROOT = Path(__file__).resolve().parents[3]
_LENGTH = struct.Struct(">Q")


class UnreadableError(Exception):
    """The message could not be read. `reason`: too_slow, reader_died."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reader:
    """Reads messages one after the other; a process that had to be ended is replaced with the next message."""

    def __init__(self, seconds: float = SECONDS_PER_MESSAGE) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(self, raw: bytes, own_domains: frozenset[str] = frozenset()) -> ParsedMessage:
        """The message as read. Raises `UnreadableError` when it took too long or the process died of it."""
        process = self._process or self._start()
        too_slow = threading.Event()

        def give_up() -> None:
            too_slow.set()
            process.kill()

        timer = threading.Timer(self._seconds, give_up)
        timer.start()
        try:
            _send(cast(BinaryIO, process.stdin), (raw, own_domains))
            return cast(ParsedMessage, _receive(cast(BinaryIO, process.stdout)))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._end()
            raise UnreadableError("too_slow" if too_slow.is_set() else "reader_died") from error
        finally:
            timer.cancel()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "mikomi.channels.email.reader"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                cast(BinaryIO, pipe).close()
        process.wait()


def _send(pipe: BinaryIO, value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: BinaryIO) -> object:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301 - from our own process, over a pipe


def _pickled_view(view: memoryview) -> tuple[type[memoryview], tuple[bytes]]:
    return memoryview, (bytes(view),)


def main() -> None:
    """Answer each message on standard input until it ends."""
    _limit_memory()
    copyreg.pickle(memoryview, _pickled_view)
    while True:
        try:
            request = cast(tuple[bytes, frozenset[str]], _receive(sys.stdin.buffer))
        except EOFError:
            return
        raw, own_domains = request
        try:
            _send(sys.stdout.buffer, parse_message(raw, own_domains=own_domains))
        except BrokenPipeError:  # whoever asked was ended meanwhile
            os._exit(0)


def _limit_memory() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    main()
