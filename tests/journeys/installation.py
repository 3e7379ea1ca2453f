"""A whole installation for a journey: database, web process, worker; a real mailbox; a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

from tests.paths import ROOT
from tests.servers import free_port

Value = TypeVar("Value")
SECRET_KEY = "of-the-journey-0123456789abcdefghij"
PATIENCE = 90.0
"""Seconds to wait for what the worker does by itself: a loaded machine is slow, a fault never comes."""


@dataclass(frozen=True)
class Installation:
    """A running Mikomi at `url`."""

    url: str
    data: Path


def chromium() -> str | None:
    """The browser of this machine, or none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def running(database: str, data: Path, *, with_worker: bool = True) -> Iterator[Installation]:
    """`mikomi serve` (`--with-worker`) on a migrated database, as its own processes."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = dict(os.environ) | {
        "MIKOMI_ENV": "test", "MIKOMI_DATABASE": database, "MIKOMI_DATA": str(data), "MIKOMI_URL": url,
        "MIKOMI_SECRET_KEY": SECRET_KEY, "MIKOMI_LOG": "warning",
    }  # fmt: skip
    command = [sys.executable, "-m", "mikomi", "serve", "--port", str(port)]
    command += ["--with-worker"] if with_worker else []
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        until(lambda: answers(f"{url}/readyz"))
        yield Installation(url, data)
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    """Whether something answers there with 200."""
    try:
        with urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def until(look: Callable[[], Value], patience: float = PATIENCE) -> Value:
    """Look again and again until there is something; what it is. Raises `AssertionError` after `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.3)
    raise AssertionError(f"It did not come within {patience:.0f} seconds.")


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium without a window."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield found
        finally:
            found.close()
