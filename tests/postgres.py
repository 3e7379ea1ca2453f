"""A private PostgreSQL server for tests and benchmarks: made, used and thrown away; nothing of the machine's own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""A test's data may vanish with the machine; that makes a commit some ten times cheaper."""
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""As an installation runs: what a benchmark must pay for."""


def server_programs() -> Path | None:
    """The folder of the newest PostgreSQL server programs of this machine, or none."""
    on_path = shutil.which("pg_ctl")
    if on_path and (Path(on_path).resolve().parent / "initdb").exists():
        return Path(on_path).resolve().parent
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: float(path.parent.name), default=None)


@contextmanager
def private_cluster(settings: Mapping[str, str] = FAST) -> Iterator[str]:
    """A running server; yields `postgresql://…` of its empty database `mikomi`. Raises `FileNotFoundError`."""
    programs = server_programs()
    if programs is None:
        raise FileNotFoundError("No PostgreSQL server programs (initdb, pg_ctl) are found on this machine.")
    folder = Path(tempfile.mkdtemp(prefix="mikomi-pg-", dir="/tmp"))
    port = _free_port()
    try:
        _hand_over(folder)
        _run(
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            "mikomi",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        )
        _configure(folder, port, settings)
        _run(programs / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-t", "60", "start")
        try:
            _run(programs / "createdb", "-h", folder, "-p", str(port), "-U", "mikomi", "mikomi")
            yield f"postgresql://mikomi@:{port}/mikomi?host={folder}"
        finally:
            _run(programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, port: int, settings: Mapping[str, str]) -> None:
    lines = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{folder}'",
        "port": str(port),
        "max_connections": "100",
        "shared_buffers": "'128MB'",
        **settings,
    }
    with (folder / "data" / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = {value}\n" for name, value in lines.items())


def _free_port() -> int:
    """The server listens on a socket file only; the number just names it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _must_change_user() -> bool:
    """PostgreSQL refuses to run as root; the package's own user is there for it."""
    return os.geteuid() == 0


def _hand_over(folder: Path) -> None:
    if _must_change_user():
        shutil.chown(folder, "postgres", "postgres")
    folder.chmod(0o755)


def _run(program: Path, *arguments: str | Path) -> None:
    user: dict[str, Any] = (
        {"user": "postgres", "group": "postgres", "extra_groups": []} if _must_change_user() else {}
    )
    done = subprocess.run(
        [program, *arguments], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, check=False, **user,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program.name} failed: {done.stderr.strip()}")
