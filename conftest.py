"""What every test shares: the small cast, and a hypothesis profile that a busy machine can't make flaky."""

from hypothesis import settings

pytest_plugins = ["tests.cast", "tests.processes"]

# A deadline per example measures the machine, not the code; the number of examples bounds the time instead.
settings.register_profile("mikomi", deadline=None)
settings.load_profile("mikomi")
