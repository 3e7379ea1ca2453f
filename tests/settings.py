"""Django's settings for tests, type checks and benchmarks: those of Mikomi in the environment `test`."""

from __future__ import annotations

import os

os.environ.setdefault("MIKOMI_ENV", "test")

from mikomi.settings import *  # noqa: F403
