"""Settings of the test run, before Django is configured, and the small cast that every test shares."""

from __future__ import annotations

import os

os.environ.setdefault("MIKOMI_ENV", "test")
os.environ.setdefault("MIKOMI_HTTPS", "0")

pytest_plugins = ["tests.cast"]
