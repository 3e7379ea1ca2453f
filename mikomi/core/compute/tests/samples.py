"""Functions for the tests to call in a child process."""

from __future__ import annotations

import os
import time
from pathlib import Path


def double(*, values: list[float]) -> list[float]:
    print("a library that talks")  # noqa: T201
    return [2 * value for value in values]


def fail() -> None:
    raise ValueError("the reason")


def sleep_and_write(*, seconds: float, path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    time.sleep(seconds)


def loaded() -> list[str]:
    import numpy as np

    return [np.__name__]
