"""A wire that is cut after so many commands."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.servers.ground import HOST


class CutWire:
    """A proxy before a server. It ends the connection when the client has sent `commands` lines (none: never)."""

    def __init__(self, port: int, commands: int | None) -> None:
        self.commands = commands
        self.was_cut = False
        self._target = port
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                server = socket.create_connection((HOST, self._target))
                self._open += [client, server]
                threading.Thread(target=self._upward, args=(client, server), daemon=True).start()
                threading.Thread(target=_copy, args=(server, client), daemon=True).start()

    def _upward(self, client: socket.socket, server: socket.socket) -> None:
        lines = 0
        with suppress(OSError):
            while data := client.recv(65_536):
                lines += data.count(b"\n")
                if self.commands is not None and lines > self.commands:
                    self.was_cut = True
                    break
                server.sendall(data)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take the proxy down."""
        for item in (self._listener, *self._open):
            with suppress(OSError):
                item.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def cut_wire(port: int, commands: int | None) -> Iterator[CutWire]:
    """A proxy before `port` that ends the connection after so many lines of the client."""
    wire = CutWire(port, commands)
    try:
        yield wire
    finally:
        wire.close()
