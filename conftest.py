"""Settings of the test run, before Django is configured, and the small cast that every test shares."""

from __future__ import annotations

import os

from hypothesis import settings

os.environ.setdefault("MIKOMI_ENV", "test")
os.environ.setdefault("MIKOMI_HTTPS", "0")

pytest_plugins = ["tests.cast"]

# A busy machine must not fail a property: what is slow is measured in benchmarks.
settings.register_profile("mikomi", deadline=None)
settings.load_profile("mikomi")
