"""Django's settings for tests, type checks and benchmarks: those of Mikomi in the environment `test`."""

from __future__ import annotations

import os

os.environ.setdefault("MIKOMI_ENV", "test")

from mikomi import translations
from mikomi.settings import *  # noqa: F403
from mikomi.settings import STATIC_ROOT

translations.compile_if_older()
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
