"""What every test shares: the small cast, and a hypothesis profile that a busy machine can't make flaky."""

import pytest
from hypothesis import settings

pytest_plugins = ["tests.cast", "tests.processes"]

# A deadline per example measures the machine, not the code; the number of examples bounds the time instead.
settings.register_profile("mikomi", deadline=None)
settings.load_profile("mikomi")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take minutes come first: begun last, one process would work on them alone while others idle."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
