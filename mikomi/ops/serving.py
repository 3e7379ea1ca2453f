"""Start the web server (granian) and, where wanted, the worker; restart what dies, stop both together."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from mikomi import config
from mikomi.ops.cli import CommandError

GRACE_SECONDS = 10.0
RESTART_PAUSE_SECONDS = 1.0


def refuse_used_port(host: str, port: int) -> None:
    """Raise `CommandError` when something listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} can't be used ({error.strerror}). Choose another: make run PORT={port + 1}"
            ) from error


def web_command(host: str, port: int, processes: int) -> list[str]:
    """How granian is started: ASGI, so that pages and server-sent events share the process."""
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", host, "--port", str(port)]
    command += ["--workers", str(processes), "--backpressure", "2500", "--no-ws", "--log-level", "warning"]
    return [*command, "mikomi.asgi:application"]


def serve(*, host: str, port: int, web_processes: int = 1, with_worker: bool) -> int:
    """Run until told to stop (Ctrl-C, SIGTERM). A child that dies is started again: its work is safe."""
    commands = {"web": web_command(host, port, web_processes)}
    if with_worker:
        commands["worker"] = [sys.executable, "-m", "mikomi", "worker"]
    return Family(commands).run()


class Family:
    """A few child processes that live and end together."""

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self.commands = commands
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for name in self.commands:
            self._start(name)
        while not self.stopping:
            self._restart_the_dead()
            time.sleep(0.2)
        self._end_all()
        return 0

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self, name: str) -> None:
        environment = dict(os.environ)
        path = [str(config.ROOT), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(path)
        # A session of their own: Ctrl-C reaches the parent alone, which then ends them in order.
        self.children[name] = subprocess.Popen(self.commands[name], env=environment, start_new_session=True)

    def _restart_the_dead(self) -> None:
        for name, child in list(self.children.items()):
            if child.poll() is not None and not self.stopping:
                print(
                    f"mikomi: {name} ended with status {child.returncode}; starting it again", file=sys.stderr
                )
                time.sleep(RESTART_PAUSE_SECONDS)
                self._start(name)

    def _end_all(self) -> None:
        for child in self.children.values():
            child.terminate()
        end = time.monotonic() + GRACE_SECONDS
        for child in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, end - time.monotonic()))
            if child.poll() is None:
                child.kill()
