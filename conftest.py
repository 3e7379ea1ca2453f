"""The small cast that every test shares; the settings stand in tests/settings.py."""

pytest_plugins = ["tests.cast"]
